//! Strips PNG (W3C Portable Network Graphics specification, third edition; ISO/IEC 15948).
//!
//! The signature is followed by chunks of length, type, data and CRC. A chunk whose type starts with a
//! capital letter is critical.

use std::borrow::Cow;
use std::ops::Range;

use super::tiff::ByteOrder;
use super::{
    Action, MetadataError, MetadataKind, Rewrite, StripLevel, StripResult, exif, location,
};
use crate::Format;

/// Section 5.2.
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];

/// Section 5.3: "the value of the length must not exceed 2^31-1 bytes".
const MAX_CHUNK_LENGTH: usize = 0x7FFF_FFFF;

/// The maximum number of bytes of text that are decompressed per file, which bounds time and memory. Texts beyond it count
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
            let (length, crc) = length_and_crc(*b"eXIf", &block);
            rewrite.replace(at..at, &[&length, b"eXIf", &block, &crc], kind);
        }
        match rule(chunk.kind, &file[chunk.data.clone()], level, &mut budget) {
            Action::Keep => {}
            Action::Remove(kind) => rewrite.remove(at..chunk.end, kind),
            Action::Replace(_, kind) if chunk.is_cut_off => rewrite.remove(at..chunk.end, kind),
            Action::Replace(data, kind) => {
                let (length, crc) = length_and_crc(chunk.kind, &data);
                let parts: [&[u8]; 4] = [&length, &chunk.kind, &data, &crc];
                rewrite.replace(at..chunk.end, &parts, kind);
            }
        }
        at = chunk.end;
        if chunk.kind == *b"IEND" {
            rewrite.remove(at..file.len(), MetadataKind::Unused);
            break;
        }
    }
    Ok(rewrite.finish())
}

/// Returns an EXIF block with the orientation of a text chunk that is removed, and the kind of that chunk.
/// Returns `None` if `eXIf` has an orientation, which takes precedence.
fn lost_orientation(file: &[u8], level: StripLevel) -> Option<(Vec<u8>, MetadataKind)> {
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
            b"tEXt" | b"zTXt" | b"iTXt" if found.is_none() => {
                let text = Text::read(chunk.kind, data, &mut budget);
                let orientation = text.orientation();
                found = orientation
                    .filter(|_| text.is_removed(level))
                    .map(|orientation| (orientation, text.kind));
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

/// Returns what precedes and follows kind and data of a chunk.
fn length_and_crc(kind: [u8; 4], data: &[u8]) -> ([u8; 4], [u8; 4]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let mut crc = crc32fast::Hasher::new();
    crc.update(&kind);
    crc.update(data);
    (length.to_be_bytes(), crc.finalize().to_be_bytes())
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

/// The ancillary chunks of sections 11.3.1, 11.3.2 and 11.3.4 to 11.3.6 that are kept, and `oFFs` and `sTER`
/// of the extensions.
const ANCILLARY: [&[u8; 4]; 18] = [
    b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD",
    b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT", b"oFFs", b"sTER",
];

/// Decides what to do with a chunk.
fn rule(chunk: [u8; 4], data: &[u8], level: StripLevel, budget: &mut usize) -> Action {
    match &chunk {
        // Section 11.2.4: "the data field is empty".
        b"IEND" if !data.is_empty() => Action::Replace(Vec::new(), MetadataKind::Unused),
        [b'A'..=b'Z', ..] => Action::Keep,
        kind if ANCILLARY.contains(&kind) => Action::Keep,
        b"eXIf" => exif::strip(data.strip_prefix(exif::IDENTIFIER).unwrap_or(data), level),
        b"tIME" if level == StripLevel::Location => Action::Keep,
        b"tIME" => Action::Remove(MetadataKind::Time),
        b"tEXt" | b"zTXt" | b"iTXt" => {
            let text = Text::read(chunk, data, budget);
            if text.is_removed(level) {
                Action::Remove(text.kind)
            } else {
                Action::Keep
            }
        }
        _ => Action::Remove(MetadataKind::Vendor),
    }
}

/// The content of a text chunk.
struct Text<'a> {
    kind: MetadataKind,
    keyword: &'a [u8],
    /// Whether it is another format as hexadecimal digits.
    is_profile: bool,
    /// `None` if it cannot be decompressed.
    content: Option<Cow<'a, [u8]>>,
}

impl<'a> Text<'a> {
    fn read(chunk: [u8; 4], data: &'a [u8], budget: &mut usize) -> Self {
        let (keyword, fields) = split_at_zero(data).unwrap_or((data, &[]));
        let content = match &chunk {
            b"tEXt" => Some(Cow::Borrowed(fields)),
            // Compression method, compressed text (section 11.3.3.3).
            b"zTXt" => fields
                .split_first()
                .and_then(|(_, text)| inflate(text, budget)),
            _ => international_text(fields, budget),
        };
        // ImageMagick and ExifTool write such keywords; ImageMagick reads them in any case. The longest
        // keyword has 79 bytes (section 11.3.3.1).
        let name = keyword[..keyword.len().min(80)].to_ascii_lowercase();
        let profile = name.strip_prefix(b"raw profile type ");
        Self {
            kind: match (profile, name.as_slice()) {
                (Some(b"exif" | b"app1"), _) => MetadataKind::Exif,
                (Some(b"iptc" | b"8bim"), _) => MetadataKind::Iptc,
                (Some(b"xmp"), _) | (None, b"xml:com.adobe.xmp") => MetadataKind::Xmp,
                (Some(_), _) => MetadataKind::Vendor,
                (None, _) => MetadataKind::Text,
            },
            keyword,
            is_profile: profile.is_some(),
            content,
        }
    }

    fn is_removed(&self, level: StripLevel) -> bool {
        let text = self.content.as_deref();
        match self.kind {
            _ if level == StripLevel::All || self.is_profile => true,
            MetadataKind::Xmp => text.is_none_or(location::xmp_has_location),
            // ImageMagick writes keywords such as exif:GPSLatitude.
            _ => {
                location::names_location(self.keyword) || text.is_none_or(location::names_location)
            }
        }
    }

    /// Reads the TIFF orientation of EXIF or XMP.
    fn orientation(&self) -> Option<u16> {
        let text = self.content.as_deref()?;
        match self.kind {
            MetadataKind::Xmp if !self.is_profile => location::xmp_orientation(text),
            MetadataKind::Exif | MetadataKind::Xmp => {
                let profile = raw_profile(text)?;
                exif_orientation(&profile).or_else(|| location::xmp_orientation(&profile))
            }
            _ => None,
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

/// Decodes a profile: its name, its length and its bytes in hexadecimal digits, each on separate lines.
fn raw_profile(text: &[u8]) -> Option<Vec<u8>> {
    let mut lines = text.trim_ascii_start().splitn(3, |&byte| byte == b'\n');
    let digits: Vec<u8> = lines
        .nth(2)?
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .take(MAX_RAW_PROFILE_LENGTH * 2)
        .map(|&digit| char::from(digit).to_digit(16)?.try_into().ok())
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
