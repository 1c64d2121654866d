//! Builds pictures with metadata.

/// Concatenates parts.
pub(crate) fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// A segment of a JPG.
pub(crate) fn segment(code: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).expect("a segment's length");
    join(&[&[0xFF, code], &length.to_be_bytes(), data])
}

/// A segment of EXIF.
pub(crate) fn exif(block: &[u8]) -> Vec<u8> {
    segment(0xE1, &join(&[b"Exif\0\0", block]))
}

/// The identifier of XMP in a JPG.
pub(crate) const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// A segment of XMP.
pub(crate) fn xmp(packet: &[u8]) -> Vec<u8> {
    segment(0xE1, &join(&[XMP, packet]))
}

/// An image resource of Photoshop's.
pub(crate) fn resource(id: u16, data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("a resource's length");
    let padding: &[u8] = if data.len() % 2 == 1 { &[0] } else { &[] };
    join(&[
        b"8BIM",
        &id.to_be_bytes(),
        &[0, 0],
        &length.to_be_bytes(),
        data,
        padding,
    ])
}

pub(crate) fn photoshop(resources: &[&[u8]]) -> Vec<u8> {
    segment(0xED, &join(&[b"Photoshop 3.0\0", &resources.concat()]))
}

/// A dataset of IPTC's record 2.
pub(crate) fn dataset(number: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a dataset's length");
    join(&[&[0x1C, 2, number], &length.to_be_bytes(), data])
}

/// A zlib stream of one stored block, with the checksum of RFC 1950 section 8.2.
pub(crate) fn zlib(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a short text");
    let (a, b) = data.iter().fold((1, 0), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    join(&[
        &[0x78, 0x01, 0x01],
        &length.to_le_bytes(),
        &(!length).to_le_bytes(),
        data,
        &(b << 16 | a).to_be_bytes(),
    ])
}

/// The text of a profile as `ImageMagick` writes it.
pub(crate) fn raw_profile(name: &str, data: &[u8]) -> Vec<u8> {
    let mut text = format!("\n{name}\n{:8}\n", data.len());
    for line in data.chunks(36) {
        text.extend(line.iter().map(|byte| format!("{byte:02x}")));
        text.push('\n');
    }
    text.into_bytes()
}

/// A JPG with segments in front of its frame, and its one scan up to the end.
pub(crate) fn jpg(segments: &[&[u8]]) -> Vec<u8> {
    join(&[b"\xFF\xD8", &segments.concat(), &frame(), b"\xFF\xD9"])
}

/// Tables, frame and a scan with bytes that do not end it: a stuffed `FF`, a restart marker.
pub(crate) fn frame() -> Vec<u8> {
    join(&[
        &segment(0xDB, &[0; 65]),
        &segment(0xC0, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
        &segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        b"scan\xFF\0scan\xFF\xD0scan",
    ])
}

/// A PNG of one pixel with chunks in front of its picture data.
pub(crate) fn png(chunks: &[&[u8]]) -> Vec<u8> {
    join(&[
        b"\x89PNG\r\n\x1A\n",
        &chunk(b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0"),
        &chunks.concat(),
        &chunk(b"IDAT", b"\x78\x9C\x63\xF8\xFF\xFF\x3F\0\x05\xFE\x02\xFE"),
        &chunk(b"IEND", b""),
    ])
}

pub(crate) fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("a chunk's length");
    let crc = crc(&join(&[kind, data]));
    join(&[&length.to_be_bytes(), kind, data, &crc.to_be_bytes()])
}

/// PNG's CRC as annex D of its specification has it, bit by bit.
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
        })
    })
}

/// An entry of an image file directory: a tag, and a text, a number or a directory.
#[derive(Clone)]
pub(crate) struct Entry(pub(crate) u16, pub(crate) Value);

#[derive(Clone)]
pub(crate) enum Value {
    Text(&'static [u8]),
    Short(u16),
    Directory(Vec<Entry>),
}

pub(crate) fn text(tag: u16, value: &'static [u8]) -> Entry {
    Entry(tag, Value::Text(value))
}

pub(crate) fn orientation(value: u16) -> Entry {
    Entry(0x0112, Value::Short(value))
}

pub(crate) fn directory(tag: u16, entries: &[Entry]) -> Entry {
    Entry(tag, Value::Directory(entries.to_vec()))
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    Little,
    Big,
}

impl Order {
    pub(crate) const BOTH: [Self; 2] = [Self::Little, Self::Big];

    fn u16(self, value: u16) -> [u8; 2] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }

    fn u32(self, value: usize) -> [u8; 4] {
        let value = u32::try_from(value).expect("a small block");
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }
}

/// A block that begins with TIFF's header, as EXIF has it; `thumbnail` are the entries of IFD1.
pub(crate) fn tiff(order: Order, image: &[Entry], thumbnail: &[Entry]) -> Vec<u8> {
    let mut block = match order {
        Order::Little => b"II*\0".to_vec(),
        Order::Big => b"MM\0*".to_vec(),
    };
    block.extend(order.u32(8));
    let next_at = add_directory(&mut block, order, image);
    if !thumbnail.is_empty() {
        let start = order.u32(block.len());
        block[next_at..next_at + 4].copy_from_slice(&start);
        add_directory(&mut block, order, thumbnail);
    }
    block
}

/// Adds a directory, its values and the directories in it; returns where the next one's offset is written.
fn add_directory(block: &mut Vec<u8>, order: Order, entries: &[Entry]) -> usize {
    block.extend(order.u16(u16::try_from(entries.len()).expect("few entries")));
    let first = block.len();
    block.resize(first + entries.len() * 12 + 4, 0);
    // Nested directories follow the values.
    let is_directory = |entry: &Entry| matches!(entry.1, Value::Directory(_));
    for pass in [false, true] {
        for (index, Entry(tag, value)) in entries.iter().enumerate() {
            if is_directory(&entries[index]) != pass {
                continue;
            }
            let start = order.u32(block.len());
            let (kind, count, bytes) = match value {
                Value::Short(value) => (3, 1, order.u16(*value).to_vec()),
                Value::Text(text) if text.len() <= 4 => (2, text.len(), text.to_vec()),
                Value::Text(text) => {
                    block.extend(*text);
                    block.resize(block.len().next_multiple_of(2), 0);
                    (2, text.len(), start.to_vec())
                }
                Value::Directory(entries) => {
                    add_directory(block, order, entries);
                    (4, 1, start.to_vec())
                }
            };
            let at = first + index * 12;
            block[at..at + 2].copy_from_slice(&order.u16(*tag));
            block[at + 2..at + 4].copy_from_slice(&order.u16(kind));
            block[at + 4..at + 8].copy_from_slice(&order.u32(count));
            block[at + 8..at + 8 + bytes.len()].copy_from_slice(&bytes);
        }
    }
    first + entries.len() * 12
}
