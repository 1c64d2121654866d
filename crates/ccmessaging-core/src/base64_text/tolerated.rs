//! Converts every accepted form of Base64 into the canonical one, or locates the first error.

use base64_simd::STANDARD_NO_PAD;

use super::GROUP_SYMBOLS;

const PAD: u8 = b'=';

/// A text is not Base64, in any of the accepted forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not Base64 at byte {position}: {problem}")]
pub struct Base64Error {
    position: usize,
    problem: Base64Problem,
}

impl Base64Error {
    pub(super) const fn new(position: usize, problem: Base64Problem) -> Self {
        Self { position, problem }
    }

    /// Returns the error for a text with `before` more bytes at the start.
    pub(super) const fn shifted(self, before: usize) -> Self {
        Self::new(self.position + before, self.problem)
    }

    /// Returns where the problem is: a byte offset, from 0, in the text as the caller sent it (after JSON
    /// escapes are resolved, with a `data:` URL prefix and white space counted).
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Returns whether the text contains a character of neither alphabet.
    pub(super) const fn is_invalid_byte(&self) -> bool {
        matches!(self.problem, Base64Problem::InvalidByte(_))
    }

    /// Returns the problem.
    #[must_use]
    pub const fn problem(&self) -> Base64Problem {
        self.problem
    }
}

/// A problem with a Base64 text; `Display` adds what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Base64Problem {
    /// A byte that belongs to neither alphabet.
    #[error("0x{0:02X} is not a Base64 character; encode the file's bytes with RFC 4648 Base64")]
    InvalidByte(u8),
    /// Symbols of the standard and of the URL-safe alphabet in one text.
    #[error(
        "the text mixes the standard alphabet (+ /) with the URL-safe one (- _); use one of them"
    )]
    MixedAlphabets,
    /// Symbols after padding, as where pieces of a file were encoded one by one and joined.
    #[error(
        "padding before the end: the text consists of several pieces that were encoded separately; encode the whole file at once, or in pieces of a multiple of 3 bytes"
    )]
    SeparatePieces,
    /// Padding of the wrong length.
    #[error("wrong padding; pad the last group of four characters with '=', or omit the padding")]
    BadPadding,
    /// One symbol more than a multiple of four.
    #[error("Base64 text cannot have this length; it was probably truncated")]
    ImpossibleLength,
    /// Bits set after the last whole byte.
    #[error(
        "the last character has unused bits that are not zero; the text was probably truncated or altered"
    )]
    TrailingBits,
    /// Spaces between symbols that fold no lines.
    #[error(
        "a space: a form decoder turned a '+' into it, or the text is not Base64; send every '+' as %2B, and encode the file's bytes with RFC 4648 Base64"
    )]
    LostPlus,
    /// A word that programs write for a missing value, such as `null`.
    #[error(
        "the text is a placeholder for a missing value, such as null or undefined; send the file's bytes in Base64"
    )]
    Placeholder,
    /// Hexadecimal, with or without separators.
    #[error("the text is hexadecimal; encode the file's bytes with RFC 4648 Base64 instead")]
    Hexadecimal,
    /// Python's text for bytes: `b'...'`.
    #[error("the text is Python's b'...'; use decode() instead of str() on the encoded bytes")]
    BytesLiteral,
    /// Base64 after `encodeURIComponent`.
    #[error("the text is percent-encoded; send Base64 without encodeURIComponent()")]
    PercentEncoded,
    /// Base64 with the quotes or the escapes of a string in JSON.
    #[error("the text was written as JSON twice; write the Base64 into the JSON once")]
    EscapedTwice,
    /// Base64 with character references of HTML.
    #[error("the text was escaped for HTML, as in &#x2F;; send Base64 without HTML's escapes")]
    HtmlEscaped,
    /// A byte order mark before the Base64.
    #[error("the text begins with a byte order mark; remove it")]
    ByteOrderMark,
    /// A part of a `data:` URL before the Base64, or two of them.
    #[error(
        "the text has an incomplete or a second prefix; send the Base64 alone, or as data:TYPE;base64,TEXT"
    )]
    Prefix,
    /// The text that a program prints for an object, such as Java's `[B@1b6d3586`.
    #[error(
        "the text is what a program prints for an object, such as [B@1b6d3586 or [object File]; encode the file's bytes with RFC 4648 Base64"
    )]
    PrintedObject,
    /// The URL of a file.
    #[error("the text is a URL; send the file's bytes in Base64, not its address")]
    Url,
    /// A `data:` URL without `;base64,`.
    #[error("the data: URL is not marked as Base64; it must read data:TYPE;base64,TEXT")]
    DataUrlNotBase64,
}

/// Removes line breaks and spaces. Rarer white space may remain; [`walk`] handles it.
pub(super) fn without_white_space(text: &[u8]) -> Vec<u8> {
    // Reserve space for padding.
    let mut joined = Vec::with_capacity(text.len() + 2);
    let mut rest = text.trim_ascii_start();
    while let Some(end) = memchr::memchr3(b'\n', b'\r', b' ', rest) {
        joined.extend_from_slice(&rest[..end]);
        rest = rest[end..].trim_ascii_start();
    }
    joined.extend_from_slice(rest);
    joined
}

/// Returns the position of the first space that may have been a `+`, because it does not fold a line.
///
/// Decoders of `application/x-www-form-urlencoded` turn `+` into a space. Line breaks with any
/// indentation fold lines; so do tabs; and so do single spaces between lines of one length, as in a
/// shell's unquoted `$(base64 photo.jpg)`. Such lines hold complete groups: where spaces replaced
/// symbols, groups would be incomplete.
pub(super) fn lost_plus(text: &[u8]) -> Option<usize> {
    memchr::memchr(b' ', text)?;
    // The URL-safe alphabet has no `+`.
    if memchr::memchr2(b'-', b'_', text).is_some() {
        return None;
    }
    let content = text.trim_ascii();
    let start = text.len() - text.trim_ascii_start().len();
    match lone_space(content) {
        Some(lone) if !has_equal_lines(content) => Some(start + lone),
        _ => shorter_line(text).or_else(|| outer_plus(text, content, start)),
    }
}

/// Returns the position of a space at the end of a line that is only as long as others with it: it takes
/// a symbol's place. The last line may be shorter.
fn shorter_line(text: &[u8]) -> Option<usize> {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let ends = lines.scan(0, |end, line| {
        let start = *end;
        *end += line.len();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        Some((start, line.strip_suffix(b"\r").unwrap_or(line)))
    });
    let lines = || ends.clone();
    let is_spaced = |line: &[u8]| line.ends_with(b" ") && !line.trim_ascii().is_empty();
    let length = lines().find(|(_, line)| !is_spaced(line))?.1.len();
    lines()
        .find(|(_, line)| {
            is_spaced(line) && line.len() == length && length.is_multiple_of(GROUP_SYMBOLS)
        })
        .map(|(start, line)| start + line.trim_ascii_end().len())
}

/// Returns the position of the first run of white space that consists of spaces alone.
fn lone_space(content: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(space) = memchr::memchr(b' ', &content[at..]) {
        let space = at + space;
        let start = content[..space].trim_ascii_end().len();
        let end = content.len() - content[space..].trim_ascii_start().len();
        if content[start..end].iter().all(|&byte| byte == b' ') {
            return Some(start);
        }
        at = end;
    }
    None
}

/// Returns whether single spaces separate lines of one length, the last of which may be shorter.
fn has_equal_lines(content: &[u8]) -> bool {
    let length = memchr::memchr(b' ', content).unwrap_or(content.len());
    let mut lines = content.chunks(length + 1);
    length.is_multiple_of(GROUP_SYMBOLS)
        && lines.len() > 1
        && lines.all(|line| {
            let (end, symbols) = line.split_last().unwrap_or((&b' ', &[]));
            let is_last = line.len() <= length;
            let is_whole = !symbols.iter().any(u8::is_ascii_whitespace);
            let is_group = line.len().is_multiple_of(GROUP_SYMBOLS);
            is_whole && if is_last { is_group } else { *end == b' ' }
        })
}

/// Returns the position of a space around a text whose last group is incomplete.
fn outer_plus(text: &[u8], content: &[u8], start: usize) -> Option<usize> {
    let end = start + content.len();
    let is_spaces = |run: &[u8]| !run.is_empty() && run.iter().all(|&byte| byte == b' ');
    let symbols = content.iter().filter(|byte| !byte.is_ascii_whitespace());
    if symbols.count().is_multiple_of(GROUP_SYMBOLS) {
        None
    } else if is_spaces(&text[..start]) {
        Some(0)
    } else {
        is_spaces(&text[end..]).then_some(end)
    }
}

/// Translates the URL-safe alphabet to the standard one, and adds missing padding.
pub(super) fn completed(mut text: Vec<u8>) -> Vec<u8> {
    let is_mixed = || memchr::memchr2(b'+', b'/', &text).is_some();
    if memchr::memchr2(b'-', b'_', &text).is_some() && !is_mixed() {
        for byte in &mut text {
            *byte = match *byte {
                b'-' => b'+',
                b'_' => b'/',
                other => other,
            };
        }
    }
    if text.last() != Some(&PAD) {
        text.resize(text.len().next_multiple_of(GROUP_SYMBOLS), PAD);
    }
    text
}

/// Writes a text in the canonical form symbol by symbol, so that the position of a problem is exact.
pub(super) fn walk(text: &[u8]) -> Result<Vec<u8>, Base64Error> {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Alphabet {
        Standard,
        UrlSafe,
    }
    let fail = |position, problem| Err(Base64Error::new(position, problem));
    let mut canonical = Vec::with_capacity(text.len() + 2);
    let mut alphabet = None;
    let mut first_pad = None;
    let mut pads = 0;
    let mut last_symbol = 0;
    for (position, &byte) in text.iter().enumerate() {
        if byte.is_ascii_whitespace() {
            continue;
        }
        if byte == PAD {
            first_pad.get_or_insert(position);
            pads += 1;
            continue;
        }
        let (symbol, shown) = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => (byte, None),
            b'+' | b'/' => (byte, Some(Alphabet::Standard)),
            b'-' => (b'+', Some(Alphabet::UrlSafe)),
            b'_' => (b'/', Some(Alphabet::UrlSafe)),
            _ => return fail(position, Base64Problem::InvalidByte(byte)),
        };
        if let Some(first_pad) = first_pad {
            return fail(first_pad, Base64Problem::SeparatePieces);
        }
        if shown.is_some() && *alphabet.get_or_insert(shown) != shown {
            return fail(position, Base64Problem::MixedAlphabets);
        }
        last_symbol = position;
        canonical.push(symbol);
    }

    let missing = match canonical.len() % GROUP_SYMBOLS {
        0 => 0,
        1 => return fail(last_symbol, Base64Problem::ImpossibleLength),
        symbols => GROUP_SYMBOLS - symbols,
    };
    if let Some(first_pad) = first_pad.filter(|_| pads != missing) {
        return fail(first_pad, Base64Problem::BadPadding);
    }
    // Of standard symbols in a possible number, nothing else is refused (RFC 4648 section 3.5).
    let last_group = &canonical[canonical.len() / GROUP_SYMBOLS * GROUP_SYMBOLS..];
    if STANDARD_NO_PAD.check(last_group).is_err() {
        return fail(last_symbol, Base64Problem::TrailingBits);
    }
    canonical.resize(canonical.len() + missing, PAD);
    Ok(canonical)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base64_text::CanonicalBase64;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn the_fast_path_accepts_what_the_walk_accepts(text in "[A-D+/_=\\- \t\r\n\x0C*]{0,24}") {
            let walked = walk(text.as_bytes()).ok();
            let joined = without_white_space(text.as_bytes());
            let is_rare = joined.iter().any(u8::is_ascii_whitespace);
            let fast = CanonicalBase64::from_symbols(joined);
            prop_assert_eq!(fast.map(|file| file.as_text().to_vec()), walked.filter(|_| !is_rare));
        }
    }
}
