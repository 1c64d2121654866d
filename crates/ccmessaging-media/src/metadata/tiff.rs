//! Reads and writes the parts of TIFF 6.0 that EXIF uses: a header with the byte order, and image file
//! directories (IFDs).
//!
//! An entry of a directory has 12 bytes: tag, type, count, and the value or its offset. Directories and
//! values may be anywhere in the block.

/// The length of the header that is written: the first directory follows it.
const HEADER_LENGTH: usize = 8;

/// The tag of the entry that points to the Exif IFD.
pub(super) const EXIF_IFD: u16 = 0x8769;

#[derive(Clone, Copy)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        u16::from_be_bytes(self.to_or_from_big(bytes))
    }

    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        u32::from_be_bytes(self.to_or_from_big(bytes))
    }

    pub(super) fn bytes_of_u16(self, value: u16) -> [u8; 2] {
        self.to_or_from_big(value.to_be_bytes())
    }

    fn bytes_of_u32(self, value: u32) -> [u8; 4] {
        self.to_or_from_big(value.to_be_bytes())
    }

    fn to_or_from_big<const N: usize>(self, mut bytes: [u8; N]) -> [u8; N] {
        if matches!(self, Self::Little) {
            bytes.reverse();
        }
        bytes
    }

    /// Encodes an offset. It fits 32 bits because no block is written longer than the one that was read.
    fn bytes_of_offset(self, offset: usize) -> [u8; 4] {
        self.bytes_of_u32(u32::try_from(offset).unwrap_or(u32::MAX))
    }
}

/// An entry of a directory, with its complete value.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) tag: u16,
    pub(super) kind: u16,
    count: u32,
    pub(super) value: &'a [u8],
}

impl<'a> Entry<'a> {
    pub(super) fn new(tag: u16, kind: u16, count: u32, value: &'a [u8]) -> Self {
        Self {
            tag,
            kind,
            count,
            value,
        }
    }

    /// Returns the bytes that the value needs after the directory: 0 if it fits into the entry.
    fn outer_length(&self) -> usize {
        match self.value.len() {
            0..=4 => 0,
            length => length.next_multiple_of(2),
        }
    }
}

/// A directory.
pub(super) struct Directory<'a> {
    /// The entries of known types whose values are complete.
    pub(super) entries: Vec<Entry<'a>>,
    /// The tags of all entries, including those that cannot be read.
    pub(super) tags: Vec<u16>,
    /// The offset of the next directory; 0 if there is none.
    pub(super) next: u32,
}

/// Reads the byte order of a block and the offset of its first directory.
pub(super) fn read_header(block: &[u8]) -> Option<(ByteOrder, u32)> {
    let (&[b0, b1, m0, m1, o0, o1, o2, o3], _) = block.split_first_chunk()?;
    let order = match &[b0, b1, m0, m1] {
        b"II*\0" => ByteOrder::Little,
        b"MM\0*" => ByteOrder::Big,
        _ => return None,
    };
    Some((order, order.u32([o0, o1, o2, o3])))
}

impl<'a> Directory<'a> {
    /// Reads the directory at `offset`, clipped to the block.
    pub(super) fn read(block: &'a [u8], order: ByteOrder, offset: u32) -> Option<Self> {
        let directory = block.get(usize::try_from(offset).ok()?..)?;
        let (&count, rest) = directory.split_first_chunk::<2>()?;
        let count = usize::from(order.u16(count));
        let (entries, _) = rest.as_chunks::<12>();
        let entries = entries.get(..count).unwrap_or(entries);
        let next = rest.get(count * 12..).and_then(<[u8]>::first_chunk);
        Some(Self {
            entries: entries
                .iter()
                .filter_map(|entry| read_entry(block, order, entry))
                .collect(),
            tags: entries
                .iter()
                .map(|&[t0, t1, ..]| order.u16([t0, t1]))
                .collect(),
            next: next.map_or(0, |&offset| order.u32(offset)),
        })
    }

    /// Returns the total length of the values, which may share bytes.
    pub(super) fn values_length(&self) -> usize {
        self.entries.iter().map(|entry| entry.value.len()).sum()
    }
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
    Some(Entry::new(order.u16([t0, t1]), kind, count, value))
}

/// Returns the size of one value of a type: TIFF 6.0 section 2, and UTF-8 of EXIF 3.0.
fn size_of_type(kind: u16) -> Option<usize> {
    match kind {
        1 | 2 | 6 | 7 | 129 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 => Some(8),
        _ => None,
    }
}

/// Writes a block of IFD0 and the Exif IFD, which is omitted if it has no entries. Returns `None` if the
/// block would exceed `limit`.
pub(super) fn write(
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
        image.insert(before, Entry::new(EXIF_IFD, 4, 1, &pointer));
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

/// Returns the length of a directory without the values after it.
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
    // The count fits 16 bits: that many were read, and the pointer added above replaces the one that was
    // read.
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
    // The offset of the next directory: none.
    output.extend([0; 4]);
    for entry in entries.iter().filter(|entry| entry.outer_length() > 0) {
        output.extend_from_slice(entry.value);
        output.resize(output.len().next_multiple_of(2), 0);
    }
}
