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
const NAME_WINDOW_BYTES: usize = 4 * 1024;

const END_BYTES: usize = 12;

/// The last chunk of every complete file: no data, and the checksum of its type.
const END: [u8; END_BYTES] = *b"\0\0\0\0IEND\xAE\x42\x60\x82";

/// Returns the offset of invalid pixels, or of what follows incomplete pixels in place of a chunk.
///
/// Accepts a wrong checksum if the pixels are valid, since some viewers ignore it, and a missing end.
pub(super) fn first_fault(content: &dyn Content) -> Option<usize> {
    let mut window = [0; WINDOW_BYTES];
    let wrong = match first_wrong(content, &mut window) {
        Wrong::Nothing => return None,
        Wrong::Chunk(at) => Some(at),
        Wrong::End(last) => last.filter(|_| has_end(content)),
    };
    let mut pixels = Pixels::new();
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
                Inflated::End => return None,
                Inflated::Enough => return wrong,
                Inflated::Invalid(count) => return Some(at + count),
            }
            at += bytes.len();
            compressed += bytes.len();
            if compressed >= MAX_COMPRESSED_BYTES {
                return wrong;
            }
        }
    }
    wrong
}

/// The result of comparing the checksums.
enum Wrong {
    Nothing,
    /// The checksum of a critical chunk, or something takes the place of a chunk. The offset.
    Chunk(usize),
    /// The file ends within the chunks, the last of which begins at this offset.
    End(Option<usize>),
}

/// Compares the checksums of all critical chunks up to the last one, whose own is not needed, or [`MAX_CHUNKS`].
fn first_wrong(content: &dyn Content, window: &mut [u8]) -> Wrong {
    let mut last = None;
    for (count, chunk) in (1..).zip(chunks(content)) {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(at) => return Wrong::Chunk(at),
        };
        last = Some(chunk.start);
        if chunk.next() > content.len() {
            break;
        }
        if &chunk.name == b"IEND" {
            return Wrong::Nothing;
        }
        if chunk.is_critical() && !chunk.has_valid_checksum(content, window) {
            return Wrong::Chunk(chunk.start);
        }
        if count == MAX_CHUNKS {
            return Wrong::Nothing;
        }
    }
    Wrong::End(last)
}

/// Returns whether a file ends like a complete one, so that it was not cut.
fn has_end(content: &dyn Content) -> bool {
    let mut end = [0; END_BYTES];
    content.read_at(content.len().saturating_sub(END_BYTES), &mut end);
    end == END
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
        let chunk = end.map(|end| Self {
            name,
            start,
            data,
            end,
        });
        let chunk = chunk.filter(|chunk| chunk.has_known_name() || chunk.has_valid_name(content));
        Some(chunk.ok_or(start))
    }

    fn has_known_name(&self) -> bool {
        let [first, _, third, _] = self.name;
        let is_ancillary = first.is_ascii_lowercase() && third.is_ascii_uppercase();
        self.is_critical() || (is_ancillary && self.name.iter().all(u8::is_ascii_alphabetic))
    }

    /// Returns whether an extension has this name, as its checksum shows.
    fn has_valid_name(&self, content: &dyn Content) -> bool {
        self.name.iter().all(u8::is_ascii_alphabetic)
            && self.has_valid_checksum(content, &mut [0; NAME_WINDOW_BYTES])
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
