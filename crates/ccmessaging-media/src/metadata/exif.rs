//! Strips EXIF (CIPA DC-008, version 3.0).
//!
//! A block has IFD0 (the image), the Exif IFD (how it was taken), and optionally a GPS IFD and IFD1 (the
//! thumbnail). Values may be anywhere in the block and may share bytes, so nothing can be cut out of it:
//! a new block is written from the entries to keep, which leaves unreferenced bytes behind.

use memchr::memmem;

use super::tiff::{self, ByteOrder, Directory, EXIF_IFD, Entry};
use super::{Action, Kind, StripLevel};

const ORIENTATION: u16 = 0x0112;

/// Tags whose values have a location or may have one: GPS, maker note; XMP, IPTC and Photoshop within
/// TIFF; DNG private data; `GeoTIFF` and GDAL; further images.
const LOCATIONS: [u16; 15] = [
    0x8825, 0x927C, 0x02BC, 0x83BB, 0x8649, 0xC634, 0x830E, 0x8480, 0x8482, 0x85D8, 0x87AF, 0x87B0,
    0x87B1, 0xA480, 0x014A,
];

/// Tags of pointers to data that is not copied: thumbnails and other images, and interoperability.
const POINTERS: [u16; 8] = [
    0x0111, 0x0117, 0x0144, 0x0145, 0x0201, 0x0202, 0xA005, EXIF_IFD,
];

/// The longest block that is read: as long as a segment of a JPG can be.
const MAX_LENGTH: usize = 0xFFFF;

/// Strips an EXIF block, which starts with the TIFF header. An unreadable block is removed.
pub(super) fn strip(block: &[u8], level: StripLevel) -> Action {
    let Some(exif) = Exif::read(block) else {
        return Action::Remove(Kind::Exif);
    };
    let written = match level {
        StripLevel::Location if !exif.has_location(block) => return Action::Keep,
        StripLevel::Location => exif.write_without_location(block.len()),
        StripLevel::All => None,
    };
    match written.or_else(|| exif.write_orientation(block.len())) {
        Some(written) if written == block => Action::Keep,
        Some(written) => Action::Replace(written, Kind::Exif),
        None => Action::Remove(Kind::Exif),
    }
}

struct Exif<'a> {
    order: ByteOrder,
    /// IFD0.
    image: Directory<'a>,
    /// The Exif IFD.
    photo: Option<Directory<'a>>,
}

impl<'a> Exif<'a> {
    fn read(block: &'a [u8]) -> Option<Self> {
        if block.len() > MAX_LENGTH {
            return None;
        }
        let (order, offset) = tiff::read_header(block)?;
        let image = Directory::read(block, order, offset)?;
        let pointer = image.entries.iter().find(|entry| entry.tag == EXIF_IFD);
        let photo = pointer
            .and_then(|entry| entry.value.first_chunk())
            .and_then(|&offset| Directory::read(block, order, order.u32(offset)));
        Some(Self {
            order,
            image,
            photo,
        })
    }

    /// Returns whether the block has a location, or parts that are not searched.
    fn has_location(&self, block: &[u8]) -> bool {
        let photos = self
            .image
            .tags
            .iter()
            .filter(|&&tag| tag == EXIF_IFD)
            .count();
        let has_hidden_photo = photos > usize::from(self.photo.is_some());
        let has_hidden_thumbnail = || match self.image.next {
            0 => false,
            next => Directory::read(block, self.order, next)
                .is_none_or(|thumbnail| thumbnail.next != 0 || has_location_tag(&thumbnail)),
        };
        has_location_tag(&self.image)
            || self.photo.as_ref().is_some_and(has_location_tag)
            || has_hidden_photo
            || has_hidden_thumbnail()
            || has_nested_metadata(block)
    }

    /// Writes all entries without a location. Returns `None` if none is left, or if the block would
    /// exceed `limit`: entries that shared a value get a copy each.
    fn write_without_location(&self, limit: usize) -> Option<Vec<u8>> {
        let is_kept =
            |entry: &&Entry<'_>| !is_location(entry.tag) && !POINTERS.contains(&entry.tag);
        let image: Vec<_> = self.image.entries.iter().filter(is_kept).copied().collect();
        let photo = self.photo.iter().flat_map(|photo| &photo.entries);
        let photo: Vec<_> = photo.filter(is_kept).copied().collect();
        if image.is_empty() && photo.is_empty() {
            return None;
        }
        tiff::write(self.order, &image, &photo, limit)
    }

    /// Writes the orientation alone, if the picture must be rotated or mirrored.
    fn write_orientation(&self, limit: usize) -> Option<Vec<u8>> {
        let mut entries = self.image.entries.iter();
        let orientation = entries.find(|entry| entry.tag == ORIENTATION)?;
        let &[b0, b1] = orientation.value else {
            return None;
        };
        let is_turned = orientation.kind == 3 && (2..=8).contains(&self.order.u16([b0, b1]));
        if !is_turned {
            return None;
        }
        tiff::write(self.order, &[*orientation], &[], limit)
    }
}

fn has_location_tag(directory: &Directory<'_>) -> bool {
    directory.tags.iter().any(|&tag| is_location(tag))
}

fn is_location(tag: u16) -> bool {
    LOCATIONS.contains(&tag)
}

/// Returns whether a thumbnail or preview in the block contains metadata itself.
fn has_nested_metadata(block: &[u8]) -> bool {
    [
        b"Exif\0".as_slice(),
        b"http://ns.adobe.com/",
        b"Photoshop 3",
    ]
    .iter()
    .any(|identifier| memmem::find(block, identifier).is_some())
}
