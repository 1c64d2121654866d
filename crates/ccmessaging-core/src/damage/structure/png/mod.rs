//! PNG: the checksums of its chunks and, if one is wrong or missing, its compressed pixels (W3C PNG, third edition).

mod pixels;

use pixels::{Inflated, Pixels};

use crate::content::Content;
use crate::damage::read_u32;

const SIGNATURE_BYTES: usize = 8;

/// What precedes a chunk's data: length and type.
const CHUNK_HEADER_BYTES: usize = 8;

const CHECKSUM_BYTES: usize = 4;

/// The maximum length of a chunk's data (section 5.3).
const MAX_CHUNK_BYTES: usize = 0x7FFF_FFFF;

/// The chunks without which an image cannot be shown. All others have a small first letter and a capital as their
/// third (section 5.4), apart from Apple's.
const CRITICAL: [&[u8; 4]; 5] = [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"CgBI"];

/// The maximum number of chunks that are followed.
const MAX_CHUNKS: usize = 4 * 1024;

/// How many compressed bytes are examined. Damage is spread evenly.
const MAX_COMPRESSED_BYTES: usize = 256 * 1024;

const WINDOW_BYTES: usize = 16 * 1024;

/// Returns the offset of invalid pixels, or of what follows incomplete pixels in place of a chunk.
///
/// Accepts a wrong checksum alone, which some viewers ignore, and a missing end.
pub(super) fn first_fault(content: &dyn Content) -> Option<usize> {
    let mut window = [0; WINDOW_BYTES];
    if has_valid_checksums(content, &mut window) {
        return None;
    }
    let mut pixels = Pixels::new(content);
    let mut compressed = 0;
    for chunk in chunks(content) {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(at) => return Some(at),
        };
        match &chunk.name {
            // The pixels of Apple's variant lack the header and the checksum of zlib.
            b"CgBI" => return None,
            b"IEND" => return Some(chunk.start),
            b"IDAT" => {}
            _ => continue,
        }
        let mut at = chunk.data;
        while let Some(bytes) = read_until(content, at, chunk.end, &mut window) {
            match pixels.inflate(bytes) {
                Inflated::All => {}
                Inflated::Enough => return None,
                Inflated::Invalid(count) => return Some(at + count),
            }
            at += bytes.len();
            compressed += bytes.len();
            if compressed >= MAX_COMPRESSED_BYTES {
                return None;
            }
        }
    }
    None
}

/// Returns whether all critical chunks up to the last one are complete and have valid checksums.
fn has_valid_checksums(content: &dyn Content, window: &mut [u8]) -> bool {
    for chunk in chunks(content) {
        match chunk {
            Ok(chunk) if &chunk.name == b"IEND" => return true,
            Ok(chunk) if chunk.is_critical() && !chunk.has_valid_checksum(content, window) => {
                return false;
            }
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    false
}

/// Copies bytes from `at` on into the window; `None` at `end` or the end of the file.
fn read_until<'w>(
    content: &dyn Content,
    at: usize,
    end: usize,
    window: &'w mut [u8],
) -> Option<&'w [u8]> {
    let length = end.saturating_sub(at).min(window.len());
    let count = content.read_at(at, window.get_mut(..length)?);
    window.get(..count).filter(|bytes| !bytes.is_empty())
}

/// A chunk, whose data may end behind the end of the file.
struct Chunk {
    name: [u8; 4],
    start: usize,
    /// The offset of the data.
    data: usize,
    /// The offset of the checksum.
    end: usize,
}

/// Returns the chunks up to the end of the file, or the offset of something else in place of a chunk.
fn chunks(content: &dyn Content) -> impl Iterator<Item = Result<Chunk, usize>> {
    let mut at = SIGNATURE_BYTES;
    let next = move || {
        let chunk = Chunk::read(content, at)?;
        at = chunk.as_ref().map_or(content.len(), Chunk::next);
        Some(chunk)
    };
    std::iter::from_fn(next).take(MAX_CHUNKS)
}

impl Chunk {
    /// Reads a chunk's header, unless the file ends before. Returns the offset if it is none.
    fn read(content: &dyn Content, start: usize) -> Option<Result<Self, usize>> {
        let mut header = [0; CHUNK_HEADER_BYTES];
        if content.read_at(start, &mut header) < header.len() {
            return None;
        }
        let [l0, l1, l2, l3, name @ ..] = header;
        let length = usize::try_from(u32::from_be_bytes([l0, l1, l2, l3])).ok();
        let length = length.filter(|&length| length <= MAX_CHUNK_BYTES);
        let data = start.checked_add(CHUNK_HEADER_BYTES)?;
        let end = length.and_then(|length| data.checked_add(length));
        let is_ancillary = name.iter().all(u8::is_ascii_alphabetic)
            && name[0].is_ascii_lowercase()
            && name[2].is_ascii_uppercase();
        let end = end.filter(|_| is_ancillary || CRITICAL.contains(&&name));
        let chunk = end.map(|end| Self {
            name,
            start,
            data,
            end,
        });
        Some(chunk.ok_or(start))
    }

    fn next(&self) -> usize {
        self.end.saturating_add(CHECKSUM_BYTES)
    }

    fn is_critical(&self) -> bool {
        CRITICAL.contains(&&self.name)
    }

    fn has_valid_checksum(&self, content: &dyn Content, window: &mut [u8]) -> bool {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&self.name);
        let mut at = self.data;
        while let Some(bytes) = read_until(content, at, self.end, window) {
            hasher.update(bytes);
            at += bytes.len();
        }
        let checksum = read_u32(content, self.end, u32::from_be_bytes);
        checksum.is_some() && checksum == usize::try_from(hasher.finalize()).ok()
    }
}
