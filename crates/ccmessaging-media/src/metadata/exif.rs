//! Strips EXIF (CIPA DC-008, version 3.0).
//!
//! A block has IFD0 (the image), the Exif IFD (how it was taken), and optionally a GPS IFD and IFD1 (the
//! thumbnail). Values may be anywhere in the block and may share bytes, so nothing can be cut out of it:
//! a new block is written from the entries to keep, which leaves unreferenced bytes behind.

use memchr::memmem;

use super::tiff::{self, ByteOrder, Directory, EXIF_IFD, Entry};
use super::{Action, MetadataKind, StripLevel, location};

/// Precedes the block in a JPG, and in PNG files of some writers.
pub(super) const IDENTIFIER: &[u8] = b"Exif\0\0";

const ORIENTATION: u16 = 0x0112;
/// The type of the orientation's value.
const SHORT: u16 = 3;

/// Tags whose values have a location or may have one: GPS, maker note; XMP, IPTC and Photoshop within
/// TIFF, also in AFCP's entry; DNG private data; `GeoTIFF` and GDAL; further images.
const LOCATIONS: [u16; 16] = [
    0x8825, 0x927C, 0x02BC, 0x83BB, 0x8568, 0x8649, 0xC634, 0x830E, 0x8480, 0x8482, 0x85D8, 0x87AF,
    0x87B0, 0x87B1, 0xA480, 0x014A,
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
        return Action::Remove(MetadataKind::Exif);
    };
    let written = match level {
        StripLevel::Location if !exif.has_location(block) => return Action::Keep,
        StripLevel::Location => exif.write_without_location(block.len()),
        StripLevel::All => None,
    };
    let written = written.or_else(|| with_orientation(exif.orientation()?, exif.order));
    match written.filter(|written| written.len() <= block.len()) {
        Some(written) if written == block => Action::Keep,
        Some(written) => Action::Replace(written, MetadataKind::Exif),
        None => Action::Remove(MetadataKind::Exif),
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
        let photos = self.image.tags.iter().filter(|&&tag| tag == EXIF_IFD);
        let has_hidden_photo = photos.count() > usize::from(self.photo.is_some());
        let thumbnail = match self.image.next {
            0 => None,
            next => match Directory::read(block, self.order, next) {
                Some(thumbnail) if thumbnail.next == 0 => Some(thumbnail),
                _ => return true,
            },
        };
        let directories = || {
            [&self.photo, &thumbnail]
                .into_iter()
                .flatten()
                .chain([&self.image])
        };
        let length: usize = directories().map(Directory::values_length).sum();
        has_hidden_photo
            // Searching values that share their bytes could take quadratic time.
            || length > block.len()
            || directories().any(|directory| {
                directory.tags.iter().any(|tag| LOCATIONS.contains(tag))
                    || directory.entries.iter().any(has_location)
            })
            || has_nested_metadata(block)
    }

    /// Writes all entries without a location. Returns `None` if none is left, or if the block would
    /// exceed `limit`: entries that shared a value get a copy each.
    fn write_without_location(&self, limit: usize) -> Option<Vec<u8>> {
        let photo = self.photo.as_ref();
        if self.image.values_length() + photo.map_or(0, Directory::values_length) > limit {
            return None;
        }
        let is_kept = |entry: &&Entry<'_>| !has_location(entry) && !POINTERS.contains(&entry.tag);
        let image: Vec<_> = self.image.entries.iter().filter(is_kept).copied().collect();
        let photo = photo.iter().flat_map(|photo| &photo.entries);
        let photo: Vec<_> = photo.filter(is_kept).copied().collect();
        if image.is_empty() && photo.is_empty() {
            return None;
        }
        tiff::write(self.order, &image, &photo, limit)
    }

    /// Returns the orientation, from 1 to 8.
    fn orientation(&self) -> Option<u16> {
        let mut entries = self.image.entries.iter();
        let entry = entries.find(|entry| entry.tag == ORIENTATION && entry.kind == SHORT)?;
        let value = self.order.u16(entry.value.try_into().ok()?);
        (1..=8).contains(&value).then_some(value)
    }
}

/// Reads the orientation of a block, from 1 to 8.
pub(super) fn orientation(block: &[u8]) -> Option<u16> {
    Exif::read(block)?.orientation()
}

/// Writes a block with an orientation only. Returns `None` if the picture is upright.
pub(super) fn with_orientation(orientation: u16, order: ByteOrder) -> Option<Vec<u8>> {
    let value = order.bytes_of_u16(orientation);
    let entry = Entry::new(ORIENTATION, SHORT, 1, &value);
    match orientation {
        1 => None,
        _ => tiff::write(order, &[entry], &[], MAX_LENGTH),
    }
}

/// Returns whether an entry has a location by its tag, or names one in its text (bytes, ASCII, undefined
/// or UTF-8), such as Mapillary's JSON in an image description.
fn has_location(entry: &Entry<'_>) -> bool {
    LOCATIONS.contains(&entry.tag)
        || matches!(entry.kind, 1 | 2 | 7 | 129) && location::names_location(entry.value)
}

/// Returns whether a thumbnail or preview in the data contains metadata itself.
pub(super) fn has_nested_metadata(data: &[u8]) -> bool {
    [
        b"Exif\0".as_slice(),
        b"http://ns.adobe.com/",
        b"Photoshop 3",
    ]
    .iter()
    .any(|identifier| memmem::find(data, identifier).is_some())
}
