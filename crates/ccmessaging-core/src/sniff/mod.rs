//! Proves that a file's content is what its declared type says.
//!
//! [`prove`] decides and [`identify`] finds out. Both read a few small windows of the file, whose
//! number is bounded whatever the file says of itself; only text is read as a whole, once.
//!
//! # What is accepted
//!
//! | type | rule |
//! |---|---|
//! | JPG | SOI, then segments up to a well-formed frame header; if the file breaks off before that, one of them is an application segment with a known identifier, or a table |
//! | PNG | the signature and an `IHDR` chunk with permitted values; `CgBI` may precede it |
//! | BMP | `BM`, a DIB header of a known size, one plane, a defined depth, pixels inside the file |
//! | MP3 | behind `ID3v2`, `APEv2` and zeros: three layer III frames in a row, or fewer up to the end; behind other bytes see below |
//! | AAC | the same with ADTS frames, or an ADIF header whose fields fit together |
//! | MP4 | an `ftyp` box with a brand of the MP4 family, then boxes of any type whose lengths lead to a film (`moov`, `mdat`, `moof`); or a film without `ftyp` whose first track is described as MP4's are |
//! | TXT, CSV | all of it is text in the encoding that its byte order mark names; without a mark, in UTF-8, or free of control characters and not in EBCDIC |
//!
//! Identity is proven, not integrity: a film that was cut off is still an MP4, unless nothing but
//! its brand is left. Nothing is decoded.
//!
//! # Policies where the matter is open
//!
//! - **HTML, JSON, XML, RTF, PostScript, source code as TXT or CSV**: accepted, since it is text.
//!   A PDF that happens to be text throughout is refused; a text that shows a whole PDF file, from
//!   its header within the first 1,024 bytes to its end-of-file marker, counts as one.
//! - **CSV**: any text. RFC 4180 asks for no second column and no particular separator.
//! - **Text that begins with the bytes of a JPG** (letters in Windows-1252): accepted as TXT, unless
//!   it is a JPG by the rule above.
//! - **A JPG with stray bytes between its segments**: accepted up to 64 of them, which decoders skip.
//! - **Legacy encodings** (GB18030, Shift-JIS, Big5, EUC-KR, Windows-125x, KOI8, ISO 8859): accepted
//!   without deciding which one it is, if there is no control character at all. Layout characters
//!   (BEL to CR) and ESC are none.
//! - **^Z at the end**: accepted in any encoding, as DOS programs end a text.
//! - **EBCDIC, and UTF-16 without a byte order mark**: refused; agents' screens would show rubbish.
//!   EBCDIC is known by its Latin letters, from 16 bytes on, whatever its line ends are; a text with
//!   other letters, or a shorter one, counts as a legacy encoding.
//! - **M4A, M4B, `QuickTime`, 3GP, HEIF, AVIF, JPEG 2000 as MP4**: refused by their major brand. An
//!   audio-only file whose major brand is `isom` or `mp42` is MP4 and accepted.
//! - **A brand without a film**: refused, unless the boxes up to the end are of those that only a
//!   film has, its index (`sidx`) or its protection (`pssh`).
//! - **Films without `ftyp`**: accepted if the first track's handler is written as MP4 has it, and
//!   refused if it is `QuickTime`'s. Streaming segments, which no player shows alone, are refused.
//! - **MP3 or ADTS frames behind other bytes**: accepted within 4 KiB behind a tag or 32 zeros, if
//!   four frames follow. Without those, the bytes must be what is left of a frame in whose middle a
//!   recording began: no longer than the longest of eight frames that follow, and neither text nor
//!   the beginning of a known format. Behind zeros they must not be that either. A blank line, and
//!   the answer of a SHOUTcast server that a recorder kept, count as audio.
//! - **Text that begins with `ADIF`**, as logs of radio amateurs do: text.
//! - **MP2 as MP3, AAC in LATM framing as AAC, MP3 inside WAV or RIFF**: refused.
//! - **OS/2 bitmaps** (`BM`): accepted; bitmap arrays (`BA`), icons and pointers: refused.
//! - **An ID3 tag without audio**: refused.

mod bmp;
mod found;
mod hints;
mod jpg;
mod mismatch;
mod mp4;
mod mpeg_audio;
mod naming;
mod pdf;
mod png;
mod rules;
mod signatures;
mod text;
mod window;

pub use found::Found;
pub use mismatch::Mismatch;

pub(crate) use naming::name;

use crate::{Content, FileType};
use rules::Broken;
use text::NotText;

/// Checks that `content` really is a file of the `declared` type.
///
/// ```
/// use ccmessaging_core::{FileType, sniff};
///
/// assert!(sniff::prove(FileType::Csv, b"BMI,weight\n21,70\n".as_slice()).is_ok());
///
/// let refused = sniff::prove(FileType::Jpg, b"GIF89a\x01\0\x01\0\0\0\0;".as_slice()).unwrap_err();
/// assert_eq!(refused.to_string(), "declared jpg, but the content is GIF (image/gif)");
/// assert_eq!(refused.hint(), Some("convert the image to JPG or PNG"));
/// ```
///
/// # Errors
///
/// [`Mismatch`] says what the content is instead, as far as it can be named.
pub fn prove<C: Content + ?Sized>(declared: FileType, content: &C) -> Result<(), Mismatch> {
    rules::check(declared, content).map_err(|broken| {
        let found = naming::name(content);
        match broken {
            Broken::Rule => Mismatch::new(declared, found),
            Broken::Text(NotText { position }) => {
                let found = match found {
                    Found::Unknown => Found::Binary,
                    found => found,
                };
                Mismatch::new(declared, found).at(position)
            }
        }
    })
}

/// What is to be said of a file that is proven to be of one type and declared to be another.
pub(crate) fn mismatch(declared: FileType, proven: FileType) -> Mismatch {
    Mismatch::new(declared, Found::of_type(proven))
}

/// Names the API's file type that `content` is, if it is one.
///
/// Text is reported as [`FileType::Txt`]: nothing in the bytes tells a CSV file from it.
#[must_use]
pub fn identify<C: Content + ?Sized>(content: &C) -> Option<FileType> {
    // Text last: it is read as a whole.
    const IN_ORDER: [FileType; 7] = [
        FileType::Jpg,
        FileType::Png,
        FileType::Bmp,
        FileType::Mp4,
        FileType::Mp3,
        FileType::Aac,
        FileType::Txt,
    ];
    rules::first_of(IN_ORDER, content)
}
