//! EXIF, after CIPA DC-008 (version 3.0).
//!
//! A block has IFD0 (the image), the Exif IFD (how it was taken), and perhaps a GPS IFD and IFD1 (the
//! thumbnail). Their parts may stand anywhere and share bytes, so a block is not cut but written anew
//! from the entries that stay; what nothing refers to any more is gone.

use memchr::memmem;

use super::tiff::{self, ByteOrder, Directory, EXIF_IFD, Entry};
use super::{Action, Kind, Removal};

const ORIENTATION: u16 = 0x0112;

/// Entries that tell a place, or are in a format that may: GPS, maker note; XMP, IPTC and Photoshop
/// within TIFF; DNG private data; `GeoTIFF` and GDAL; further images.
const PLACES: [u16; 15] = [
    0x8825, 0x927C, 0x02BC, 0x83BB, 0x8649, 0xC634, 0x830E, 0x8480, 0x8482, 0x85D8, 0x87AF, 0x87B0,
    0x87B1, 0xA480, 0x014A,
];

/// Pointers to what is not written anew: thumbnails and other images, and interoperability.
const POINTERS: [u16; 8] = [
    0x0111, 0x0117, 0x0144, 0x0145, 0x0201, 0x0202, 0xA005, EXIF_IFD,
];

/// The most bytes of a block that is read: as many as a segment of a JPG can hold.
const LONGEST: usize = 0xFFFF;

/// What becomes of an EXIF block, which begins with TIFF's header. One that cannot be read is removed.
pub(super) fn strip(block: &[u8], level: Removal) -> Action {
    let Some(exif) = Exif::read(block) else {
        return Action::Remove(Kind::Exif);
    };
    let written = match level {
        Removal::Location if !exif.tells_place(block) => return Action::Keep,
        Removal::Location => exif.write_without_place(block.len()),
        Removal::All => None,
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
        if block.len() > LONGEST {
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

    /// Whether the block tells a place, or has parts that are not looked through.
    fn tells_place(&self, block: &[u8]) -> bool {
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
                .is_none_or(|thumbnail| thumbnail.next != 0 || has_place(&thumbnail)),
        };
        has_place(&self.image)
            || self.photo.as_ref().is_some_and(has_place)
            || has_hidden_photo
            || has_hidden_thumbnail()
            || has_nested_metadata(block)
    }

    /// All entries that tell no place, unless that would be longer than `limit`: values may have
    /// been shared.
    fn write_without_place(&self, limit: usize) -> Option<Vec<u8>> {
        let stays = |entry: &&Entry<'_>| !is_place(entry.tag) && !POINTERS.contains(&entry.tag);
        let image: Vec<_> = self.image.entries.iter().filter(stays).copied().collect();
        let photo = self.photo.iter().flat_map(|photo| &photo.entries);
        let photo: Vec<_> = photo.filter(stays).copied().collect();
        if image.is_empty() && photo.is_empty() {
            return None;
        }
        tiff::write(self.order, &image, &photo, limit)
    }

    /// The orientation alone, if the picture is to be turned or mirrored.
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

fn has_place(directory: &Directory<'_>) -> bool {
    directory.tags.iter().any(|&tag| is_place(tag))
}

fn is_place(tag: u16) -> bool {
    PLACES.contains(&tag)
}

/// Whether a thumbnail or a preview has metadata of its own.
fn has_nested_metadata(block: &[u8]) -> bool {
    [
        b"Exif\0".as_slice(),
        b"http://ns.adobe.com/",
        b"Photoshop 3",
    ]
    .iter()
    .any(|identifier| memmem::find(block, identifier).is_some())
}
