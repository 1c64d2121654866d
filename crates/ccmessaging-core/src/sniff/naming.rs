//! Names what a rejected file really is, for the message that its sender reads.

use std::borrow::Cow;

use super::mismatch::Found;
use super::mpeg_audio::{Codec, codec};
use super::signatures::{HEAD_BYTES, signature};
use super::window::Window;
use super::{first_of, pdf, text};
use crate::content::Content;
use crate::file_type::FileType;

const EBCDIC: Found = Found::named("EBCDIC text", "text/plain");
const PDF: Found = Found::named("PDF", "application/pdf");

/// The types that their rules settle; audio and text are told apart further here.
const IMAGES_AND_FILMS: [FileType; 4] =
    [FileType::Jpg, FileType::Png, FileType::Bmp, FileType::Mp4];

/// Names the content as well as it can be told: by the rules where they settle it, then by
/// signature, then as text or as nothing known.
pub(crate) fn name<C: Content + ?Sized>(content: &C) -> Found {
    if content.is_empty() {
        return Found::Empty;
    }
    let head = Window::<HEAD_BYTES>::read(content, 0);
    let head = head.bytes();
    if let Some(file_type) = first_of(IMAGES_AND_FILMS, content) {
        return Found::of_type(file_type);
    }
    if let Some(codec) = codec(content) {
        return audio(codec);
    }
    let Err(not_text) = text::examine(content) else {
        return if pdf::is_pdf(content) {
            PDF
        } else {
            text_format(head)
        };
    };
    behind_tag(content, head)
        .or_else(|| signature(head))
        .map(Found::by_signature)
        .or_else(|| pdf::is_pdf(content).then_some(PDF))
        .or_else(|| text::is_ebcdic(head).then_some(EBCDIC))
        .or_else(|| utf16(head))
        .or_else(|| latm(head))
        .or_else(|| text::flaw(content, &not_text))
        .unwrap_or(Found::Unknown)
}

/// Audio that is one of the API's types, or of the layers that are none.
fn audio(codec: Codec) -> Found {
    match codec.file_type() {
        Some(file_type) => Found::of_type(file_type),
        None if codec == Codec::Layer2 => Found::named("MP2", "audio/mpeg"),
        None => Found::named("MPEG audio layer I", "audio/mpeg"),
    }
}

/// `ID3v2` tags are also put before FLAC, APE, WAV and others.
fn behind_tag<C: Content + ?Sized>(content: &C, head: &[u8]) -> Option<Found> {
    let length = super::mpeg_audio::id3v2_length(*head.first_chunk()?)?;
    let window = Window::<HEAD_BYTES>::read(content, length);
    signature(window.bytes())
}

/// Kinds of text that have names of their own.
fn text_format(head: &[u8]) -> Found {
    let start = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(head)
        .trim_ascii_start();
    let begins = |prefix: &str| {
        start
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    if begins("<!doctype html") || begins("<html") {
        Found::named("an HTML page", "text/html")
    } else if begins("<svg") {
        Found::named("SVG", "image/svg+xml")
    } else if begins("<?xml") {
        Found::named("XML", "text/xml")
    } else if begins("{\\rtf") {
        Found::named("RTF", "application/rtf")
    } else if begins("%!PS") {
        Found::named("PostScript", "application/postscript")
    } else if is_base64_of_a_file(start) {
        Found::named("Base64 text", "text/plain")
    } else {
        Found::named("text", "text/plain")
    }
}

/// Whether a text is the Base64 form of one of the API's binary types, by how their first bytes
/// come out in Base64.
fn is_base64_of_a_file(start: &[u8]) -> bool {
    const FIRST_CHARACTERS: [&[u8]; 9] = [
        b"data:",
        b"/9j/",
        b"iVBORw0KGgo",
        b"Qk",
        b"SUQz",
        b"//t",
        b"//F",
        b"//E",
        b"AAAA",
    ];
    let sample = start.get(..64).unwrap_or(start);
    FIRST_CHARACTERS
        .iter()
        .any(|first| start.starts_with(first))
        && sample.len() >= 32
        && sample
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=:;,.-\r\n".contains(byte))
}

/// UTF-16 that is rejected as text: for want of a byte order mark, or although it has one, because
/// it breaks off or is damaged further on.
fn utf16(head: &[u8]) -> Option<Found> {
    if text::has_wide_mark(head) {
        return text::is_utf16_without_mark(head.get(2..)?).then_some(Found::Damaged {
            name: Cow::Borrowed("UTF-16 text"),
        });
    }
    text::is_utf16_without_mark(head)
        .then(|| Found::named("UTF-16 text without a byte order mark", "text/plain"))
}

/// AAC in LATM/LOAS framing (ISO/IEC 14496-3 section 1.7): an 11-bit sync word and a length of 13
/// bits that leads to the next.
fn latm(head: &[u8]) -> Option<Found> {
    let mut at = 0;
    for _ in 0..3 {
        let [b0, b1, b2] = *head.get(at..)?.first_chunk()?;
        if b0 != 0x56 || b1 & 0xE0 != 0xE0 {
            return None;
        }
        at += 3 + (usize::from(b1 & 0x1F) << 8 | usize::from(b2));
    }
    Some(Found::named("AAC in LATM framing", "audio/aac"))
}
