//! Recognises files that were encoded in Base64 once too often.

use super::request::RequestInstead;
use crate::base64_text::{CanonicalBase64, DataUrl};
use crate::content::{Content, without_mark};
use crate::file_type::Family;
use crate::sniff::beginning::begins_file;
use crate::sniff::rules::identify;

/// The fewest characters that are decoded. Those of shorter words and numbers may be a text by chance.
const MIN_SYMBOLS: usize = 64;

/// The smallest text in a legacy encoding. Nearly all other bytes in this number have a control character.
const MIN_LEGACY_BYTES: usize = 256;

/// How much of a decoded file is searched for a signature.
const HEAD_BYTES: usize = 6 * 1024;

const SCHEME: &[u8] = b"data:";

/// Returns whether a text is nothing but the Base64 of a file or of a whole request, or a `data:` URL of it. The file may
/// be of any known format, or a readable text. Keys, hashes and tokens decode to other bytes.
pub(crate) fn is_encoded_file(text: &dyn Content) -> bool {
    decode(text).is_some_and(|file| {
        is_file(&file) || RequestInstead::find(&file).is_some() || is_encoded_file(&file)
    })
}

fn decode(text: &dyn Content) -> Option<Vec<u8>> {
    let mut head = [0; MIN_SYMBOLS];
    let head_bytes = text.read_at(0, &mut head);
    // Nearly all texts are ruled out here.
    if head_bytes < MIN_SYMBOLS || !may_begin(&head) {
        return None;
    }
    let mut bytes = vec![0; text.len()];
    let count = text.read_at(0, &mut bytes);
    let text = without_mark(&bytes[..count]);
    let start = DataUrl::split(text).ok()?.data_start;
    let symbols = text[start..].trim_ascii();
    if symbols.len() < MIN_SYMBOLS || !are_equal_lines(symbols) {
        return None;
    }
    let file = CanonicalBase64::from_text(symbols.to_vec()).ok()?;
    Some(file.decode())
}

fn may_begin(head: &[u8]) -> bool {
    let head = without_mark(head).trim_ascii_start();
    let is_symbol = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(byte);
    let start = head.get(..SCHEME.len()).unwrap_or_default();
    start.eq_ignore_ascii_case(SCHEME) || head.iter().all(is_symbol)
}

/// Returns whether the lines of a text have no spaces and one length, except for a shorter last one, as those into which
/// programs fold Base64.
fn are_equal_lines(text: &[u8]) -> bool {
    let mut lines = text
        .rsplit(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line).len());
    let last = lines.next().unwrap_or_default();
    let length = lines.clone().next().unwrap_or(last);
    memchr::memchr2(b' ', b'\t', text).is_none()
        && last <= length
        && lines.all(|line| line == length)
}

/// Returns whether bytes are a file. Those of a key or a hash may be a text in a legacy encoding by chance, but have no
/// words or lines, and are short.
fn is_file(bytes: &[u8]) -> bool {
    match identify(bytes) {
        Some(file_type) if file_type.family() != Family::Text => true,
        Some(_) => {
            let is_wide = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
            memchr::memchr2(b' ', b'\n', bytes).is_some()
                && (is_wide
                    || bytes.len() >= MIN_LEGACY_BYTES
                    || std::str::from_utf8(bytes).is_ok())
        }
        None => begins_file(&bytes[..bytes.len().min(HEAD_BYTES)]),
    }
}
