//! MP4, after ISO/IEC 14496-12 (the ISO base media file format).
//!
//! The film's description (`moov`) says where in the file each sample is, so nothing may move: what
//! goes becomes a `free` box of the same length, or zeros.

mod boxes;
mod editor;
mod samples;
mod tracks;
mod user_data;

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Kind, MetadataError, Removal};
use boxes::{BoxAt, Boxes, damaged};
use editor::Editor;
use tracks::{Role, Tracks};

pub(super) fn remove(
    file: &[u8],
    level: Removal,
) -> Result<(Cow<'_, [u8]>, BTreeSet<Kind>), MetadataError> {
    let tracks = Tracks::survey(file)?;
    let mut editor = Editor::new(file);
    for found in Boxes::of_file(file) {
        match found {
            // A box header that is said to be picture or sound: neither can change without the other.
            Ok(found) if tracks.uses(found.start..found.payload.start) => {
                return Err(damaged(found.start));
            }
            Ok(found) => edit_top_level(&found, &tracks, &mut editor, level)?,
            // What readers do not come to: they, too, stop here.
            Err(MetadataError::Damaged { position, .. })
                if tracks.knows_its_data() && !tracks.uses(position..position + 8) =>
            {
                tracks.clear_unused(position..file.len(), Kind::Unused, &mut editor);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(editor.finish())
}

fn edit_top_level(
    found: &BoxAt,
    tracks: &Tracks,
    editor: &mut Editor<'_>,
    level: Removal,
) -> Result<(), MetadataError> {
    match &found.kind {
        b"moov" => edit_moov(found, tracks, editor, level)?,
        b"mdat" if tracks.knows_its_data() => {
            tracks.clear_unused(found.payload.clone(), Kind::Unused, editor);
        }
        b"moof" => edit_moof(found, editor, level),
        b"ftyp" | b"styp" | b"sidx" | b"ssix" | b"pdin" | b"mfra" | b"mdat" | b"imda" | b"pssh" => {
        }
        b"free" | b"skip" | b"wide" => {
            tracks.clear_unused(found.payload.clone(), Kind::Unused, editor);
        }
        b"udta" | b"meta" | b"uuid" => user_data::remove(found, editor, level),
        _ => {
            editor.rename_to_free(found, Kind::Vendor);
            tracks.clear_unused(found.payload.clone(), Kind::Vendor, editor);
        }
    }
    Ok(())
}

/// Removes the user data of a fragment and of its tracks, as far as the fragment is whole.
fn edit_moof(moof: &BoxAt, editor: &mut Editor<'_>, level: Removal) {
    let file = editor.file();
    let whole = |parent: &BoxAt| parent.children(file).map_while(Result::ok);
    let trafs = whole(moof).filter(|found| found.kind == *b"traf");
    for found in whole(moof).chain(trafs.flat_map(|traf| whole(&traf))) {
        if matches!(&found.kind, b"udta" | b"meta") {
            user_data::remove(&found, editor, level);
        }
    }
}

fn edit_moov(
    moov: &BoxAt,
    tracks: &Tracks,
    editor: &mut Editor<'_>,
    level: Removal,
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
    level: Removal,
) -> Result<(), MetadataError> {
    edit_children(trak, editor, level, |found, editor| {
        match &found.kind {
            b"mdia" => edit_mdia(found, editor, level)?,
            b"tkhd" => edit_dates(found, editor, level),
            b"tref" => edit_tref(found, tracks, editor)?,
            // Edit list, groups, and how QuickTime crops, loads and mixes.
            b"edts" | b"trgr" | b"tapt" | b"clip" | b"matt" | b"load" | b"imap" => {}
            _ => return Ok(false),
        }
        Ok(true)
    })
}

fn edit_mdia(mdia: &BoxAt, editor: &mut Editor<'_>, level: Removal) -> Result<(), MetadataError> {
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

fn edit_minf(minf: &BoxAt, editor: &mut Editor<'_>, level: Removal) -> Result<(), MetadataError> {
    edit_children(minf, editor, level, |found, editor| {
        match &found.kind {
            b"stbl" => edit_stbl(found, editor, level)?,
            // QuickTime's handler of the data.
            b"hdlr" => edit_name(found, editor, level),
            // Headers of each kind of media, and where its data is.
            b"vmhd" | b"smhd" | b"hmhd" | b"nmhd" | b"sthd" | b"gmhd" | b"dinf" => {}
            _ => return Ok(false),
        }
        Ok(true)
    })
}

/// What samples are, when they are shown, where they are, and how they depend on others; groups of them,
/// and how they are encrypted (sections 8.5 to 8.9, ISO/IEC 23001-7).
const SAMPLE_TABLES: [&[u8; 4]; 22] = [
    b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss",
    b"stps", b"stsh", b"padb", b"stdp", b"sdtp", b"subs", b"sbgp", b"sgpd", b"csgp", b"saiz",
    b"saio", b"senc",
];

fn edit_stbl(stbl: &BoxAt, editor: &mut Editor<'_>, level: Removal) -> Result<(), MetadataError> {
    edit_children(stbl, editor, level, |found, _| {
        Ok(SAMPLE_TABLES.contains(&&found.kind))
    })
}

/// Edits the boxes in another one: those that `known` does not say to have seen to, as any other, and
/// what stands behind the last of them.
fn edit_children(
    parent: &BoxAt,
    editor: &mut Editor<'_>,
    level: Removal,
    mut known: impl FnMut(&BoxAt, &mut Editor<'_>) -> Result<bool, MetadataError>,
) -> Result<(), MetadataError> {
    let mut boxes = parent.children(editor.file());
    for found in boxes.by_ref() {
        let found = found?;
        if !known(&found, editor)? {
            edit_other(&found, editor, level);
        }
    }
    editor.clear(boxes.rest(), Kind::Unused);
    Ok(())
}

/// What describes neither picture nor sound.
fn edit_other(found: &BoxAt, editor: &mut Editor<'_>, level: Removal) {
    match &found.kind {
        b"udta" | b"meta" | b"uuid" => user_data::remove(found, editor, level),
        b"free" | b"skip" | b"wide" => editor.clear(found.payload.clone(), Kind::Unused),
        _ => editor.free(found, Kind::Vendor),
    }
}

/// Clears the name of a handler, which cameras make one of their own: behind version and flags, and
/// five fields of 32 bits (section 8.4.3). Zeros are an empty name whether it ends with a zero or, as
/// `QuickTime`'s, begins with its length.
fn edit_name(handler: &BoxAt, editor: &mut Editor<'_>, level: Removal) {
    let start = handler.payload.start + 24;
    if level == Removal::All && start < handler.end() {
        editor.clear(start..handler.end(), Kind::UserData);
    }
}

/// Clears creation and modification time of `mvhd`, `tkhd` or `mdhd`: the first two fields behind
/// version and flags, in version 1 of 64 bits (sections 8.2.2, 8.3.2, 8.4.2).
fn edit_dates(header: &BoxAt, editor: &mut Editor<'_>, level: Removal) {
    if level == Removal::Location {
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

/// Frees the references to tracks that go (section 8.3.3).
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
