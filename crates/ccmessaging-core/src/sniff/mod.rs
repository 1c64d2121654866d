//! Decides whether a file's content matches its declared type.
//!
//! [`prove`] checks a type and [`identify`] finds it. Both read a bounded number of small windows of a
//! file; only text is read completely.
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
//! | AAC | after tags and zeros: an ADIF header that contains a control character, whose elements differ and whose bit rate and buffer fit its channels | ISO/IEC 13818-7 sections 6.1, 6.3, 8.2.2 |
//! | MP3, AAC | up to 4 KiB of other bytes after a tag, then four frames; the bytes must not begin like a known format | taggers in use |
//! | MP3, AAC | without a tag, the rest of a frame in whose middle a recording began, then eight frames, or four after 32 zeros: no longer than the longest of these frames, not text, not binary data with fields, not the beginning of a known format, and not followed by the index that opens a stream | streams are cut at any byte; a frame is the most that can be left |
//! | MP4 | `ftyp` with a brand of the MP4 family, then boxes of any type whose lengths lead to a movie (`moov`, `mdat`, `moof`) | ISO/IEC 14496-12 sections 4.2, 4.3, 8; mp4ra.org |
//! | MP4 | a movie without `ftyp`, or with unknown brands only, whose first track is described as MP4's are | ISO/IEC 14496-12 sections 4.3, 8.4.3 |
//! | TXT, CSV | all of it is text in the encoding that its byte order mark names; without a mark, in UTF-8, or free of control characters and not in EBCDIC; ^Z may end it, and the last character may be incomplete | The Unicode Standard sections 3.9, 23.8; IBM CDRA; RFC 4180 |
//!
//! The rules establish identity, not integrity: nothing is decoded, and a truncated movie is still an MP4 unless
//! only its brand is left. [`UploadRequest::validate`](crate::UploadRequest::validate) also rejects files that show signs of
//! damage on their way.
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
//! - **NUL in UTF-8**: rejected, since C programs end the text there and MIME does not allow it (RFC 2045
//!   sections 2.7 and 2.8). The message names the character and its position.
//! - **Text with the sizes of chunks** that a proxy left in it: rejected if the first size leads to a second one and the
//!   text ends with the last chunk.
//! - **EBCDIC, and UTF-16 without a byte order mark**: rejected, because programs would display them as other
//!   characters. EBCDIC is recognised by its Latin letters, from 16 bytes on; a text of other letters, or a shorter
//!   one, counts as a legacy encoding.
//! - **JPG with stray bytes, RST, TEM or DNL markers between its segments**: accepted, since libjpeg skips them: up to
//!   64 bytes in a gap, and 4 KiB if a quantisation table and the frame header are there.
//! - **MP3 and AAC after foreign bytes that resemble the rest of a frame**: accepted. The rest of a frame is
//!   compressed data, which differs from other compressed data of less than a frame in nothing that can be
//!   checked. Of 1,550 pieces of 16 to 4,000 bytes, each followed by real frames, 19 % pass as MP3 and 23 % as AAC
//!   if they are cut from files of 118 formats at random, 3 % and 4 % if they are the beginning of such a file; of
//!   1,344 real streams cut within a frame, 98 % do. The bytes do no harm: players skip them, and a program that
//!   goes by a file's first bytes finds no signature of a known format in them.
//! - **MP3 after a blank line, or after the answer of an Internet radio server** that a recorder
//!   kept: accepted.
//! - **M4A, M4B, `QuickTime`, 3GP, HEIF, AVIF, JPEG 2000 as MP4**: rejected by their major brand. An
//!   audio-only file whose major brand is `isom` or `mp42` is MP4 and accepted. A file of
//!   brand `3gp5` that lists `isom` and contains H.264 and AAC is rejected as well: `isom` promises no codecs, and
//!   3GP files that list it (3GPP TS 26.244) also contain H.263 and AMR, which browsers do not play.
//! - **A brand of MP4 without a movie**: rejected, but for files that end after what only a movie
//!   has, its index (`sidx`) or its protection (`pssh`).
//! - **Movies without `ftyp`**: rejected if the first track's handler is written as `QuickTime` has
//!   it. Streaming segments, which no player shows alone, are rejected.
//! - **MP2 as MP3, AAC in LATM framing as AAC, MP3 inside WAV or RIFF**: rejected.
//! - **OS/2 bitmaps** (`BM`): accepted; bitmap arrays (`BA`), icons and pointers: rejected.
//! - **An ID3 tag without audio**: rejected.

pub(crate) mod beginning;
mod bmp;
mod chunk_sizes;
pub(crate) mod jpg;
pub(crate) mod mismatch;
pub(crate) mod mp4;
pub(crate) mod mpeg_audio;
mod naming;
mod office;
mod pdf;
mod png;
mod preceded;
pub(crate) mod rules;
mod signatures;
mod text;
mod window;

pub use mismatch::{Found, Mismatch, Prefix};
pub use rules::identify;

pub(crate) use naming::name;

use crate::content::Content;
use crate::file_type::FileType;
use rules::{Violation, check};

/// Checks that `content` is a file of the `declared` type.
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
/// Returns a [`Mismatch`] with the format that the content has instead, if that is known.
pub fn prove<C: Content + ?Sized>(declared: FileType, content: &C) -> Result<(), Mismatch> {
    prove_any(declared, &content)
}

/// Like [`prove`], for any content. The rules take no type parameter either: each copy of them would enlarge a
/// function's package as much as a library does.
fn prove_any(declared: FileType, content: &dyn Content) -> Result<(), Mismatch> {
    check(declared, content).map_err(|violation| {
        let found = naming::name(content);
        match violation {
            Violation::Rule => Mismatch::new(declared, found),
            Violation::Text(not_text) => {
                let found = match found {
                    // A text in a legacy encoding may begin like an image by chance.
                    Found::Damaged { .. } => text::flaw(content, &not_text).unwrap_or(found),
                    Found::Unknown => Found::Binary,
                    found => found,
                };
                Mismatch::new(declared, found).at(not_text.position)
            }
        }
    })
}

/// Returns the media type of a document or archive that agents send, if the content is one: PDF, DOC, DOCX or
/// ZIP. Other Office files have none.
pub(crate) fn document(content: &dyn Content) -> Option<&'static str> {
    match window::bytes_at(content, 0)? {
        // Other bytes may precede a PDF's header, but those may be a page.
        [b'%', b'P', b'D', b'F', b'-'] => pdf::is_pdf(content).then_some("application/pdf"),
        _ => office::document(content),
    }
}
