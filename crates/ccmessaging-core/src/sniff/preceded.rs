//! Recognises files after bytes that do not belong to them.

use super::chunk_sizes::ChunkHeader;
use super::mismatch::{Found, Prefix};
use super::rules::first_of;
use crate::content::{BYTE_ORDER_MARK, Content, without_mark};
use crate::file_type::{Family, FileType};

/// The beginnings of documents that may contain a file after text: PDF, PostScript and RTF.
const DOCUMENTS: [&[u8]; 2] = [b"%", b"{\\rtf"];

/// Returns what follows the text at the beginning of a file, if it is a file of one of the API's binary types.
/// Scripts write such a text by mistake: PHP's byte order mark, a template's line break, a warning.
pub(super) fn preceded(content: &dyn Content, head: &[u8]) -> Option<Found> {
    if DOCUMENTS.iter().any(|start| head.starts_with(start)) {
        return None;
    }
    let unmarked = without_mark(head);
    // A bitmap and a tag of audio begin with letters, the other files with a byte that no text has.
    let after_blanks = head.len() - unmarked.trim_ascii_start().len();
    let chunk_size = ChunkHeader::parse(head).map_or(0, |header| header.bytes);
    let lengths = [after_blanks, chunk_size, text_bytes(head)];
    lengths
        .into_iter()
        .filter(|&bytes| bytes > 0)
        .find_map(|bytes| {
            let types = FileType::ALL.iter().copied();
            let types = types.filter(|file_type| file_type.family() != Family::Text);
            let file_type = first_of(types, &After { content, bytes })?;
            Some(Found::Preceded {
                file_type,
                bytes,
                prefix: prefix(&head[..bytes]),
            })
        })
}

/// Returns what the bytes before a file are.
fn prefix(before: &[u8]) -> Prefix {
    if ChunkHeader::parse(before).is_some_and(|header| header.bytes == before.len()) {
        Prefix::ChunkSize
    } else if before.starts_with(BYTE_ORDER_MARK) {
        Prefix::ByteOrderMark
    } else {
        Prefix::Text
    }
}

/// Returns how many bytes at the beginning are text.
fn text_bytes(head: &[u8]) -> usize {
    let valid = match std::str::from_utf8(head) {
        Ok(_) => head.len(),
        Err(error) => error.valid_up_to(),
    };
    let is_control = |byte: &u8| byte.is_ascii_control() && !b"\t\r\n".contains(byte);
    head[..valid].iter().position(is_control).unwrap_or(valid)
}

/// A file after some bytes.
struct After<'a> {
    content: &'a dyn Content,
    bytes: usize,
}

impl Content for After<'_> {
    fn len(&self) -> usize {
        self.content.len().saturating_sub(self.bytes)
    }

    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize {
        let offset = offset.saturating_add(self.bytes);
        self.content.read_at(offset, window)
    }
}
