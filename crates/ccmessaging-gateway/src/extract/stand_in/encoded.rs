//! Recognises a file whose bytes are written as text.

use bytes::Bytes;
use ccmessaging_core::sniff::{self, Found};
use ccmessaging_core::{CanonicalBase64, Content, Family, FileType};

/// The smallest file that is looked for: less text may encode anything by chance.
const LEAST_BYTES: usize = 16;

/// How much of a text must consist of the symbols of Base64 before all of it is decoded.
const SAMPLE_BYTES: usize = 1024;

/// Returns whether a text is an image, a recording or a video in Base64 or hexadecimal, or as a list of
/// numbers.
pub(super) fn is_encoded_file(text: &Bytes) -> bool {
    let content = text.trim_ascii();
    // A JSON string.
    let content = match content {
        [b'"', quoted @ .., b'"'] => quoted,
        plain => plain,
    };
    if let Some(bytes) = hexadecimal(content).or_else(|| numbers(content)) {
        return is_file(&bytes[..]);
    }
    let is_symbol = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(byte);
    let sample = &content[..content.len().min(SAMPLE_BYTES)];
    sample.len() >= LEAST_BYTES
        && sample.iter().all(is_symbol)
        && CanonicalBase64::from_text(text.slice_ref(content)).is_ok_and(|file| is_file(&file))
}

fn is_file<C: Content + ?Sized>(file: &C) -> bool {
    let is_known = |file_type: FileType| file_type.family() != Family::Text;
    file.len() >= LEAST_BYTES
        && (sniff::identify(file).is_some_and(is_known) || is_other_media(file))
}

/// Returns whether a file is an image, a recording or a video of another format.
fn is_other_media<C: Content + ?Sized>(file: &C) -> bool {
    let Err(mismatch) = sniff::prove(FileType::Png, file) else {
        return false;
    };
    let Found::Format { media_type, .. } = mismatch.found() else {
        return false;
    };
    ["image/", "audio/", "video/"]
        .iter()
        .any(|kind| media_type.starts_with(kind))
}

/// Decodes pairs of hexadecimal digits.
fn hexadecimal(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |&byte: &u8| char::from(byte).to_digit(16);
    let sample = text.get(..2 * LEAST_BYTES)?;
    if !sample.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let (pairs, rest) = text.as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| u8::try_from(16 * digit(high)? + digit(low)?).ok();
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}

/// Reads the numbers of a list, or of an object whose keys are ignored: `255,216`, `[-1, -40]` of Java,
/// `{"0":255,"1":216}` and `{"type":"Buffer","data":[255,216]}` of JavaScript. `None` if they are not bytes.
fn numbers(text: &[u8]) -> Option<Vec<u8>> {
    if !matches!(text, [b'[' | b'{' | b'-' | b'0'..=b'9', ..]) {
        return None;
    }
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'"' => rest = &after[memchr::memchr(b'"', after)? + 1..],
            b'-' | b'0'..=b'9' => {
                let digits = after
                    .iter()
                    .take_while(|byte| byte.is_ascii_digit())
                    .count();
                let number = &text[text.len() - after.len() - 1..][..=digits];
                let number: i16 = std::str::from_utf8(number).ok()?.parse().ok()?;
                // Java's bytes are signed.
                let byte = i8::try_from(number).map(i8::cast_unsigned);
                bytes.push(byte.or_else(|_| u8::try_from(number)).ok()?);
                rest = &after[digits..];
            }
            b',' | b':' | b'[' | b']' | b'{' | b'}' | b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => return None,
        }
    }
    Some(bytes)
}
