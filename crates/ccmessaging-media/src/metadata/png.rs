//! Strips PNG (W3C Portable Network Graphics specification, third edition; ISO/IEC 15948).
//!
//! The signature is followed by chunks of length, type, data and CRC. A chunk whose type starts with a
//! capital letter is critical.

use std::ops::Range;

use super::{Action, Kind, MetadataError, Rewrite, StripLevel, StripResult, exif, location};
use crate::Format;

/// Section 5.2.
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];

/// Section 5.3: "the value of the length must not exceed 2^31-1 bytes".
const MAX_CHUNK_LENGTH: usize = 0x7FFF_FFFF;

pub(super) fn strip(file: &[u8], level: StripLevel) -> Result<StripResult<'_>, MetadataError> {
    let damaged = |position| MetadataError::Damaged {
        format: Format::Png,
        position,
    };
    if !file.starts_with(&SIGNATURE) {
        return Err(damaged(0));
    }
    let mut rewrite = Rewrite::new(file);
    let mut at = SIGNATURE.len();
    // Fewer bytes than a chunk header: the file is truncated.
    while file.len() - at >= 8 {
        let chunk = Chunk::read(file, at).ok_or_else(|| damaged(at))?;
        match rule(chunk.kind, &file[chunk.data.clone()], level) {
            Action::Keep => {}
            Action::Remove(kind) => rewrite.remove(at..chunk.end, kind),
            Action::Replace(_, kind) if chunk.is_cut_off => rewrite.remove(at..chunk.end, kind),
            Action::Replace(data, kind) => {
                let length = u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes();
                let mut crc = crc32fast::Hasher::new();
                crc.update(&chunk.kind);
                crc.update(&data);
                let crc = crc.finalize().to_be_bytes();
                rewrite.replace(at..chunk.end, &[&length, &chunk.kind, &data, &crc], kind);
            }
        }
        at = chunk.end;
        if chunk.kind == *b"IEND" {
            rewrite.remove(at..file.len(), Kind::Unused);
            break;
        }
    }
    Ok(rewrite.finish())
}

struct Chunk {
    kind: [u8; 4],
    data: Range<usize>,
    end: usize,
    is_cut_off: bool,
}

impl Chunk {
    /// Reads the chunk at an offset, clipped to the file.
    fn read(file: &[u8], at: usize) -> Option<Self> {
        let (&[l0, l1, l2, l3, kind @ ..], _) = file.get(at..)?.split_first_chunk::<8>()?;
        let length = usize::try_from(u32::from_be_bytes([l0, l1, l2, l3])).ok()?;
        if length > MAX_CHUNK_LENGTH || !kind.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let start = at + 8;
        let data_end = start.saturating_add(length);
        let end = data_end.saturating_add(4);
        Some(Self {
            kind,
            data: start..data_end.min(file.len()),
            end: end.min(file.len()),
            is_cut_off: end > file.len(),
        })
    }
}

/// Decides what to do with a chunk.
fn rule(chunk: [u8; 4], data: &[u8], level: StripLevel) -> Action {
    match &chunk {
        // Section 11.2.4: "the data field is empty".
        b"IEND" if !data.is_empty() => Action::Replace(Vec::new(), Kind::Unused),
        // Critical chunks, the public ones of sections 11.3.1, 11.3.2 and 11.3.4 to 11.3.6, and `oFFs`
        // and `sTER` of the extensions.
        [b'A'..=b'Z', ..]
        | b"tRNS"
        | b"cHRM"
        | b"gAMA"
        | b"iCCP"
        | b"sBIT"
        | b"sRGB"
        | b"cICP"
        | b"mDCV"
        | b"cLLI"
        | b"bKGD"
        | b"hIST"
        | b"pHYs"
        | b"sPLT"
        | b"acTL"
        | b"fcTL"
        | b"fdAT"
        | b"oFFs"
        | b"sTER" => Action::Keep,
        b"eXIf" => exif::strip(data, level),
        b"tIME" if level == StripLevel::Location => Action::Keep,
        b"tIME" => Action::Remove(Kind::Time),
        b"tEXt" | b"zTXt" | b"iTXt" => {
            let text = Text::read(chunk, data);
            if level == StripLevel::Location && !text.has_location {
                Action::Keep
            } else {
                Action::Remove(text.kind)
            }
        }
        _ => Action::Remove(Kind::Vendor),
    }
}

/// The content of a text chunk.
struct Text {
    kind: Kind,
    has_location: bool,
}

impl Text {
    fn read(chunk: [u8; 4], data: &[u8]) -> Self {
        let mut parts = data.splitn(2, |&byte| byte == 0);
        let keyword = parts.next().unwrap_or_default();
        let text = parts.next().unwrap_or_default();
        if keyword == b"XML:com.adobe.xmp" {
            let packet = (chunk == *b"iTXt")
                .then(|| uncompressed_text(text))
                .flatten();
            return Self {
                kind: Kind::Xmp,
                has_location: packet.is_none_or(location::xmp_has_location),
            };
        }
        // ImageMagick and ExifTool embed other formats as hexadecimal digits.
        let profile = keyword.strip_prefix(b"Raw profile type ");
        Self {
            kind: match profile {
                Some(b"exif" | b"APP1") => Kind::Exif,
                Some(b"iptc" | b"8bim") => Kind::Iptc,
                Some(b"xmp") => Kind::Xmp,
                Some(_) => Kind::Vendor,
                None => Kind::Text,
            },
            // ImageMagick writes keywords such as exif:GPSLatitude.
            has_location: profile.is_some() || location::names_location(keyword),
        }
    }
}

/// Returns the text of an uncompressed `iTXt` chunk from the fields after its keyword: compression flag
/// and method, language tag, translated keyword, text (section 11.3.3.4).
fn uncompressed_text(fields: &[u8]) -> Option<&[u8]> {
    let rest = fields.strip_prefix(&[0])?.get(1..)?;
    rest.splitn(3, |&byte| byte == 0).nth(2)
}
