//! Cuts the file out of a body whose `fileStream` is plain Base64.
//!
//! The body is `HEAD"fileStream":"` `TEXT` `"TAIL`. HEAD and TAIL are short; joined, with an empty
//! string for TEXT, they are read by the general parser. That it finds `fileStream` empty, and at
//! the very place of the cut, proves that the quote before TEXT began that field's value: no other
//! string, no nested object. TEXT is checked to be Base64, which holds no quote, no escape and no
//! control character: so the general parser would have ended it there, and read it as it stands.

use std::borrow::Cow;

use super::escapes::without_escaped_slashes;
use super::general::{Object, read_object};
use super::value::Value;
use crate::base64_text::DataUrl;
use crate::request::{CHANNEL, Declared, FileStream, UploadRequest};
use crate::{CanonicalBase64, Chunks, Field};

/// The longest part before the file's text, and the longest after it. The documented fields take
/// about 50 bytes; this leaves room for a few that clients add.
const SIDE_BYTES: usize = 256;

/// The longest `data:` URL prefix that is cut off here.
const PREFIX_BYTES: usize = 128;

const KEY: &[u8] = b"\"fileStream\"";

pub(super) fn parse(body: &Chunks) -> Option<UploadRequest> {
    let mut sides = [0; 2 * SIDE_BYTES];
    let count = body.copy_to(0, &mut sides[..SIDE_BYTES]);
    let start = text_start(&sides[..count])?;
    let end = text_end(body, start)?;
    let tail = body.copy_to(end, &mut sides[start..start + SIDE_BYTES]);
    let (file_type, channel) = read_sides(&sides[..start + tail], start)?;
    Some(UploadRequest {
        declared: Declared::Spelled(file_type),
        field: Field::FileStream,
        channel,
        file: read_text(body.slice(start..end))?,
    })
}

/// Where the text of the first `"fileStream":"` begins.
fn text_start(head: &[u8]) -> Option<usize> {
    let key = memchr::memchr_iter(b'"', head).find(|&at| head[at..].starts_with(KEY))?;
    let after_key = key + KEY.len();
    let colon = after_space(head, after_key)?;
    let quote = after_space(head, colon + 1)?;
    (head[colon] == b':' && head[quote] == b'"').then_some(quote + 1)
}

/// Where the text ends: at the only quote before the tail, if the text really is Base64.
fn text_end(body: &Chunks, start: usize) -> Option<usize> {
    let mut window = [0; SIDE_BYTES];
    let from = start.max(body.len().saturating_sub(SIDE_BYTES));
    let count = body.copy_to(from, &mut window);
    Some(from + memchr::memchr(b'"', &window[..count])?)
}

/// The first byte from `from` on that is not JSON's white space.
fn after_space(head: &[u8], from: usize) -> Option<usize> {
    let rest = head.get(from..)?;
    let skipped = rest.iter().position(|byte| !b" \t\r\n".contains(byte))?;
    Some(from + skipped)
}

/// Type and channel, if the sides are a complete body whose `fileStream` is cut out at `cut`.
fn read_sides(sides: &[u8], cut: usize) -> Option<(String, Option<String>)> {
    let Object { fields, problem } = read_object(sides, 0).ok()?;
    let [file_type, file_stream, channel] = fields;
    let (Some(Value::String(file_type)), Some(Value::String(channel))) = (file_type, channel)
    else {
        return None;
    };
    let Some(Value::String(Cow::Borrowed(text))) = file_stream else {
        return None;
    };
    let position = (text.as_ptr() as usize).checked_sub(sides.as_ptr() as usize)?;
    let is_whole = problem.is_none() && text.is_empty() && position == cut;
    let is_named = !file_type.is_empty() && !channel.is_empty();
    // The usual channel goes without saying.
    let channel = Some(channel).filter(|channel| channel != CHANNEL);
    (is_whole && is_named).then(|| (file_type.into_owned(), channel.map(Cow::into_owned)))
}

/// The text as Base64, if it is that and nothing else, perhaps behind a `data:` URL prefix and
/// with the escaped slashes that PHP writes.
fn read_text(text: Chunks) -> Option<FileStream> {
    if text.is_empty() {
        return None;
    }
    let text = match CanonicalBase64::from_canonical(text) {
        Ok(file) => {
            let media_type = None;
            return Some(FileStream::Canonical { file, media_type });
        }
        Err(text) => text,
    };
    let mut prefix = [0; PREFIX_BYTES];
    let count = text.copy_to(0, &mut prefix);
    let url = DataUrl::split(&prefix[..count]).ok()?;
    // So the general parser would read the prefix as it stands.
    let is_plain = |byte: &u8| byte.is_ascii_graphic() && !b"\"\\".contains(byte);
    if !prefix[..url.data_start].iter().all(is_plain) {
        return None;
    }
    let judged = match url.data_start {
        // It is what was judged above.
        0 => Err(text),
        start => CanonicalBase64::from_canonical(text.slice(start..text.len())),
    };
    let file = match judged {
        Ok(file) => file,
        Err(data) => {
            data.find(b'\\', 0)?;
            CanonicalBase64::from_canonical(without_escaped_slashes(&data)?).ok()?
        }
    };
    Some(FileStream::Canonical {
        file,
        media_type: url.media_type.map(str::to_owned),
    })
}
