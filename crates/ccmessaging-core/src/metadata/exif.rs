//! EXIF, after CIPA DC-008 (version 3.0), in the frame of TIFF 6.0.
//!
//! A header names the byte order and the first image file directory (IFD), whose entries are 12
//! bytes each: tag, type, count, and the value or where it is. Directories and values may stand
//! anywhere. So a block is not cut but written anew from the entries that stay; what nothing refers
//! to any more is gone.

use memchr::memmem;

use super::{Action, Kind, Removal};

const ORIENTATION: u16 = 0x0112;
const EXIF_IFD: u16 = 0x8769;

/// Bytes in front of the first directory.
const HEADER_LENGTH: usize = 8;

/// Entries that tell a place, or are in a format that may: GPS, maker note; XMP, IPTC and Photoshop
/// within TIFF; DNG private data; `GeoTIFF` and GDAL.
const PLACES: [u16; 14] = [
    0x8825, 0x927C, 0x02BC, 0x83BB, 0x8649, 0xC634, 0x830E, 0x8480, 0x8482, 0x85D8, 0x87AF, 0x87B0,
    0x87B1, 0xA480,
];

/// Pointers to what is not written anew: thumbnails and other images, and interoperability.
const POINTERS: [u16; 9] = [
    0x0111, 0x0117, 0x0144, 0x0145, 0x014A, 0x0201, 0x0202, 0xA005, EXIF_IFD,
];

/// What becomes of an EXIF block, which begins with TIFF's header.
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

#[derive(Clone, Copy)]
enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    fn bytes_of_u16(self, value: u16) -> [u8; 2] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }

    fn bytes_of_u32(self, value: u32) -> [u8; 4] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }

    /// An offset in a block, which is at most as long as a chunk of PNG: less than 2^31 bytes.
    fn bytes_of_offset(self, offset: usize) -> [u8; 4] {
        self.bytes_of_u32(u32::try_from(offset).unwrap_or(u32::MAX))
    }
}

/// An entry of a directory whose value is all there.
#[derive(Clone, Copy)]
struct Entry<'a> {
    tag: u16,
    kind: u16,
    count: u32,
    value: &'a [u8],
}

impl Entry<'_> {
    /// What the value takes behind the directory: nothing if it fits into the entry.
    fn outer_length(&self) -> usize {
        match self.value.len() {
            0..=4 => 0,
            length => length.next_multiple_of(2),
        }
    }
}

struct Exif<'a> {
    order: ByteOrder,
    /// IFD0: the image.
    image: Vec<Entry<'a>>,
    /// The Exif IFD: how it was taken.
    photo: Vec<Entry<'a>>,
}

impl<'a> Exif<'a> {
    fn read(block: &'a [u8]) -> Option<Self> {
        let (header, _) = block.split_first_chunk::<HEADER_LENGTH>()?;
        let order = match header {
            [b'I', b'I', 42, 0, ..] => ByteOrder::Little,
            [b'M', b'M', 0, 42, ..] => ByteOrder::Big,
            _ => return None,
        };
        let [.., o0, o1, o2, o3] = *header;
        let image = read_directory(block, order, order.u32([o0, o1, o2, o3]))?;
        let photo = image
            .iter()
            .find(|entry| entry.tag == EXIF_IFD)
            .and_then(|entry| entry.value.first_chunk())
            .and_then(|&offset| read_directory(block, order, order.u32(offset)))
            .unwrap_or_default();
        Some(Self {
            order,
            image,
            photo,
        })
    }

    fn tells_place(&self, block: &[u8]) -> bool {
        let has_place = |entries: &[Entry<'_>]| entries.iter().any(|entry| is_place(entry.tag));
        has_place(&self.image) || has_place(&self.photo) || has_nested_metadata(block)
    }

    /// All entries that tell no place, unless that would be longer than `limit`: values may have
    /// been shared.
    fn write_without_place(&self, limit: usize) -> Option<Vec<u8>> {
        let stays = |entry: &&Entry<'_>| !is_place(entry.tag) && !POINTERS.contains(&entry.tag);
        let image: Vec<_> = self.image.iter().filter(stays).copied().collect();
        let photo: Vec<_> = self.photo.iter().filter(stays).copied().collect();
        if image.is_empty() && photo.is_empty() {
            return None;
        }
        write(self.order, &image, &photo, limit)
    }

    /// The orientation alone, if the picture is to be turned or mirrored.
    fn write_orientation(&self, limit: usize) -> Option<Vec<u8>> {
        let orientation = self.image.iter().find(|entry| entry.tag == ORIENTATION)?;
        let &[b0, b1] = orientation.value else {
            return None;
        };
        let is_turned = orientation.kind == 3 && (2..=8).contains(&self.order.u16([b0, b1]));
        if !is_turned {
            return None;
        }
        write(self.order, &[*orientation], &[], limit)
    }
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

/// The entries of the directory at `offset`, as far as it reaches; without those of unknown types and
/// those whose values are cut off.
fn read_directory(block: &[u8], order: ByteOrder, offset: u32) -> Option<Vec<Entry<'_>>> {
    let directory = block.get(usize::try_from(offset).ok()?..)?;
    let (&count, entries) = directory.split_first_chunk::<2>()?;
    let (entries, _) = entries.as_chunks::<12>();
    let entries = entries
        .iter()
        .take(order.u16(count).into())
        .filter_map(|entry| read_entry(block, order, entry));
    Some(entries.collect())
}

fn read_entry<'a>(block: &'a [u8], order: ByteOrder, entry: &'a [u8; 12]) -> Option<Entry<'a>> {
    let [t0, t1, k0, k1, c0, c1, c2, c3, o0, o1, o2, o3] = *entry;
    let kind = order.u16([k0, k1]);
    let count = order.u32([c0, c1, c2, c3]);
    let length = usize::try_from(count)
        .ok()?
        .checked_mul(size_of_type(kind)?)?;
    let value = if length <= 4 {
        &entry[8..8 + length]
    } else {
        let start = usize::try_from(order.u32([o0, o1, o2, o3])).ok()?;
        block.get(start..start.checked_add(length)?)?
    };
    Some(Entry {
        tag: order.u16([t0, t1]),
        kind,
        count,
        value,
    })
}

/// Bytes of one value of a type: TIFF 6.0 section 2, and UTF-8 of EXIF 3.0.
fn size_of_type(kind: u16) -> Option<usize> {
    match kind {
        1 | 2 | 6 | 7 | 129 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 => Some(8),
        _ => None,
    }
}

/// Writes a block of both directories, unless it would be longer than `limit`.
fn write(
    order: ByteOrder,
    image: &[Entry<'_>],
    photo: &[Entry<'_>],
    limit: usize,
) -> Option<Vec<u8>> {
    const POINTER_LENGTH: usize = 12;

    let photo_start = directory_length(image).saturating_add(HEADER_LENGTH + POINTER_LENGTH);
    let pointer = order.bytes_of_offset(photo_start);
    let mut image = image.to_vec();
    if !photo.is_empty() {
        let before = image.iter().filter(|entry| entry.tag < EXIF_IFD).count();
        let entry = Entry {
            tag: EXIF_IFD,
            kind: 4,
            count: 1,
            value: &pointer,
        };
        image.insert(before, entry);
    }
    let mut length = HEADER_LENGTH.saturating_add(directory_length(&image));
    if !photo.is_empty() {
        length = length.saturating_add(directory_length(photo));
    }
    if length > limit {
        return None;
    }
    let mut output = Vec::with_capacity(length);
    output.extend(match order {
        ByteOrder::Little => *b"II*\0",
        ByteOrder::Big => *b"MM\0*",
    });
    output.extend(order.bytes_of_offset(HEADER_LENGTH));
    write_directory(&mut output, order, &image);
    if !photo.is_empty() {
        write_directory(&mut output, order, photo);
    }
    Some(output)
}

/// A directory without the values that stand behind it.
fn entries_length(count: usize) -> usize {
    2 + count * 12 + 4
}

fn directory_length(entries: &[Entry<'_>]) -> usize {
    entries
        .iter()
        .map(Entry::outer_length)
        .fold(entries_length(entries.len()), usize::saturating_add)
}

fn write_directory(output: &mut Vec<u8>, order: ByteOrder, entries: &[Entry<'_>]) {
    let mut offset = output.len() + entries_length(entries.len());
    // A count of 16 bits was read, and one entry at most was added in the place of another.
    output.extend(order.bytes_of_u16(u16::try_from(entries.len()).unwrap_or(u16::MAX)));
    for entry in entries {
        output.extend(order.bytes_of_u16(entry.tag));
        output.extend(order.bytes_of_u16(entry.kind));
        output.extend(order.bytes_of_u32(entry.count));
        if entry.outer_length() == 0 {
            let mut inner = [0; 4];
            inner[..entry.value.len()].copy_from_slice(entry.value);
            output.extend(inner);
        } else {
            output.extend(order.bytes_of_offset(offset));
            offset += entry.outer_length();
        }
    }
    // There is no next directory.
    output.extend([0; 4]);
    for entry in entries.iter().filter(|entry| entry.outer_length() > 0) {
        output.extend_from_slice(entry.value);
        output.resize(output.len().next_multiple_of(2), 0);
    }
}
