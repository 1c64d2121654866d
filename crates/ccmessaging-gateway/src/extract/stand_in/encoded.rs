//! Recognises a file whose bytes are written as text.

use bytes::Bytes;
use ccmessaging_core::sniff::{self, Found};
use ccmessaging_core::{Base64Problem, CanonicalBase64, Content, Family, FileType};

/// The smallest file that is looked for: less text may encode anything by chance.
const LEAST_BYTES: usize = 16;

/// How much of a text must consist of the symbols of Base64 before all of it is decoded.
const SAMPLE_BYTES: usize = 1024;

/// What surrounds the bytes of a file in a program's text.
const WRAPPERS: [(&str, &str); 7] = [
    // JSON.
    ("\"", "\""),
    // SQL.
    (r"\x", ""),
    ("X'", "'"),
    ("x'", "'"),
    ("0x", ""),
    // Go.
    ("[]byte{", "}"),
    // A data: URL that was split at the wrong place.
    ("base64,", ""),
];

/// Returns whether a text is an image, a recording or a video in Base64 or hexadecimal, or as a list of
/// numbers.
pub(super) fn is_encoded_file(text: &Bytes) -> bool {
    let content = unwrapped(text.trim_ascii());
    let is_file_in = |bytes: Option<Vec<u8>>| bytes.is_some_and(|bytes| is_file(&bytes[..]));
    is_file_in(hexadecimal(content))
        || is_file_in(numbers(content))
        || is_base64_file(&text.slice_ref(content))
}

/// Returns a text without what surrounds it in a program.
fn unwrapped(text: &[u8]) -> &[u8] {
    let inner = |&(start, end): &(&str, &str)| {
        let inner = text.strip_prefix(start.as_bytes())?;
        inner.strip_suffix(end.as_bytes())
    };
    WRAPPERS.iter().find_map(inner).unwrap_or(text)
}

fn is_base64_file(text: &Bytes) -> bool {
    // URL decoding makes spaces of plus signs.
    let is_symbol = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_= \r\n".contains(byte);
    let sample = &text[..text.len().min(SAMPLE_BYTES)];
    if sample.len() < LEAST_BYTES || !sample.iter().all(is_symbol) {
        return false;
    }
    let decoded = CanonicalBase64::from_text(text.clone()).or_else(|error| {
        if error.problem() != Base64Problem::LostPlus {
            return Err(error);
        }
        let plus = |&byte: &u8| if byte == b' ' { b'+' } else { byte };
        CanonicalBase64::from_text(text.iter().map(plus).collect::<Vec<_>>())
    });
    decoded.is_ok_and(|file| is_file(&file))
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

/// Decodes pairs of hexadecimal digits, such as `ffd8`, `FF-D8`, `ff:d8` and `0xff, 0xd8`.
fn hexadecimal(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |&byte: &u8| char::from(byte).to_digit(16);
    let is_separator = |byte: &u8| b" ,:-\r\n\t".contains(byte);
    let is_expected = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'x' || is_separator(byte);
    if !text.get(..2 * LEAST_BYTES)?.iter().all(is_expected) {
        return None;
    }
    let mut bytes = Vec::new();
    for number in text.split(is_separator) {
        let (pairs, rest) = number
            .strip_prefix(b"0x")
            .unwrap_or(number)
            .as_chunks::<2>();
        if !rest.is_empty() {
            return None;
        }
        for [high, low] in pairs {
            bytes.push(u8::try_from(16 * digit(high)? + digit(low)?).ok()?);
        }
    }
    Some(bytes)
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
