//! Recognises the sizes of chunks (RFC 9112 section 7.1) that a program left in a body.

use super::mismatch::{Found, Prefix};
use super::window::{Window, bytes_at};
use crate::content::Content;
use crate::file_type::FileType;

/// The end of a body in chunks.
const LAST_CHUNK: &[u8; 7] = b"\r\n0\r\n\r\n";

/// The longest line before a chunk that is read.
const MAX_CHUNK_HEADER: usize = 256;

/// Names a text that contains the sizes of its chunks: the first one leads to a second one, and the text ends with the
/// last chunk.
pub(super) fn chunked_text(content: &dyn Content) -> Option<Found> {
    let end = content.len().checked_sub(LAST_CHUNK.len())?;
    if bytes_at(content, end)? != *LAST_CHUNK {
        return None;
    }
    let head = Window::<MAX_CHUNK_HEADER>::read(content, 0);
    let ChunkHeader { bytes, size } = ChunkHeader::parse(head.bytes())?;
    let next = bytes.checked_add(size)?;
    let is_followed = bytes_at(content, next)? == *b"\r\n" && {
        let next = Window::<MAX_CHUNK_HEADER>::read(content, next + 2);
        ChunkHeader::parse(next.bytes()).is_some()
    };
    // A column of numbers may look like sizes and chunks.
    let is_of_number = |byte: &u8| byte.is_ascii_hexdigit() || b"+-.,\r\n".contains(byte);
    let is_column = head.bytes().iter().all(is_of_number);
    (is_followed && !is_column).then_some(Found::Preceded {
        file_type: FileType::Txt,
        bytes,
        prefix: Prefix::ChunkSize,
    })
}

/// The line before a chunk (RFC 9112 section 7.1). Extensions may follow the size, as signatures do in uploads to object
/// storage.
pub(super) struct ChunkHeader {
    /// The length of the line.
    pub(super) bytes: usize,
    /// The chunk's size.
    size: usize,
}

impl ChunkHeader {
    /// Parses the line at the beginning.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = &bytes[..bytes.len().min(MAX_CHUNK_HEADER)];
        let end = memchr::memmem::find(text, b"\r\n")?;
        let line = std::str::from_utf8(&text[..end]).ok()?;
        let (size, _) = line.split_once(';').unwrap_or((line, ""));
        if size.starts_with('+') {
            return None;
        }
        Some(Self {
            bytes: end + 2,
            size: usize::from_str_radix(size, 16).ok()?,
        })
    }
}
