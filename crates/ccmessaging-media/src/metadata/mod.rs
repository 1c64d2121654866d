//! Removes metadata from images and videos without decoding them.
//!
//! A photo records where it was taken, a video the serial number of its camera. [`strip`] removes such
//! data and leaves every pixel, frame and audio sample unchanged.
//!
//! # Removed metadata
//!
//! [`StripLevel::All`] keeps what is needed to show the file. [`StripLevel::Location`] also keeps the
//! data in the third column.
//!
//! | format | kept at both levels | kept by `Location` only |
//! |---|---|---|
//! | JPG | frame, scans and tables; JFIF (its thumbnail by `Location` only), AVI1, Adobe APP14 (12 bytes); ICC profile; EXIF orientation | the rest of EXIF, IPTC, Photoshop and XMP unless it has a location; comments |
//! | PNG | critical chunks; colour, transparency, ICC profile, physical size, animation, stereo; EXIF orientation | `tIME`; text and the rest of EXIF unless they have a location |
//! | MP4 | picture and sound with everything that describes them; `uuid` of spherical video; `iTunSMPB` (encoder delay) | dates; handler names; user data and XMP unless they have a location |
//!
//! Everything else is removed at both levels, because data in an unpublished format cannot be searched
//! for a location: vendors' application segments, chunks and boxes, EXIF maker notes, paths in an MP4's
//! data references, and tracks other than picture and sound (GPS tracks of action cameras, but also
//! subtitles, because drones write positions into them). Bytes that no reader shows are removed as well:
//! data after the end of a JPG or PNG (the video of a motion photo, further images, remains of a cropped
//! original), stray bytes before a JPG's first scan, `free` boxes of an MP4, and media data that no track
//! uses.
//!
//! - **EXIF** with a location is rewritten without GPS, maker note, thumbnail and pointers into other
//!   formats. The orientation is kept at both levels, other entries by `Location`.
//! - **An orientation** that is only in removed XMP, or in a text chunk of a PNG, is written to EXIF.
//! - **XMP** that names a location, or is not UTF-8, is removed whole; so are parts of an extended packet.
//! - **Text** (comments, captions, titles) is searched for the names of location properties, such as
//!   `MAPLatitude` in an app's JSON, but not for the names of places. Compressed text is decompressed up to
//!   256 KiB per PNG; what exceeds that counts as text with a location.
//! - **MP4** is edited in place: a removed box becomes a `free` box of zeros, so that offsets and the
//!   length do not change.
//! - **Coded picture and sound** are not searched.
//!
//! # Malformed files
//!
//! Files are walked as decoders walk them: stray bytes between segments are skipped, and a truncated
//! file is edited up to its end, unless the description of an MP4's tracks is missing. In that case, or if
//! the structure itself is invalid, [`strip`] returns a [`MetadataError`] instead of guessing.

mod error;
mod exif;
mod jpg;
mod kind;
mod location;
mod mp4;
mod photoshop;
mod png;
mod rewrite;
mod tiff;

pub use error::MetadataError;
pub use kind::MetadataKind;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use crate::Format;
use rewrite::{Action, Rewrite};

/// The extent to which metadata is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StripLevel {
    /// Removes locations, and data that may contain one.
    Location,
    /// Removes everything that is not needed to show the file: also dates, devices and their serial
    /// numbers, names, texts and thumbnails.
    All,
}

/// A file without the requested metadata.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StripResult<'a> {
    /// The file; borrowed if nothing was removed. A JPG or PNG is never longer than the original, an
    /// MP4 has the same length.
    pub file: Cow<'a, [u8]>,
    /// The kinds of metadata that were removed.
    pub removed: BTreeSet<MetadataKind>,
}

impl fmt::Debug for StripResult<'_> {
    /// Prints the file's length instead of its content, which is a customer's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripResult")
            .field("file_bytes", &self.file.len())
            .field("removed", &self.removed)
            .finish()
    }
}

/// Removes the metadata of a file.
///
/// The caller checks that the file is of the format. What remains of a malformed or truncated file
/// may fail that check, so it should be repeated on the result.
///
/// The time is linear in the file's length. If there is something to remove, the file is copied once;
/// in addition, an MP4 needs memory of at most half its length for the list of its chunks.
///
/// ```
/// use ccmessaging_media::Format;
/// use ccmessaging_media::metadata::{self, MetadataKind, StripLevel};
///
/// let photo = b"\xFF\xD8\xFF\xFE\0\x07Hello\xFF\xDA\0\x02scan\xFF\xD9";
/// let stripped = metadata::strip(Format::Jpg, photo, StripLevel::All)?;
/// assert_eq!(stripped.file, b"\xFF\xD8\xFF\xDA\0\x02scan\xFF\xD9".as_slice());
/// assert!(stripped.removed.contains(&MetadataKind::Text));
/// # Ok::<(), metadata::MetadataError>(())
/// ```
///
/// # Errors
///
/// The file's structure is invalid, or metadata cannot be found or removed without decoding.
pub fn strip(
    format: Format,
    file: &[u8],
    level: StripLevel,
) -> Result<StripResult<'_>, MetadataError> {
    match format {
        Format::Jpg => jpg::strip(file, level),
        Format::Png => png::strip(file, level),
        Format::Mp4 => mp4::strip(file, level),
    }
}
