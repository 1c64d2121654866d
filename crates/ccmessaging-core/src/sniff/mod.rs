//! Decides whether a file's content matches its declared type.
//!
//! [`prove`] checks a type and [`identify`] finds it. Both read a bounded number of small windows, however
//! the file is structured; only text is read completely, once.
//!
//! # Accepted content
//!
//! | type | rule | source |
//! |---|---|---|
//! | JPG | SOI, then segments up to a well-formed frame header; if the file breaks off before that, one of them is a table, or application data with a known identifier | ITU-T T.81 annex B |
//! | PNG | the signature and an `IHDR` chunk with permitted values; `CgBI` may precede it | ISO/IEC 15948 sections 5.2, 11.2 |
//! | BMP | `BM`, a DIB header of a known size, one plane, a defined depth, pixels inside the file | `BITMAPFILEHEADER` and `BITMAPINFOHEADER` of Windows, IBM's OS/2 headers |
//! | MP3 | after tags and zeros: three layer III frames in a row, or fewer up to the end | ISO/IEC 11172-3 and 13818-3 section 2.4; id3.org, `APEv2` |
//! | AAC | the same with ADTS frames | ISO/IEC 13818-7 section 6.2, 14496-3 section 1.A.2.2 |
//! | AAC | after tags and zeros: an ADIF header with a control character, whose elements differ and whose bit rate and buffer fit its channels | ISO/IEC 13818-7 sections 6.1, 6.3, 8.2.2 |
//! | MP3, AAC | up to 4 KiB of other bytes after a tag or 32 zeros, then four frames; the bytes must not begin like a known format, nor without a tag be text | taggers and recorders in use |
//! | MP3, AAC | without tag or zeros, the rest of a frame in whose middle a recording began, then eight frames: no longer than the longest of these, and neither text nor the beginning of a known format | streams are cut at any byte; a frame is the most that can be left |
//! | MP4 | `ftyp` with a brand of the MP4 family, then boxes of any type whose lengths lead to a movie (`moov`, `mdat`, `moof`) | ISO/IEC 14496-12 sections 4.2, 4.3, 8; mp4ra.org |
//! | MP4 | a movie without `ftyp` whose first track has an MP4 handler | ISO/IEC 14496-12 sections 4.3, 8.4.3 |
//! | TXT, CSV | all of it is text in the encoding that its byte order mark names; without a mark, in UTF-8, or free of control characters and not in EBCDIC; ^Z may end it | The Unicode Standard sections 3.9, 23.8; IBM CDRA; RFC 4180 |
//!
//! Identity is proven, not integrity: a movie that was cut off is still an MP4, unless nothing but
//! its brand is left, and nothing is decoded.
//!
//! # Policies for ambiguous content
//!
//! - **HTML, JSON, XML, RTF, PostScript, source code as TXT or CSV**: accepted, since it is text.
//!   A PDF that happens to be text throughout is rejected; a text that shows a whole PDF file, from
//!   its header within the first 1,024 bytes to its end-of-file marker, counts as one.
//! - **CSV**: any text. RFC 4180 requires neither a second column nor a particular separator.
//! - **Text that begins like a JPG** (those bytes are letters in Windows-1252) **or with `ADIF`** (as
//!   logs of radio amateurs do): accepted as TXT, unless it is a JPG or an AAC by the rules above.
//! - **Legacy encodings** (GB18030, Shift-JIS, Big5, EUC-KR, Windows-125x, KOI8, ISO 8859): accepted
//!   without deciding which one it is, if they contain no control characters. Layout characters
//!   (BEL to CR) and ESC do not count as control characters.
//! - **EBCDIC, and UTF-16 without a byte order mark**: rejected; agents' screens would show garbage.
//!   EBCDIC is recognized by its Latin letters, from 16 bytes on; a text in another script, or a
//!   shorter one, counts as a legacy encoding.
//! - **JPG with stray bytes between its segments**: accepted, since decoders skip them: up to 64 in a gap, and
//!   up to 4 KiB if a quantisation table and the frame header are there.
//! - **MP3 after a blank line, or after the response of an Internet radio server** that a recorder
//!   saved: accepted.
//! - **M4A, M4B, `QuickTime`, 3GP, HEIF, AVIF, JPEG 2000 as MP4**: rejected by their major brand. An
//!   audio-only file whose major brand is `isom` or `mp42` is MP4 and accepted.
//! - **A brand of MP4 without a movie**: rejected, except for files that end after a box that only
//!   movies have: an index (`sidx`) or a protection header (`pssh`).
//! - **Movies without `ftyp`**: rejected if the first track's handler has `QuickTime`'s format.
//!   Streaming segments, which no player shows alone, are rejected.
//! - **MP2 as MP3, AAC in LATM framing as AAC, MP3 inside WAV or RIFF**: rejected.
//! - **OS/2 bitmaps** (`BM`): accepted; bitmap arrays (`BA`), icons and pointers: rejected.
//! - **An ID3 tag without audio**: rejected.

mod bmp;
mod jpg;
mod mismatch;
mod mp4;
mod mpeg_audio;
mod naming;
mod office;
mod pdf;
mod png;
mod signatures;
mod text;
mod window;

pub use mismatch::{Found, Mismatch};

pub(crate) use naming::name;

use crate::content::Content;
use crate::file_type::FileType;
use mpeg_audio::Codec;
use text::NotText;

/// Checks that `content` really is a file of the `declared` type.
///
/// ```
/// use ccmessaging_core::{FileType, sniff};
///
/// assert!(sniff::prove(FileType::Csv, b"BMI,weight\n21,70\n".as_slice()).is_ok());
///
/// let rejected = sniff::prove(FileType::Jpg, b"GIF89a\x01\0\x01\0\0\0\0;".as_slice()).unwrap_err();
/// assert_eq!(rejected.to_string(), "declared jpg, but the content is GIF (image/gif)");
/// assert_eq!(rejected.hint(), Some("convert the image to JPG or PNG"));
/// ```
///
/// # Errors
///
/// Returns a [`Mismatch`] with the detected type, if the content can be named.
pub fn prove<C: Content + ?Sized>(declared: FileType, content: &C) -> Result<(), Mismatch> {
    check(declared, content).map_err(|violation| {
        let found = naming::name(content);
        match violation {
            Violation::Rule => Mismatch::new(declared, found),
            Violation::Text(not_text) => {
                let found = match found {
                    // A text may begin like a bitmap or an image by chance ("BMI,weight").
                    Found::Damaged { .. } => text::flaw(content, &not_text).unwrap_or(found),
                    Found::Unknown => Found::Binary,
                    found => found,
                };
                Mismatch::new(declared, found).at(not_text.position)
            }
        }
    })
}

/// Detects the API's file type of the content; `None` if no type matches.
///
/// Text is reported as [`FileType::Txt`], because the bytes of a CSV file do not differ from text.
#[must_use]
pub fn identify<C: Content + ?Sized>(content: &C) -> Option<FileType> {
    // Text last, because that rule reads the whole file.
    const IN_ORDER: [FileType; 7] = [
        FileType::Jpg,
        FileType::Png,
        FileType::Bmp,
        FileType::Mp4,
        FileType::Mp3,
        FileType::Aac,
        FileType::Txt,
    ];
    first_of(IN_ORDER, content)
}

/// Why content is not of a type.
enum Violation {
    /// Its rule does not hold.
    Rule,
    /// It has a byte that is invalid in text.
    Text(NotText),
}

/// Checks the content against the rule of one type.
fn check<C: Content + ?Sized>(file_type: FileType, content: &C) -> Result<(), Violation> {
    let holds = match file_type {
        FileType::Jpg => jpg::is_jpg(content),
        FileType::Png => png::is_png(content),
        FileType::Bmp => bmp::is_bmp(content),
        FileType::Mp3 | FileType::Aac => {
            mpeg_audio::codec(content).and_then(Codec::file_type) == Some(file_type)
        }
        FileType::Mp4 => mp4::is_mp4(content),
        FileType::Txt | FileType::Csv => {
            text::examine(content).map_err(Violation::Text)?;
            !is_other_than_text(content)
        }
    };
    if holds { Ok(()) } else { Err(Violation::Rule) }
}

/// Returns the first candidate whose rule the content satisfies.
fn first_of<C: Content + ?Sized>(
    candidates: impl IntoIterator<Item = FileType>,
    content: &C,
) -> Option<FileType> {
    candidates
        .into_iter()
        .find(|candidate| check(*candidate, content).is_ok())
}

/// Returns whether text is also a well-formed file of another format, and so not accepted as text: a short
/// JPEG or a few AAC frames may contain no control character, and a PDF may be pure ASCII.
fn is_other_than_text<C: Content + ?Sized>(content: &C) -> bool {
    pdf::is_pdf(content) || jpg::is_jpg(content) || mpeg_audio::codec(content).is_some()
}
