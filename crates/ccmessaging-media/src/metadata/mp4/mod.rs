//! Strips MP4 (ISO/IEC 14496-12, the ISO base media file format).
//!
//! The description (`moov`) holds the file offset of every sample, so nothing may move: what is removed
//! becomes a `free` box of the same length, or zeros.

mod editor;
mod samples;
mod tracks;
mod user_data;

use super::{Kind, MetadataError, StripLevel, StripResult};
use crate::mp4::{BoxAt, Boxes, InvalidBox};
use editor::Editor;
use tracks::{Role, Tracks};

pub(super) fn strip(file: &[u8], level: StripLevel) -> Result<StripResult<'_>, MetadataError> {
    let tracks = Tracks::survey(file)?;
    let mut editor = Editor::new(file);
    for found in Boxes::of_file(file) {
        match found {
            // A track claims the box header as samples: neither can change without the other.
            Ok(found) if tracks.uses(found.start..found.payload.start) => {
                let position = found.start;
                return Err(InvalidBox { position }.into());
            }
            Ok(found) => edit_top_level(&found, &tracks, &mut editor, level)?,
            // Readers stop at an invalid header too, so what follows is never shown.
            Err(InvalidBox { position })
                if tracks.samples_are_known() && !tracks.uses(position..position + 8) =>
            {
                tracks.clear_unused(position..file.len(), Kind::Unused, &mut editor);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(editor.finish())
}

fn edit_top_level(
    found: &BoxAt,
    tracks: &Tracks,
    editor: &mut Editor<'_>,
    level: StripLevel,
) -> Result<(), MetadataError> {
    match &found.kind {
        b"moov" => edit_moov(found, tracks, editor, level)?,
        b"mdat" if tracks.samples_are_known() => {
            tracks.clear_unused(found.payload.clone(), Kind::Unused, editor);
        }
        b"moof" => edit_moof(found, editor, level),
        b"ftyp" | b"styp" | b"sidx" | b"ssix" | b"pdin" | b"mfra" | b"mdat" | b"imda" | b"pssh" => {
        }
        // Sample offsets are absolute, so samples may be in any box, even in free space.
        b"free" | b"skip" | b"wide" => {
            tracks.clear_unused(found.payload.clone(), Kind::Unused, editor);
        }
        b"udta" | b"meta" | b"uuid" => user_data::strip(found, editor, level),
        _ => {
            editor.rename_to_free(found, Kind::Vendor);
            tracks.clear_unused(found.payload.clone(), Kind::Vendor, editor);
        }
    }
    Ok(())
}

/// Strips the user data of a fragment and its tracks, up to the first invalid box.
fn edit_moof(moof: &BoxAt, editor: &mut Editor<'_>, level: StripLevel) {
    let file = editor.file();
    let valid_children = |parent: &BoxAt| parent.children(file).map_while(Result::ok);
    let trafs = valid_children(moof).filter(|found| found.kind == *b"traf");
    for found in valid_children(moof).chain(trafs.flat_map(|traf| valid_children(&traf))) {
        if matches!(&found.kind, b"udta" | b"meta") {
            user_data::strip(&found, editor, level);
        }
    }
}

fn edit_moov(
    moov: &BoxAt,
    tracks: &Tracks,
    editor: &mut Editor<'_>,
    level: StripLevel,
) -> Result<(), MetadataError> {
    edit_children(moov, editor, level, |found, editor| {
        match &found.kind {
            b"trak" => match Role::of(found, editor.file())? {
                Role::Hidden => editor.free(found, Kind::Track),
                Role::Picture | Role::Sound => edit_trak(found, tracks, editor, level)?,
            },
            b"mvhd" => edit_dates(found, editor, level),
            b"mvex" | b"iods" | b"pssh" => {}
            _ => return Ok(false),
        }
        Ok(true)
    })
}

fn edit_trak(
    trak: &BoxAt,
    tracks: &Tracks,
    editor: &mut Editor<'_>,
    level: StripLevel,
) -> Result<(), MetadataError> {
    edit_children(trak, editor, level, |found, editor| {
        match &found.kind {
            b"mdia" => edit_mdia(found, editor, level)?,
            b"tkhd" => edit_dates(found, editor, level),
            b"tref" => edit_tref(found, tracks, editor)?,
            // Edit list, track groups, and QuickTime's cropping, preload and input mapping.
            b"edts" | b"trgr" | b"tapt" | b"clip" | b"matt" | b"load" | b"imap" => {}
            _ => return Ok(false),
        }
        Ok(true)
    })
}

fn edit_mdia(
    mdia: &BoxAt,
    editor: &mut Editor<'_>,
    level: StripLevel,
) -> Result<(), MetadataError> {
    edit_children(mdia, editor, level, |found, editor| {
        match &found.kind {
            b"mdhd" => edit_dates(found, editor, level),
            b"hdlr" => edit_name(found, editor, level),
            b"minf" => edit_minf(found, editor, level)?,
            b"elng" => {}
            _ => return Ok(false),
        }
        Ok(true)
    })
}

fn edit_minf(
    minf: &BoxAt,
    editor: &mut Editor<'_>,
    level: StripLevel,
) -> Result<(), MetadataError> {
    edit_children(minf, editor, level, |found, editor| {
        match &found.kind {
            b"stbl" => edit_stbl(found, editor, level)?,
            // QuickTime's data handler.
            b"hdlr" => edit_name(found, editor, level),
            // Headers of each media type, and data references.
            b"vmhd" | b"smhd" | b"hmhd" | b"nmhd" | b"sthd" | b"gmhd" | b"dinf" => {}
            _ => return Ok(false),
        }
        Ok(true)
    })
}

/// Boxes that describe samples: format, time, offset, dependencies, groups and encryption (sections
/// 8.5 to 8.9, ISO/IEC 23001-7).
const SAMPLE_TABLES: [&[u8; 4]; 22] = [
    b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss",
    b"stps", b"stsh", b"padb", b"stdp", b"sdtp", b"subs", b"sbgp", b"sgpd", b"csgp", b"saiz",
    b"saio", b"senc",
];

fn edit_stbl(
    stbl: &BoxAt,
    editor: &mut Editor<'_>,
    level: StripLevel,
) -> Result<(), MetadataError> {
    edit_children(stbl, editor, level, |found, _| {
        Ok(SAMPLE_TABLES.contains(&&found.kind))
    })
}

/// Edits the children of a box, and clears the bytes after the last one.
///
/// `edit_known` returns whether it handled a child; the others get the rules for unknown boxes.
fn edit_children(
    parent: &BoxAt,
    editor: &mut Editor<'_>,
    level: StripLevel,
    mut edit_known: impl FnMut(&BoxAt, &mut Editor<'_>) -> Result<bool, MetadataError>,
) -> Result<(), MetadataError> {
    let mut boxes = parent.children(editor.file());
    for found in boxes.by_ref() {
        let found = found?;
        if !edit_known(&found, editor)? {
            edit_other(&found, editor, level);
        }
    }
    editor.clear(boxes.rest(), Kind::Unused);
    Ok(())
}

/// Edits a box that describes neither picture nor sound.
fn edit_other(found: &BoxAt, editor: &mut Editor<'_>, level: StripLevel) {
    match &found.kind {
        b"udta" | b"meta" | b"uuid" => user_data::strip(found, editor, level),
        b"free" | b"skip" | b"wide" => editor.clear(found.payload.clone(), Kind::Unused),
        _ => editor.free(found, Kind::Vendor),
    }
}

/// Clears the name of a handler, in which cameras write their own name. It follows version and flags
/// and five 32-bit fields (section 8.4.3). Zeros are an empty name both for ISO (zero-terminated) and
/// for `QuickTime` (length first).
fn edit_name(handler: &BoxAt, editor: &mut Editor<'_>, level: StripLevel) {
    let start = handler.payload.start + 24;
    if level == StripLevel::All && start < handler.end() {
        editor.clear(start..handler.end(), Kind::UserData);
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
        editor.clear(start..end, Kind::Time);
    }
}

/// Frees references to tracks that are removed (section 8.3.3).
fn edit_tref(tref: &BoxAt, tracks: &Tracks, editor: &mut Editor<'_>) -> Result<(), MetadataError> {
    for reference in tref.children(editor.file()) {
        let reference = reference?;
        let (ids, _) = editor.file()[reference.payload.clone()].as_chunks::<4>();
        if ids.iter().any(|&id| tracks.hides(u32::from_be_bytes(id))) {
            editor.free(&reference, Kind::Track);
        }
    }
    Ok(())
}
