//! Removes metadata from pictures and films, without decoding them.
//!
//! A photo carries where it was taken, a film the serial number of its camera. [`remove`] takes that
//! out and leaves every pixel, every frame and every sound as it was. JPG, PNG and MP4 have rules;
//! a file of any other type comes back as it came. An upload has
//! [`without_metadata`](crate::ValidatedUpload::without_metadata).
//!
//! # What goes
//!
//! [`Removal::All`] keeps what is needed to show the file. [`Removal::Location`] also keeps what the
//! third column names.
//!
//! | type | kept at both levels | kept by `Location` only |
//! |---|---|---|
//! | JPG | frame, scans and tables; JFIF (its thumbnail by `Location` only), AVI1, Adobe APP14 (12 bytes); ICC profile; EXIF orientation | the rest of EXIF, IPTC, Photoshop and XMP as far as they tell no place; comments |
//! | PNG | critical chunks; colour, transparency, ICC profile, physical size, animation, stereo; EXIF orientation | `tIME`; text and the rest of EXIF as far as they tell no place |
//! | MP4 | picture and sound with all that describes them; `uuid` of spherical video | dates; names of handlers; user data and XMP as far as they tell no place |
//!
//! Everything else goes at both levels, because a format that is not public cannot be searched for
//! a place: vendors' application segments, chunks and boxes, EXIF maker notes, and tracks that are
//! neither picture nor sound (GPS of action cameras, but subtitles too: drones write positions into
//! them). So do bytes that no reader shows: what follows the end of a JPG or PNG (the film of a motion
//! photo, further images, what a careless editor cut off) or stands within it, stray bytes in
//! front of a JPG's first scan, `free` boxes of an MP4, and media data that no track uses.
//!
//! - **EXIF** that tells a place is written anew, without GPS, maker note, thumbnail and pointers into
//!   other formats. The orientation survives at both levels, other entries by `Location`.
//! - **XMP** that names a place, or is not UTF-8, goes as a whole; so do parts of an extended packet.
//! - **Free text** (comments, captions, titles) is not searched: `Location` keeps it.
//! - **MP4** is changed in place: what is removed becomes a `free` box of zeros, so that no offset
//!   moves and the length stays the same.
//! - **Inside the coded picture and sound** nothing is looked for.
//!
//! # What cannot be walked
//!
//! Real files are walked as decoders walk them: stray bytes between segments are no error, and a
//! file that was cut off ends where it ends. Where the structure itself is broken the file is
//! refused with a [`MetadataError`] rather than guessed at.

mod error;
mod exif;
mod jpg;
mod kind;
mod mp4;
mod photoshop;
mod place;
mod png;
mod rewrite;
mod tiff;

pub use error::MetadataError;
pub use kind::Kind;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use bytes::Bytes;

use crate::{FileType, sniff};
use rewrite::{Action, Rewrite};

/// How much metadata is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// What tells a place, or may.
    Location,
    /// All that is not needed to show the file: also dates, devices and their serial numbers,
    /// names, texts and thumbnails.
    All,
}

/// A file without the metadata that was asked to be removed.
#[derive(Clone, PartialEq, Eq)]
pub struct Stripped {
    /// The file: the very bytes that came if there was nothing to remove. A JPG or PNG is never
    /// longer than it was, an MP4 as long as it was.
    pub file: Bytes,
    /// What was removed; empty if nothing was.
    pub removed: BTreeSet<Kind>,
}

impl fmt::Debug for Stripped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripped")
            .field("file_bytes", &self.file.len())
            .field("removed", &self.removed)
            .finish()
    }
}

/// Whether files of this type have metadata that [`remove`] knows.
#[must_use]
pub const fn has_rules(file_type: FileType) -> bool {
    match file_type {
        FileType::Jpg | FileType::Png | FileType::Mp4 => true,
        FileType::Bmp | FileType::Mp3 | FileType::Aac | FileType::Txt | FileType::Csv => false,
    }
}

/// Removes the metadata of a file.
///
/// The file must be of `file_type`, as [`sniff::prove`] says. The work grows with
/// its length only. If there is something to remove, the file is copied once; besides the copy, an
/// MP4 takes at most half of its length, for the list of its chunks.
///
/// ```
/// use ccmessaging_core::FileType;
/// use ccmessaging_core::metadata::{self, Kind, Removal};
///
/// let photo = b"\xFF\xD8\xFF\xFE\0\x07Hello\xFF\xDA\0\x02scan\xFF\xD9".as_slice();
/// let stripped = metadata::remove(FileType::Jpg, photo.into(), Removal::All)?;
/// assert_eq!(stripped.file, b"\xFF\xD8\xFF\xDA\0\x02scan\xFF\xD9".as_slice());
/// assert!(stripped.removed.contains(&Kind::Text));
/// # Ok::<(), metadata::MetadataError>(())
/// ```
///
/// # Errors
///
/// The file's structure is broken, or hides the metadata from a reader that does not decode.
pub fn remove(file_type: FileType, file: Bytes, level: Removal) -> Result<Stripped, MetadataError> {
    let (changed, removed) = match file_type {
        FileType::Jpg => jpg::remove(&file, level)?,
        FileType::Png => png::remove(&file, level)?,
        FileType::Mp4 => mp4::remove(&file, level)?,
        FileType::Bmp | FileType::Mp3 | FileType::Aac | FileType::Txt | FileType::Csv => {
            (Cow::Borrowed(&file[..]), BTreeSet::new())
        }
    };
    let changed = match changed {
        Cow::Owned(bytes) => Some(Bytes::from(bytes)),
        Cow::Borrowed(_) => None,
    };
    // What is left is still of its type: a file that was cut off may have had nothing else to show.
    if let Some(changed) = &changed
        && sniff::prove(file_type, &file[..]).is_ok()
        && sniff::prove(file_type, &changed[..]).is_err()
    {
        return Err(MetadataError::Damaged {
            file_type,
            position: file.len(),
        });
    }
    Ok(Stripped {
        file: changed.unwrap_or(file),
        removed,
    })
}
