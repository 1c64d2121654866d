//! Strips PNG (W3C Portable Network Graphics specification, third edition; ISO/IEC 15948).
//!
//! The signature is followed by chunks of length, type, data and CRC. A chunk whose type starts with a
//! capital letter is critical.

use std::borrow::Cow;
use std::ops::Range;

use super::tiff::ByteOrder;
use super::{Action, Kind, MetadataError, Rewrite, StripLevel, StripResult, exif, location};
use crate::Format;

/// Section 5.2.
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];

/// Section 5.3: "the value of the length must not exceed 2^31-1 bytes".
const MAX_CHUNK_LENGTH: usize = 0x7FFF_FFFF;

/// How many bytes of text are decompressed per file, which bounds time and memory. Texts beyond it count
/// as ones with a location.
const INFLATE_BUDGET: usize = 0x4_0000;

/// The longest profile that is read: an EXIF block after a JPG's identifier.
const MAX_RAW_PROFILE_LENGTH: usize = 0x1_0000;

pub(super) fn strip(file: &[u8], level: StripLevel) -> Result<StripResult<'_>, MetadataError> {
    let damaged = |position| MetadataError::Damaged {
        format: Format::Png,
        position,
    };
    if !file.starts_with(&SIGNATURE) {
        return Err(damaged(0));
    }
    let mut orientation = lost_orientation(file, level);
    let mut budget = INFLATE_BUDGET;
    let mut rewrite = Rewrite::new(file);
    let mut at = SIGNATURE.len();
    // Fewer bytes than a chunk header: the file is truncated.
    while file.len() - at >= 8 {
        let chunk = Chunk::read(file, at).ok_or_else(|| damaged(at))?;
        // Section 5.6: `eXIf` precedes `IDAT`.
        if chunk.kind == *b"IDAT"
            && let Some((block, kind)) = orientation.take()
        {
            write_chunk(&mut rewrite, at..at, *b"eXIf", &block, kind);
        }
        match rule(chunk.kind, &file[chunk.data.clone()], level, &mut budget) {
            Action::Keep => {}
            Action::Remove(kind) => rewrite.remove(at..chunk.end, kind),
            Action::Replace(_, kind) if chunk.is_cut_off => rewrite.remove(at..chunk.end, kind),
            Action::Replace(data, kind) => {
                write_chunk(&mut rewrite, at..chunk.end, chunk.kind, &data, kind);
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

/// Returns an EXIF block with the orientation of a text chunk that is removed, and the kind of that chunk.
/// Returns `None` if `eXIf` has an orientation, which takes precedence.
fn lost_orientation(file: &[u8], level: StripLevel) -> Option<(Vec<u8>, Kind)> {
    let mut budget = INFLATE_BUDGET;
    let mut found = None;
    let mut at = SIGNATURE.len();
    while let Some(chunk) = Chunk::read(file, at) {
        let data = &file[chunk.data];
        match &chunk.kind {
            b"IEND" => break,
            b"eXIf" if level == StripLevel::Location || exif_orientation(data).is_some() => {
                return None;
            }
            b"tEXt" | b"zTXt" | b"iTXt" => {
                let text = Text::read(chunk.kind, data, &mut budget);
                if level == StripLevel::All || text.has_location {
                    found = found.or(text.orientation.map(|value| (value, text.kind)));
                }
            }
            _ => {}
        }
        at = chunk.end;
    }
    let (orientation, kind) = found?;
    Some((exif::with_orientation(orientation, ByteOrder::Big)?, kind))
}

/// Reads the orientation of an EXIF block, before which some writers put a JPG's identifier.
fn exif_orientation(data: &[u8]) -> Option<u16> {
    exif::orientation(data.strip_prefix(exif::IDENTIFIER).unwrap_or(data))
}

fn write_chunk(
    rewrite: &mut Rewrite<'_>,
    range: Range<usize>,
    chunk: [u8; 4],
    data: &[u8],
    kind: Kind,
) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut crc = crc32fast::Hasher::new();
    crc.update(&chunk);
    crc.update(data);
    let crc = crc.finalize().to_be_bytes();
    rewrite.replace(range, &[&length, &chunk, data, &crc], kind);
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
fn rule(chunk: [u8; 4], data: &[u8], level: StripLevel, budget: &mut usize) -> Action {
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
        b"eXIf" => exif::strip(data.strip_prefix(exif::IDENTIFIER).unwrap_or(data), level),
        b"tIME" if level == StripLevel::Location => Action::Keep,
        b"tIME" => Action::Remove(Kind::Time),
        b"tEXt" | b"zTXt" | b"iTXt" => {
            let text = Text::read(chunk, data, budget);
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
    /// The TIFF orientation of a profile.
    orientation: Option<u16>,
}

impl Text {
    fn read(chunk: [u8; 4], data: &[u8], budget: &mut usize) -> Self {
        let (keyword, fields) = split_at_zero(data).unwrap_or((data, &[]));
        let text = match &chunk {
            b"tEXt" => Some(Cow::Borrowed(fields)),
            // Compression method, compressed text (section 11.3.3.3).
            b"zTXt" => fields
                .split_first()
                .and_then(|(_, text)| inflate(text, budget)),
            _ => international_text(fields, budget),
        };
        // ImageMagick and ExifTool embed other formats as hexadecimal digits. ImageMagick reads such
        // keywords in any case.
        let keyword = keyword.to_ascii_lowercase();
        let profile = keyword.strip_prefix(b"raw profile type ");
        let kind = match profile {
            Some(b"exif" | b"app1") => Kind::Exif,
            Some(b"iptc" | b"8bim") => Kind::Iptc,
            Some(b"xmp") => Kind::Xmp,
            Some(_) => Kind::Vendor,
            None if keyword == b"xml:com.adobe.xmp" => Kind::Xmp,
            None => Kind::Text,
        };
        let text = text.as_deref();
        Self {
            kind,
            has_location: match (profile, kind) {
                (Some(_), _) => true,
                (None, Kind::Xmp) => {
                    chunk != *b"iTXt" || text.is_none_or(location::xmp_has_location)
                }
                // ImageMagick writes keywords such as exif:GPSLatitude.
                _ => {
                    location::names_location(&keyword) || text.is_none_or(location::names_location)
                }
            },
            orientation: match (profile, kind) {
                (Some(_), Kind::Exif | Kind::Xmp) => {
                    text.and_then(raw_profile).and_then(|profile| {
                        exif_orientation(&profile).or_else(|| location::xmp_orientation(&profile))
                    })
                }
                (None, Kind::Xmp) => text.and_then(location::xmp_orientation),
                _ => None,
            },
        }
    }
}

fn split_at_zero(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, rest) = data.split_at_checked(memchr::memchr(0, data)?)?;
    Some((head, &rest[1..]))
}

/// Returns the text of an `iTXt` chunk from the fields after its keyword: compression flag and method,
/// language tag, translated keyword, text (section 11.3.3.4).
fn international_text<'a>(fields: &'a [u8], budget: &mut usize) -> Option<Cow<'a, [u8]>> {
    let (&[is_compressed, _], rest) = fields.split_first_chunk()?;
    let (_language, rest) = split_at_zero(rest)?;
    let (_keyword, text) = split_at_zero(rest)?;
    match is_compressed {
        0 => Some(Cow::Borrowed(text)),
        _ => inflate(text, budget),
    }
}

/// Decodes a profile: one line each for its name, its length and its bytes in hexadecimal digits.
fn raw_profile(text: &[u8]) -> Option<Vec<u8>> {
    let mut lines = text.trim_ascii_start().splitn(3, |&byte| byte == b'\n');
    let digits: Vec<_> = lines
        .nth(2)?
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .take(MAX_RAW_PROFILE_LENGTH * 2)
        .map(|&digit| {
            char::from(digit)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect::<Option<_>>()?;
    let (pairs, _) = digits.as_chunks();
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// Decompresses a text (zlib, section 10.3). Returns `None` if it is invalid or exceeds the budget.
fn inflate(text: &[u8], budget: &mut usize) -> Option<Cow<'static, [u8]>> {
    // Starting to decompress costs about as much as this many bytes.
    let limit = budget.checked_sub(0x400)?;
    let result = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(text, limit);
    let length = match &result {
        Ok(inflated) => inflated.len(),
        Err(error) => error.output.len(),
    };
    *budget = limit.saturating_sub(length);
    result.ok().map(Cow::Owned)
}
