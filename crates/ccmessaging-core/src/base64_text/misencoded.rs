//! Recognises what programs write where Base64 is expected.

use super::Base64Problem;
use crate::content::BYTE_ORDER_MARK;
use crate::text_instead::placeholder::is_placeholder;

/// The fewest digits that are judged, and how many of 0 to 9 must be among them. Base64 of repeated bytes may
/// consist of such letters, but not of that many digits.
const MIN_DIGITS: usize = 32;
const MIN_DISTINCT: u32 = 6;

/// Returns what a text is that was rejected.
pub(super) fn problem(text: &[u8]) -> Option<Base64Problem> {
    if is_bytes_literal(text.trim_ascii()) {
        Some(Base64Problem::BytesLiteral)
    } else {
        is_hexadecimal(text).then_some(Base64Problem::Hexadecimal)
    }
}

/// Returns why a text has a character of neither alphabet at `at`, its first one: it was encoded once more, or has a
/// prefix.
pub(super) fn cause(text: &[u8], at: usize) -> Option<Base64Problem> {
    let (before, rest) = text.split_at_checked(at)?;
    let begins = |starts: &[&str]| {
        starts.iter().any(|start| {
            let found = rest.get(..start.len());
            found.is_some_and(|found| found.eq_ignore_ascii_case(start.as_bytes()))
        })
    };
    let has_prefix = || {
        (before.ends_with(b"base64") && begins(&[",", ":"]))
            || (before.ends_with(b"data") && begins(&[":"]))
            || (before.is_empty() && begins(&[";base64,"]))
    };
    if begins(&["%2B", "%2F", "%3D", "%25", "%0A", "%0D", "%20"]) {
        Some(Base64Problem::PercentEncoded)
    } else if begins(&[r"\/", r"\n", r"\r", r"\u00"]) || (before.is_empty() && begins(&["\""])) {
        Some(Base64Problem::EscapedTwice)
    } else if begins(&["&#"]) {
        Some(Base64Problem::HtmlEscaped)
    } else if before.is_empty() && rest.starts_with(BYTE_ORDER_MARK) {
        Some(Base64Problem::ByteOrderMark)
    } else if has_prefix() {
        Some(Base64Problem::Prefix)
    } else if is_placeholder(&text) {
        Some(Base64Problem::PrintedObject)
    } else {
        begins(&["://"]).then_some(Base64Problem::Url)
    }
}

/// Returns whether a text is what Python's `str` makes of bytes.
fn is_bytes_literal(text: &[u8]) -> bool {
    text.starts_with(b"b'") && text.ends_with(b"'")
}

/// Returns whether a text that was rejected as Base64, or as the file that it encodes, is hexadecimal: `ffd8`,
/// `0xFFD8`, `\xffd8`, `FF-D8`, `ff:d8` or `data:image/jpeg;hex,ffd8`. Digits are symbols of
/// Base64, so it may decode, to bytes of no known format. A `-` may have been translated to `+`.
fn is_hexadecimal(text: &[u8]) -> bool {
    let text = match memchr::memchr(b',', text) {
        Some(comma) if text.trim_ascii_start().starts_with(b"data:") => &text[comma + 1..],
        _ => text,
    };
    let text = text.trim_ascii();
    let text = text.strip_prefix(b"\\x").unwrap_or(text);
    let padding = text.iter().rev().take_while(|&&byte| byte == b'=').count();
    let mut digits = 0;
    let mut seen = 0_u16;
    let is_separator = |byte: &u8| b" ,:-+\r\n\t".contains(byte);
    let mut numbers = text[..text.len() - padding].split(is_separator);
    let is_hexadecimal = numbers.all(|number| {
        let number = number.strip_prefix(b"0x").unwrap_or(number);
        digits += number.len();
        number.len().is_multiple_of(2)
            && number.iter().all(|&byte| {
                if byte.is_ascii_digit() {
                    seen |= 1 << (byte - b'0');
                }
                byte.is_ascii_hexdigit()
            })
    });
    is_hexadecimal && digits >= MIN_DIGITS && seen.count_ones() >= MIN_DISTINCT
}
