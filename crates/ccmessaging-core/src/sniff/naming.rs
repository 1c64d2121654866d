//! Names the format of a rejected file, for the error message.

use std::borrow::Cow;

use super::chunk_sizes::chunked_text;
use super::mismatch::Found;
use super::mp4::is_movie;
use super::mpeg_audio::{Codec, codec};
use super::preceded::preceded;
use super::rules::first_of;
use super::signatures::{HEAD_BYTES, is_certain, signature};
use super::text::NotText;
use super::window::Window;
use super::{office, pdf, text};
use crate::content::{Content, without_mark};
use crate::file_type::FileType;
use crate::text_instead::printed::{self, Notation};

const EBCDIC: Found = Found::named("EBCDIC text", "text/plain");
const PDF: Found = Found::named("PDF", "application/pdf");

/// The types that their rules name. Audio and text need further distinctions.
const IMAGES_AND_VIDEOS: [FileType; 4] =
    [FileType::Jpg, FileType::Png, FileType::Bmp, FileType::Mp4];

/// Names the format of the content: by the rules, then by signature, then as text. The rules are first because
/// signatures are guesses from a few bytes.
pub(crate) fn name(content: &dyn Content) -> Found {
    if content.is_empty() {
        return Found::Empty;
    }
    let head = Window::<HEAD_BYTES>::read(content, 0);
    let head = head.bytes();
    if let Some(file_type) = first_of(IMAGES_AND_VIDEOS, content) {
        return Found::of_type(file_type);
    }
    if let Some(codec) = codec(content) {
        return audio(codec);
    }
    let Err(not_text) = text::examine(content) else {
        return if pdf::is_pdf(content) {
            PDF
        } else {
            chunked_text(content).unwrap_or_else(|| text_format(head))
        };
    };
    transport_stream(head)
        .or_else(|| behind_tag(content, head))
        .or_else(|| office::name(content).map(|(name, media_type)| Found::named(name, media_type)))
        .or_else(|| preceded(content, head))
        .or_else(|| flawed_words(content, head, &not_text))
        .or_else(|| mislabelled_video(content, head))
        .or_else(|| signature(head))
        .map(Found::by_signature)
        .or_else(|| pdf::is_pdf(content).then_some(PDF))
        .or_else(|| text::is_ebcdic(head).then_some(EBCDIC))
        .or_else(|| utf16(head))
        .or_else(|| latm(head))
        .or_else(|| text::flaw(content, &not_text))
        .unwrap_or(Found::Unknown)
}

/// Names a text that begins with the letters of a short signature by chance, as a table does with `BALANCE;DATE` or
/// `BMI;weight`, and has a control character, so that it is not text.
fn flawed_words(content: &dyn Content, head: &[u8], not_text: &NotText) -> Option<Found> {
    let begins_as_text = |first: &[u8; 4]| first.iter().all(u8::is_ascii_graphic);
    let is_ambiguous = head.first_chunk().is_some_and(begins_as_text) && !is_certain(head);
    is_ambiguous.then(|| text::flaw(content, not_text))?
}

/// Names videos whose brand is that of HEIC image sequences, since their writers took `hevc` for the codec. The tracks
/// of image sequences have the handler `pict` (ISO/IEC 23008-12 section 7.2.2).
fn mislabelled_video(content: &dyn Content, head: &[u8]) -> Option<Found> {
    let is_sequence = signature(head)?.media_type() == Some("image/heic-sequence");
    (is_sequence && is_movie(content, 0))
        .then_some(Found::named("a video with a brand of HEIC", "video/mp4"))
}

/// Names audio of the API's types and of the layers that the API does not support.
fn audio(codec: Codec) -> Found {
    match codec.file_type() {
        Some(file_type) => Found::of_type(file_type),
        None if codec == Codec::Layer2 => Found::named("MP2", "audio/mpeg"),
        None => Found::named("MPEG audio layer I", "audio/mpeg"),
    }
}

/// Names the format after an `ID3v2` tag, which taggers also write before FLAC, APE, WAV and others.
fn behind_tag(content: &dyn Content, head: &[u8]) -> Option<Found> {
    let length = super::mpeg_audio::tags::id3v2_length(*head.first_chunk()?)?;
    let window = Window::<HEAD_BYTES>::read(content, length);
    signature(window.bytes())
}

/// Names the kinds of text that a sender may have mistaken for something else.
fn text_format(head: &[u8]) -> Found {
    let start = without_mark(head).trim_ascii_start();
    let root = skip_prolog(start);
    if begins(root, "<!doctype html") || begins(root, "<html") {
        Found::named("an HTML page", "text/html")
    } else if begins(root, "<svg") || begins(root, "<!doctype svg") {
        Found::named("SVG", "image/svg+xml")
    } else if begins(start, "<?xml") {
        Found::named("XML", "text/xml")
    } else if begins(start, "{\\rtf") {
        Found::named("RTF", "application/rtf")
    } else if begins(start, "%!PS") {
        Found::named("PostScript", "application/postscript")
    } else if printed::find(head) == Some(Notation::Base64) {
        Found::BASE64
    } else {
        Found::named("text", "text/plain")
    }
}

fn begins(bytes: &[u8], prefix: &str) -> bool {
    bytes
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// Skips what may precede the document type and the root element of XML and HTML: the declaration, processing
/// instructions, comments and blanks (XML 1.0 section 2.8).
fn skip_prolog(mut bytes: &[u8]) -> &[u8] {
    loop {
        bytes = bytes.trim_ascii_start();
        let end: &[u8] = if bytes.starts_with(b"<?") {
            b"?>"
        } else if bytes.starts_with(b"<!--") {
            b"-->"
        } else {
            return bytes;
        };
        match memchr::memmem::find(bytes, end) {
            Some(at) => bytes = &bytes[at + end.len()..],
            None => return bytes,
        }
    }
}

/// Names UTF-16 that was rejected as text because it has no byte order mark, or because it is damaged.
fn utf16(head: &[u8]) -> Option<Found> {
    if text::has_wide_mark(head) {
        return text::is_utf16_without_mark(head.get(2..)?).then_some(Found::Damaged {
            name: Cow::Borrowed("UTF-16 text"),
        });
    }
    text::is_utf16_without_mark(head)
        .then(|| Found::named("UTF-16 text without a byte order mark", "text/plain"))
}

/// Names AAC in LATM/LOAS framing (ISO/IEC 14496-3 section 1.7): an 11-bit sync word and a length of 13
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

/// Names MPEG-2 transport streams (ISO/IEC 13818-1 section 2.4.3): packets of 188 bytes that begin with a sync byte.
/// Camcorders put a time stamp of 4 bytes before each (M2TS).
fn transport_stream(head: &[u8]) -> Option<Found> {
    const SYNC: u8 = 0x47;
    const LEAST_PACKETS: usize = 4;

    let is_stream = [(0, 188), (4, 192)].into_iter().any(|(first, step)| {
        let mut packets = head.iter().skip(first).step_by(step);
        packets.len() >= LEAST_PACKETS && packets.all(|&byte| byte == SYNC)
    });
    is_stream.then_some(Found::named("MPEG transport stream", "video/mp2t"))
}
