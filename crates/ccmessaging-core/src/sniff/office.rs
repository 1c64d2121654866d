//! Names Office files by the directory of their container, because the containers' signatures do not differ.

use super::mp4::Named;
use super::window::{Window, bytes_at, u32_at};
use crate::content::Content;

/// The most directory entries that are read. Office files have fewer than a hundred before a telling one.
const MAX_ENTRIES: usize = 512;

const DOC: Named = ("DOC", "application/msword");

const OLE: Named = ("Microsoft Office or OLE file", "application/x-ole-storage");

/// Names the format of an OLE or ZIP file; `None` for other files, and for ZIP archives of other kinds.
pub(super) fn name(content: &dyn Content) -> Option<Named> {
    match bytes_at(content, 0)? {
        // `infer` calls every OLE file a DOC.
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] => Some(ole(content).unwrap_or(OLE)),
        [b'P', b'K', 3, 4, ..] => zip(content),
        _ => None,
    }
}

/// Returns the media type of a DOC, a DOCX or another ZIP archive; `None` for other Office files.
pub(super) fn document(content: &dyn Content) -> Option<&'static str> {
    match name(content) {
        Some(named) if [DOC, DOCX].contains(&named) => Some(named.1),
        Some(_) => None,
        None => is_zip(content).then_some("application/zip"),
    }
}

/// Returns whether the content is a ZIP archive: it begins with a local file header, and its end record leads to
/// the central directory.
fn is_zip(content: &dyn Content) -> bool {
    let begins =
        |offset, signature: &[u8; 4]| bytes_at(content, offset).as_ref() == Some(signature);
    begins(0, b"PK\x03\x04")
        && zip_directory(content).is_some_and(|offset| begins(offset, b"PK\x01\x02"))
}

/// OLE compound files (Microsoft MS-CFB): the header leads to the directory, whose entries name the streams.
///
/// Only the streams of the root storage count (section 2.6.4): a document may embed files of other formats, whose
/// streams are listed in the same directory.
fn ole(content: &dyn Content) -> Option<Named> {
    const LEFT: usize = 68;
    const RIGHT: usize = 72;
    const CHILD: usize = 76;

    let entries = ole_directory(content)?;
    let mut pending = vec![u32_at(entries.first()?, CHILD)?];
    for _ in 0..MAX_ENTRIES {
        let Some(entry) = usize::try_from(pending.pop()?)
            .ok()
            .and_then(|id| entries.get(id))
        else {
            continue;
        };
        if let Some(named) = ole_stream(entry) {
            return Some(named);
        }
        pending.extend([u32_at(entry, LEFT)?, u32_at(entry, RIGHT)?]);
    }
    None
}

const ENTRY: usize = 128;

/// Reads the entries of an OLE file's directory, as far as the file has them.
fn ole_directory(content: &dyn Content) -> Option<Vec<[u8; ENTRY]>> {
    let header = bytes_at::<512>(content, 0)?;
    // Section 2.2: version 3 has sectors of 512 bytes, version 4 of 4,096.
    let size = match header[30] {
        9 => 512,
        12 => 4096,
        _ => return None,
    };
    let sectors = Sectors {
        content,
        header: &header,
        size,
    };
    let mut entries = Vec::new();
    let mut sector = u32_at(&header, 48)?;
    // The number of sectors is limited as well: a chain may be a circle outside the file.
    for _ in 0..MAX_ENTRIES * ENTRY / size {
        let Some(start) = sectors.offset(sector) else {
            break;
        };
        let offsets = (start..).step_by(ENTRY).take(size / ENTRY);
        entries.extend(offsets.map_while(|entry| bytes_at(content, entry)));
        match sectors.next(sector) {
            Some(next) => sector = next,
            None => break,
        }
    }
    Some(entries)
}

/// Names the format whose document is in the stream of this entry, which begins with its name in UTF-16.
fn ole_stream(entry: &[u8; ENTRY]) -> Option<Named> {
    let is = |expected: &str| {
        let mut units = entry
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&unit| u16::from_le_bytes(unit));
        expected
            .encode_utf16()
            .all(|unit| units.next() == Some(unit))
            && units.next() == Some(0)
    };
    STREAMS
        .iter()
        .find(|(stream, _)| is(stream))
        .map(|&(_, named)| named)
}

const STREAMS: [(&str, Named); 7] = [
    ("Workbook", ("XLS", "application/vnd.ms-excel")),
    // Excel 5 and 95.
    ("Book", ("XLS", "application/vnd.ms-excel")),
    ("WordDocument", DOC),
    (
        "PowerPoint Document",
        ("PPT", "application/vnd.ms-powerpoint"),
    ),
    (
        "__properties_version1.0",
        ("MSG", "application/vnd.ms-outlook"),
    ),
    ("VisioDocument", ("VSD", "application/vnd.visio")),
    (
        "EncryptedPackage",
        (
            "password-protected Office file",
            "application/x-ole-storage",
        ),
    ),
];

/// The sectors of an OLE file, which are chained by its file allocation table (FAT).
struct Sectors<'a> {
    content: &'a dyn Content,
    header: &'a [u8; 512],
    size: usize,
}

impl Sectors<'_> {
    /// Returns where a sector begins. The header occupies the space of the first one.
    fn offset(&self, sector: u32) -> Option<usize> {
        usize::try_from(sector)
            .ok()?
            .checked_add(1)?
            .checked_mul(self.size)
    }

    /// Returns the sector that follows in the chain. Only the FAT sectors that the header lists are used: they
    /// cover 7 MB.
    fn next(&self, sector: u32) -> Option<u32> {
        let index = usize::try_from(sector).ok()?;
        let per_sector = self.size / 4;
        let listed = (index / per_sector < 109).then_some(76 + index / per_sector * 4)?;
        let fat = self.offset(u32_at(self.header, listed)?)?;
        bytes_at(self.content, fat.checked_add(index % per_sector * 4)?).map(u32::from_le_bytes)
    }
}

/// ZIP archives (APPNOTE.TXT sections 4.3.12 and 4.3.16): the end record leads to the central directory, whose
/// entries have the paths. Office writes its parts in any order, so the first local headers are not enough.
fn zip(content: &dyn Content) -> Option<Named> {
    let mut offset = zip_directory(content)?;
    for _ in 0..MAX_ENTRIES {
        let entry = bytes_at::<51>(content, offset)?;
        if !entry.starts_with(b"PK\x01\x02") {
            return None;
        }
        match &entry[46..] {
            [b'x', b'l', b'/', ..] => return Some(XLSX),
            b"word/" => return Some(DOCX),
            [b'p', b'p', b't', b'/', ..] => return Some(PPTX),
            _ => {}
        }
        let lengths =
            [28, 30, 32].map(|at| usize::from(u16::from_le_bytes([entry[at], entry[at + 1]])));
        offset = offset.checked_add(46 + lengths.iter().sum::<usize>())?;
    }
    None
}

/// Returns where the end record says that a ZIP archive's central directory begins.
fn zip_directory(content: &dyn Content) -> Option<usize> {
    /// The end record with a comment of a usual length.
    const END: usize = 1024;

    let tail = Window::<END>::read(content, content.len().saturating_sub(END));
    let end = tail.bytes();
    let end = end.get(memchr::memmem::rfind(end, b"PK\x05\x06")?..)?;
    usize::try_from(u32_at(end, 16)?).ok()
}

const XLSX: Named = (
    "XLSX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
);
const DOCX: Named = (
    "DOCX",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
);
const PPTX: Named = (
    "PPTX",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
);
