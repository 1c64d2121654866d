//! Strips user data of a file and its tracks: `udta`, `meta` and `uuid` boxes.
//!
//! Sources: ISO/IEC 14496-12 sections 8.10 and 8.11, 3GPP TS 26.244 section 8, and the `QuickTime`
//! File Format's "User data atoms" and "Metadata".

use super::edit_name;
use super::editor::Editor;
use crate::metadata::{MetadataKind, StripLevel, location};
use crate::mp4::{BoxAt, InvalidBox};

/// XMP Specification Part 3, section 2.1.
const XMP: &[u8] = b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC";
/// Spherical Video V1: the projection of a 360-degree video, without which it is not shown correctly.
const SPHERICAL: &[u8] = b"\xFF\xCC\x82\x63\xF8\x55\x4A\x93\x88\x14\x58\x7A\x02\x52\x1F\xDD";

/// Removes user data according to the level.
pub(super) fn strip(found: &BoxAt, editor: &mut Editor<'_>, level: StripLevel) {
    let payload = &editor.file()[found.payload.clone()];
    match &found.kind {
        b"udta" => strip_udta(found, editor, level),
        b"meta" => {
            strip_meta(found, editor, level);
        }
        _ if payload.starts_with(SPHERICAL) => {}
        _ => match payload.strip_prefix(XMP) {
            Some(packet)
                if level == StripLevel::Location && !location::xmp_has_location(packet) => {}
            Some(_) => editor.free(found, MetadataKind::Xmp),
            None => editor.free(found, MetadataKind::Vendor),
        },
    }
}

fn strip_udta(udta: &BoxAt, editor: &mut Editor<'_>, level: StripLevel) {
    let file = editor.file();
    let mut is_kept = level == StripLevel::Location;
    let result =
        editor.edit_children::<InvalidBox>(udta, MetadataKind::UserData, |found, editor| {
            match &found.kind {
                b"meta" => is_kept |= strip_meta(found, editor, level),
                b"free" => editor.clear(found.payload.clone(), MetadataKind::UserData),
                kind if level == StripLevel::Location
                    && is_known_text(*kind)
                    && !location::names_location(&file[found.payload.clone()]) => {}
                _ => editor.free(found, MetadataKind::UserData),
            }
            Ok(())
        });
    if result.is_err() || !is_kept {
        editor.free(udta, MetadataKind::UserData);
    }
}

/// Returns whether a child of `udta` is a text of `QuickTime` or 3GPP without a location, or a property
/// of the track.
fn is_known_text(kind: [u8; 4]) -> bool {
    match &kind {
        b"\xA9xyz" => false,
        b"titl" | b"dscp" | b"cprt" | b"perf" | b"auth" | b"gnre" | b"rtng" | b"clsf" | b"kywd"
        | b"albm" | b"yrrc" | b"name" | b"tsel" | b"kind" | b"ludt" | b"chpl" => true,
        kind => kind[0] == 0xA9,
    }
}

/// Removes items from a `meta` box: `mdta` names them by keys, `mdir` by four-letter codes. Removes the box
/// whole if its form is not known, or if `All` keeps no item. Returns whether the box is kept.
fn strip_meta(meta: &BoxAt, editor: &mut Editor<'_>, level: StripLevel) -> bool {
    let is_kept = strip_items(meta, editor, level).unwrap_or(false);
    if !is_kept {
        editor.free(meta, MetadataKind::UserData);
    }
    is_kept
}

fn strip_items(meta: &BoxAt, editor: &mut Editor<'_>, level: StripLevel) -> Option<bool> {
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
    let mut is_kept = level == StripLevel::Location;
    let mut strip_item = |item: &BoxAt, editor: &mut Editor<'_>| {
        if is_gapless(item, file) {
            is_kept = true;
        } else if level == StripLevel::All || item_has_location(item, &keys, file) {
            editor.free(item, MetadataKind::UserData);
        }
        Ok(())
    };
    let result =
        editor.edit_children::<InvalidBox>(&inside, MetadataKind::UserData, |found, editor| {
            match &found.kind {
                b"hdlr" => edit_name(found, editor, level),
                b"keys" if level == StripLevel::Location => {}
                b"free" => editor.clear(found.payload.clone(), MetadataKind::UserData),
                b"ilst" => editor.edit_children(found, MetadataKind::UserData, &mut strip_item)?,
                _ => editor.free(found, MetadataKind::UserData),
            }
            Ok(())
        });
    result.ok().map(|()| is_kept)
}

/// Returns whether an item reports how many samples the encoder added, as numbers only. Without it, sound
/// starts late and does not loop without a gap.
fn is_gapless(item: &BoxAt, file: &[u8]) -> bool {
    const HEAD: &[u8] = b"\0\0\0\x1Cmean\0\0\0\0com.apple.iTunes\0\0\0\x14name\0\0\0\0iTunSMPB";
    let data = file[item.payload.clone()].strip_prefix(HEAD);
    // The box's length, its type, the value's type (binary or UTF-8), its locale.
    let value = data.and_then(|data| data.get(4..)?.strip_prefix(b"data\0\0\0"));
    let Some([0 | 1, 0, 0, 0, 0, text @ ..]) = value else {
        return false;
    };
    let is_number = |byte: &u8| *byte == b' ' || byte.is_ascii_hexdigit();
    item.kind == *b"----" && text.iter().all(is_number)
}

fn item_has_location(item: &BoxAt, keys: &[bool], file: &[u8]) -> bool {
    // The box type of an item with a key is the key's number, from 1.
    let number = usize::try_from(u32::from_be_bytes(item.kind)).unwrap_or(0);
    let key = number.checked_sub(1).and_then(|index| keys.get(index));
    let has_location = match (key, &item.kind) {
        (Some(&key_has_location), _) => key_has_location,
        // A free-form item has its name in the payload.
        (
            None,
            b"----" | b"desc" | b"aART" | b"trkn" | b"disk" | b"gnre" | b"cprt" | b"stik" | b"hdvd",
        ) => false,
        (None, kind) => kind[0] != 0xA9 || kind == b"\xA9xyz",
    };
    has_location || location::names_location(&file[item.payload.clone()])
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
        let (namespace, name) = key.get(4..)?.split_first_chunk()?;
        read.push(match namespace {
            b"mdta" => location::names_location(name),
            // The name is the type of a child of `udta`.
            b"udta" => !name.try_into().is_ok_and(is_known_text),
            _ => true,
        });
        rest = behind;
    }
    Some(read)
}
