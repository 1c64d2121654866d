//! Strips user data of a file and its tracks: `udta`, `meta` and `uuid` boxes.
//!
//! Sources: ISO/IEC 14496-12 sections 8.10 and 8.11, 3GPP TS 26.244 section 8, and the `QuickTime`
//! File Format's "User data atoms" and "Metadata".

use super::editor::Editor;
use crate::metadata::{Kind, StripLevel, location};
use crate::mp4::BoxAt;

/// XMP Specification Part 3, section 2.1.
const XMP: &[u8] = b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC";
/// Spherical Video V1: the projection of a 360-degree video, without which it is not shown correctly.
const SPHERICAL: &[u8] = b"\xFF\xCC\x82\x63\xF8\x55\x4A\x93\x88\x14\x58\x7A\x02\x52\x1F\xDD";

/// Removes user data according to the level.
pub(super) fn strip(found: &BoxAt, editor: &mut Editor<'_>, level: StripLevel) {
    let payload = &editor.file()[found.payload.clone()];
    let is_uuid = found.kind == *b"uuid";
    if is_uuid && payload.starts_with(SPHERICAL) {
        return;
    }
    if level == StripLevel::Location {
        match &found.kind {
            b"udta" => return remove_location_from_udta(found, editor),
            b"meta" => return remove_location_from_meta(found, editor),
            _ => match payload.strip_prefix(XMP) {
                Some(packet) if !location::xmp_has_location(packet) => return,
                _ => {}
            },
        }
    }
    let kind = match is_uuid {
        true if payload.starts_with(XMP) => Kind::Xmp,
        true => Kind::Vendor,
        false => Kind::UserData,
    };
    editor.free(found, kind);
}

fn remove_location_from_udta(udta: &BoxAt, editor: &mut Editor<'_>) {
    let mut boxes = udta.children(editor.file());
    for found in boxes.by_ref() {
        let Ok(found) = found else {
            return editor.free(udta, Kind::UserData);
        };
        match &found.kind {
            b"meta" => remove_location_from_meta(&found, editor),
            kind if is_known_text(*kind) => {}
            _ => editor.free(&found, Kind::UserData),
        }
    }
    // QuickTime ends the list with 32 zero bits; anything else there is hidden data.
    editor.clear(boxes.rest(), Kind::UserData);
}

/// Returns whether a child of `udta` is a text of `QuickTime` or 3GPP without a location, or a property
/// of the track.
fn is_known_text(kind: [u8; 4]) -> bool {
    match &kind {
        b"\xA9xyz" => false,
        b"titl" | b"dscp" | b"cprt" | b"perf" | b"auth" | b"gnre" | b"rtng" | b"clsf" | b"kywd"
        | b"albm" | b"yrrc" | b"name" | b"tsel" | b"kind" | b"ludt" | b"chpl" | b"free" => true,
        kind => kind[0] == 0xA9,
    }
}

/// Removes locations from a `meta` box with known items: `mdta` names them by keys, `mdir` by four-letter
/// codes. Any other `meta` box is removed whole.
fn remove_location_from_meta(meta: &BoxAt, editor: &mut Editor<'_>) {
    if remove_location_from_items(meta, editor).is_none() {
        editor.free(meta, Kind::UserData);
    }
}

fn remove_location_from_items(meta: &BoxAt, editor: &mut Editor<'_>) -> Option<()> {
    let file = editor.file();
    let mut inside = meta.clone();
    // In QuickTime files, no version and flags precede the child boxes.
    if file[meta.payload.clone()].get(4..8)? != b"hdlr" {
        inside.payload.start += 4;
    }
    let handler = inside.child(file, *b"hdlr").ok()??;
    let keys = match file[handler.payload].get(8..12)? {
        b"mdta" => read_keys(&file[inside.child(file, *b"keys").ok()??.payload])?,
        b"mdir" => Vec::new(),
        _ => return None,
    };
    for found in inside.children(file) {
        let found = found.ok()?;
        match &found.kind {
            b"hdlr" | b"keys" | b"free" => {}
            b"ilst" => {
                for item in found.children(file) {
                    let item = item.ok()?;
                    if item_has_location(&item, &keys, file) {
                        editor.free(&item, Kind::UserData);
                    }
                }
            }
            _ => editor.free(&found, Kind::UserData),
        }
    }
    Some(())
}

/// Reads `keys`: returns for each key whether it names a location.
fn read_keys(keys: &[u8]) -> Option<Vec<bool>> {
    let mut rest = keys.get(8..)?;
    let mut read = Vec::new();
    while !rest.is_empty() {
        let (&length, _) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
        let (key, behind) = rest.split_at_checked(length)?;
        // The name follows its length and namespace.
        read.push(location::names_location(key.get(8..)?));
        rest = behind;
    }
    Some(read)
}

fn item_has_location(item: &BoxAt, keys: &[bool], file: &[u8]) -> bool {
    // The box type of an item with a key is the key's number, from 1.
    let number = usize::try_from(u32::from_be_bytes(item.kind)).unwrap_or(0);
    match (
        number.checked_sub(1).and_then(|index| keys.get(index)),
        &item.kind,
    ) {
        (Some(&key_has_location), _) => key_has_location,
        // Its name is a text in the payload.
        (None, b"----") => location::names_location(&file[item.payload.clone()]),
        (None, b"desc" | b"aART" | b"trkn" | b"disk" | b"gnre" | b"cprt" | b"stik" | b"hdvd") => {
            false
        }
        (None, kind) => kind[0] != 0xA9 || kind == b"\xA9xyz",
    }
}
