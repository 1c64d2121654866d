//! Strips MP4 (ISO/IEC 14496-12, the ISO base media file format).
//!
//! The description (`moov`) holds the file offset of every sample, so nothing may move: what is removed
//! becomes a `free` box of the same length, or zeros.

mod editor;
mod tracks;
mod user_data;

use std::ops::Range;

use super::{MetadataError, MetadataKind, StripLevel, StripResult};
use crate::mp4::{BoxAt, Boxes, InvalidBox};
use editor::Editor;
use tracks::{Role, Tracks};

pub(super) fn strip(file: &[u8], level: StripLevel) -> Result<StripResult<'_>, MetadataError> {
    let tracks = Tracks::survey(file)?;
    let mut editor = Editor::new(file);
    let mut boxes = Boxes::of_file(file);
    let rest = loop {
        match boxes.next() {
            // A track claims the box header as samples: neither can change without the other.
            Some(Ok(found)) if tracks.uses(found.start..found.payload.start) => {
                return Err(found.invalid().into());
            }
            Some(Ok(found)) => edit_top_level(&found, &tracks, &mut editor, level)?,
            Some(Err(InvalidBox { position })) => break position..file.len(),
            None => break boxes.rest(),
        }
    };
    // Readers stop at an invalid header and at zeros, so what follows is never shown, unless it has
    // samples whose offsets are not known.
    let header = rest.start..file.len().min(rest.start + 8);
    let is_zero = |range: &Range<usize>| file[range.clone()].iter().all(|&byte| byte == 0);
    let is_clearable = match tracks.samples_are_known() {
        _ if header.len() < 8 => true,
        true => is_zero(&header) || !tracks.uses(header),
        false => is_zero(&rest),
    };
    if !is_clearable {
        let position = rest.start;
        return Err(InvalidBox { position }.into());
    }
    tracks.clear_unused(rest, MetadataKind::Unused, &mut editor);
    Ok(editor.finish())
}

fn edit_top_level(
    found: &BoxAt,
    tracks: &Tracks,
    editor: &mut Editor<'_>,
    level: StripLevel,
) -> Result<(), MetadataError> {
    match &found.kind {
        b"moov" | b"moof" | b"mfra" => edit_children(found, tracks, editor, level)?,
        b"mdat" if tracks.samples_are_known() => {
            tracks.clear_unused(found.payload.clone(), MetadataKind::Unused, editor);
        }
        b"ftyp" | b"styp" | b"sidx" | b"ssix" | b"pdin" | b"mdat" | b"imda" | b"pssh" => {}
        // Sample offsets are absolute, so samples may be in any box, even in free space.
        b"free" | b"skip" | b"wide" => {
            tracks.clear_unused(found.payload.clone(), MetadataKind::Unused, editor);
        }
        b"udta" | b"meta" | b"uuid" => user_data::strip(found, editor, level),
        _ => {
            editor.rename_to_free(found, MetadataKind::Vendor);
            tracks.clear_unused(found.payload.clone(), MetadataKind::Vendor, editor);
        }
    }
    Ok(())
}

/// Edits the boxes in a description or a fragment.
fn edit_children(
    parent: &BoxAt,
    tracks: &Tracks,
    editor: &mut Editor<'_>,
    level: StripLevel,
) -> Result<(), MetadataError> {
    let result = editor.edit_children(parent, MetadataKind::Unused, |found, editor| {
        match (&parent.kind, &found.kind) {
            (b"moov", b"trak") if Role::of(found, editor.file())? == Role::Hidden => {
                editor.free(found, MetadataKind::Track);
            }
            (b"moov", b"trak" | b"mvex")
            | (b"trak", b"mdia" | b"edts" | b"tapt")
            | (b"mdia", b"minf")
            | (b"minf", b"stbl" | b"dinf" | b"gmhd")
            | (b"moof", b"traf") => edit_children(found, tracks, editor, level)?,
            (b"moov", b"mvhd") | (b"trak", b"tkhd") | (b"mdia", b"mdhd") => {
                edit_dates(found, editor, level);
            }
            // QuickTime has a data handler in `minf`.
            (b"mdia" | b"minf", b"hdlr") => edit_name(found, editor, level),
            (b"moov", b"iods") => edit_iods(found, editor),
            (b"trak", b"tref") => edit_tref(found, tracks, editor)?,
            (b"dinf", b"dref") => edit_dref(found, editor)?,
            _ if is_needed(parent.kind, found.kind) => {}
            _ => edit_other(found, editor, level),
        }
        Ok(())
    });
    match result {
        // The fragment may be the last of an interrupted recording. Readers skip what follows the header.
        Err(MetadataError::Damaged { position, .. })
            if matches!(&parent.kind, b"moof" | b"traf" | b"mfra") =>
        {
            let start = parent.end().min(position + 8);
            editor.clear(start..parent.end(), MetadataKind::Unused);
            Ok(())
        }
        result => result,
    }
}

/// Returns whether playback may need a box, and it has a specified form.
fn is_needed(parent: [u8; 4], kind: [u8; 4]) -> bool {
    match &parent {
        b"moov" => kind == *b"pssh",
        b"mvex" => matches!(&kind, b"mehd" | b"trex"),
        // Track groups, and QuickTime's cropping, preload and input mapping.
        b"trak" => matches!(&kind, b"trgr" | b"clip" | b"matt" | b"load" | b"imap"),
        b"edts" => kind == *b"elst",
        b"tapt" => matches!(&kind, b"clef" | b"prof" | b"enof"),
        b"mdia" => kind == *b"elng",
        // Headers of each media type.
        b"minf" => matches!(&kind, b"vmhd" | b"smhd" | b"hmhd" | b"nmhd" | b"sthd"),
        b"gmhd" => kind == *b"gmin",
        // Samples: format, time, offset, dependencies, groups and encryption (sections 8.5 to 8.9,
        // ISO/IEC 23001-7).
        b"stbl" => SAMPLE_TABLES.contains(&&kind),
        b"moof" => matches!(&kind, b"mfhd" | b"pssh"),
        b"mfra" => matches!(&kind, b"tfra" | b"mfro"),
        b"traf" => matches!(&kind, b"tfhd" | b"tfdt" | b"trun") || SAMPLE_TABLES.contains(&&kind),
        _ => false,
    }
}

const SAMPLE_TABLES: [&[u8; 4]; 22] = [
    b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss",
    b"stps", b"stsh", b"padb", b"stdp", b"sdtp", b"subs", b"sbgp", b"sgpd", b"csgp", b"saiz",
    b"saio", b"senc",
];

/// Edits a box that describes neither picture nor sound.
fn edit_other(found: &BoxAt, editor: &mut Editor<'_>, level: StripLevel) {
    match &found.kind {
        b"udta" | b"meta" | b"uuid" => user_data::strip(found, editor, level),
        b"free" | b"skip" | b"wide" => editor.clear(found.payload.clone(), MetadataKind::Unused),
        _ => editor.free(found, MetadataKind::Vendor),
    }
}

/// Clears the name of a handler, in which cameras write their own name. It follows version and flags
/// and five 32-bit fields (section 8.4.3). Zeros are an empty name both for ISO (zero-terminated) and
/// for `QuickTime` (length first).
fn edit_name(handler: &BoxAt, editor: &mut Editor<'_>, level: StripLevel) {
    let start = handler.payload.start + 24;
    if level == StripLevel::All && start < handler.end() {
        editor.clear(start..handler.end(), MetadataKind::UserData);
    }
}

/// Clears creation and modification time of `mvhd`, `tkhd` or `mdhd`: the first two fields after
/// version and flags, of 64 bits each in version 1 (sections 8.2.2, 8.3.2, 8.4.2).
fn edit_dates(header: &BoxAt, editor: &mut Editor<'_>, level: StripLevel) {
    if level == StripLevel::Location {
        return;
    }
    let length = match editor.file()[header.payload.clone()].first() {
        Some(1) => 16,
        _ => 8,
    };
    let start = header.payload.start + 4;
    let end = (start + length).min(header.end());
    if start < end {
        editor.clear(start..end, MetadataKind::Time);
    }
}

/// Frees references to tracks that are removed (section 8.3.3).
fn edit_tref(tref: &BoxAt, tracks: &Tracks, editor: &mut Editor<'_>) -> Result<(), MetadataError> {
    editor.edit_children(tref, MetadataKind::Unused, |reference, editor| {
        let (ids, _) = editor.file()[reference.payload.clone()].as_chunks::<4>();
        if ids.iter().any(|&id| tracks.hides(u32::from_be_bytes(id))) {
            editor.free(reference, MetadataKind::Track);
        }
        Ok(())
    })
}

/// Clears the paths and addresses of data references (section 8.7.2): the samples are in this file. The
/// entries follow version and flags and their count; each starts with version and flags.
fn edit_dref(dref: &BoxAt, editor: &mut Editor<'_>) -> Result<(), MetadataError> {
    editor.edit_children(
        &dref.without_count(),
        MetadataKind::UserData,
        |entry, editor| {
            let start = entry.end().min(entry.payload.start + 4);
            editor.clear(start..entry.end(), MetadataKind::UserData);
            Ok(())
        },
    )
}

/// Frees an initial object descriptor (ISO/IEC 14496-1 section 7.2.6.4) with other content than an
/// identifier and five profile levels: an address, or nested descriptors. Players do not need it.
fn edit_iods(iods: &BoxAt, editor: &mut Editor<'_>) {
    let descriptor = editor.file()[iods.payload.clone()].get(4..);
    let content = descriptor.and_then(|descriptor| descriptor.strip_prefix(&[0x10]));
    // The length may have three bytes in front that add nothing to it.
    let content = content.map(|content| content.strip_prefix(&[0x80; 3]).unwrap_or(content));
    // Length, identifier, flags, of which one announces an address.
    let is_plain = matches!(content, Some([7, _, flags, _, _, _, _, _]) if flags & 0x20 == 0);
    if !is_plain {
        editor.free(iods, MetadataKind::Vendor);
    }
}
