//! The fast path: cuts out the file's text and parses only the rest of the body.
//!
//! A body is `HEAD"fileStream":"` `TEXT` `"TAIL`. HEAD and TAIL are short; joined, with an empty
//! string for TEXT, they are parsed by the general parser. If it finds `fileStream` empty and exactly
//! at the cut, the quote before TEXT begins the value of that field, and not another string or a
//! nested object. TEXT is checked to be Base64, which contains no quotes, no control characters and no
//! escapes except those removed here. So the general parser would have ended the string at the same
//! quote and read the same text.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;

use super::read_fields;
use crate::base64_text::CanonicalBase64;
use crate::base64_text::DataUrl;
use crate::error::Field;
use crate::json::Value;
use crate::payload::CHANNEL;
use crate::request::{Declared, FileStream, UploadRequest};

/// The longest part before the file's text, and the longest after it. The documented fields take
/// about 50 bytes; this leaves room for a few that clients add.
const SIDE_BYTES: usize = 256;

/// The longest `data:` URL prefix that the fast path supports.
const PREFIX_BYTES: usize = 128;

/// The shortest Base64 that the fast path supports: shorter text may be a word such as `null` in place of a file.
const MIN_TEXT_BYTES: usize = 16;

/// The number of bytes that suffices to find the start of a documented body's Base64.
pub(super) const HEAD_BYTES: usize = SIDE_BYTES + PREFIX_BYTES;

const KEY: &[u8] = b"\"fileStream\"";

/// Parses a documented body whose file is plain Base64. Returns `None` for anything else, errors
/// included. The bytes in `checked` are known to be whole groups of symbols.
pub(super) fn parse(body: &Bytes, checked: Range<usize>) -> Option<UploadRequest> {
    let start = text_start(&body[..body.len().min(SIDE_BYTES)])?;
    let tail = start.max(body.len().saturating_sub(SIDE_BYTES));
    let end = tail + memchr::memchr(b'"', &body[tail..])?;
    let sides = [&body[..start], &body[end..]].concat();
    let (file_type, channel) = read_sides(&sides, start)?;
    Some(UploadRequest {
        declared: Declared::Spelling(file_type),
        field: Field::FileStream,
        channel,
        file: read_text(body, start..end, checked)?,
    })
}

/// Returns where the Base64 of a documented body begins, after a `data:` URL prefix if there is one.
pub(super) fn data_start(head: &[u8]) -> Option<usize> {
    let start = text_start(&head[..head.len().min(SIDE_BYTES)])?;
    Some(start + prefix_len(&head[start..]))
}

/// Returns the length of what seems to be a `data:` URL prefix, comma included.
fn prefix_len(text: &[u8]) -> usize {
    let beginning = &text[..text.len().min(PREFIX_BYTES)];
    memchr::memchr(b',', beginning).map_or(0, |comma| comma + 1)
}

/// Returns where the text of the first `"fileStream":"` begins.
fn text_start(head: &[u8]) -> Option<usize> {
    let key = memchr::memchr_iter(b'"', head).find(|&at| head[at..].starts_with(KEY))?;
    let after_key = key + KEY.len();
    let colon = after_space(head, after_key)?;
    let quote = after_space(head, colon + 1)?;
    (head[colon] == b':' && head[quote] == b'"').then_some(quote + 1)
}

/// Returns the offset of the first byte from `from` on that is not JSON's white space.
fn after_space(head: &[u8], from: usize) -> Option<usize> {
    let rest = head.get(from..)?;
    let skipped = rest.iter().position(|byte| !b" \t\r\n".contains(byte))?;
    Some(from + skipped)
}

/// Returns type and channel if the sides form a complete body with an empty `fileStream` at `cut`.
fn read_sides(sides: &[u8], cut: usize) -> Option<(String, Option<String>)> {
    let [
        Some(Value::String(file_type)),
        Some(Value::String(Cow::Borrowed(text))),
        Some(Value::String(channel)),
    ] = read_fields(sides).ok()?
    else {
        return None;
    };
    let position = (text.as_ptr() as usize).checked_sub(sides.as_ptr() as usize)?;
    let is_whole = text.is_empty() && position == cut;
    let is_named = !file_type.is_empty() && !channel.is_empty();
    // The usual channel needs no check later, and no copy.
    let channel = Some(channel).filter(|channel| channel != CHANNEL);
    (is_whole && is_named).then(|| (file_type.into_owned(), channel.map(Cow::into_owned)))
}

/// Reads the text in this range as Base64, perhaps after a `data:` URL prefix.
fn read_text(body: &Bytes, text: Range<usize>, checked: Range<usize>) -> Option<FileStream> {
    let start = text.start + prefix_len(&body[text.clone()]);
    if text.end - start < MIN_TEXT_BYTES {
        return None;
    }
    let mut media_type = None;
    if start > text.start {
        let prefix = read_prefix(&body[text.start..start])?;
        let url = DataUrl::split(prefix.as_bytes()).ok()?;
        if url.data_start != prefix.len() {
            return None;
        }
        media_type = url.media_type.map(str::to_owned);
    }
    let is_beginning = checked.start == start && checked.end <= text.end;
    let checked = if is_beginning { checked.len() } else { 0 };
    let data = body.slice(start..text.end);
    let file = match CanonicalBase64::from_canonical_behind(checked, data) {
        Ok(file) => file,
        Err(data) => CanonicalBase64::from_symbols(without_escapes(&data)?)?,
    };
    Some(FileStream::Canonical { file, media_type })
}

/// Reads a `data:` URL prefix as the general parser would read it: printable ASCII, and slashes that may be
/// escaped.
fn read_prefix(prefix: &[u8]) -> Option<String> {
    let prefix = std::str::from_utf8(prefix).ok()?.replace(r"\/", "/");
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    prefix.bytes().all(is_plain).then_some(prefix)
}

/// Removes the escapes that encoders write into Base64: `\/` (PHP's `json_encode`) and line
/// breaks, which carry nothing. Returns `None` if there is another escape.
fn without_escapes(text: &[u8]) -> Option<Vec<u8>> {
    // Padding may be added later.
    let mut joined = Vec::with_capacity(text.len() + 2);
    let mut rest = text;
    while !rest.is_empty() {
        let run = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        joined.extend_from_slice(&rest[..run]);
        rest = &rest[run..];
        while let [b'\\', after @ ..] = rest {
            match after.first()? {
                b'/' => joined.push(b'/'),
                b'n' | b'r' => {}
                _ => return None,
            }
            rest = &after[1..];
        }
    }
    Some(joined)
}
