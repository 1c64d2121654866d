//! How Office files and other containers are named that a sender took for a supported type.

use ccmessaging_core::{FileType, sniff};

use crate::build::join;

const EXCEL: &str = "Excel workbook: save it as CSV";
const WORD: &str = "Word document: save it as plain text";
const SLIDES: &str = "PowerPoint presentation: export the slides as JPG or PNG";

/// Checks the name and the hint of a file that is declared as CSV.
fn is_named(file: &[u8], name: &str, hint: &str) {
    let rejected = sniff::prove(FileType::Csv, file).expect_err("not text");
    assert_eq!(rejected.found().to_string(), name);
    assert_eq!(rejected.hint(), Some(hint), "{name}");
}

const NONE: u32 = 0xFFFF_FFFF;

/// An entry of an OLE directory with its left sibling and its child.
fn entry(name: &str, left: u32, child: u32) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    entry.resize(68, 0);
    for id in [left, NONE, child] {
        entry.extend(id.to_le_bytes());
    }
    entry.resize(128, 0);
    entry
}

/// An OLE file of 512-byte sectors, whose directory is in the sectors that `chain` lists after the FAT.
fn ole(entries: &[Vec<u8>], chain: &[u32]) -> Vec<u8> {
    let mut header = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    header.resize(512, 0);
    header[30] = 9;
    header[48..52].copy_from_slice(&chain[0].to_le_bytes());
    let mut fat = [0xFF; 512];
    for pair in chain.windows(2) {
        let at = usize::try_from(pair[0]).expect("a small number") * 4;
        fat[at..at + 4].copy_from_slice(&pair[1].to_le_bytes());
    }
    let mut sectors = vec![0; 8 * 512];
    for (sector, entries) in chain.iter().zip(entries.chunks(4)) {
        let start = (usize::try_from(*sector).expect("a small number") - 1) * 512;
        let bytes = entries.concat();
        if let Some(space) = sectors.get_mut(start..start + bytes.len()) {
            space.copy_from_slice(&bytes);
        }
    }
    join(&[&header, &fat, &sectors])
}

#[test]
fn ole_files_are_named_by_the_streams_of_their_root() {
    let root = || entry("Root Entry", NONE, 2);
    let other = || entry("\u{5}SummaryInformation", NONE, NONE);
    for (stream, name, hint) in [
        ("Workbook", "XLS (application/vnd.ms-excel)", EXCEL),
        ("Book", "XLS (application/vnd.ms-excel)", EXCEL),
        ("WordDocument", "DOC (application/msword)", WORD),
        (
            "PowerPoint Document",
            "PPT (application/vnd.ms-powerpoint)",
            SLIDES,
        ),
        (
            "__properties_version1.0",
            "MSG (application/vnd.ms-outlook)",
            "Outlook message: save it as plain text, and send its attachments as files",
        ),
        (
            "EncryptedPackage",
            "password-protected Office file (application/x-ole-storage)",
            "remove the password, then save a workbook as CSV or a document as plain text",
        ),
    ] {
        let here = [root(), other(), entry(stream, 1, NONE)];
        is_named(&ole(&here, &[1]), name, hint);
        // In the second sector of the directory, and beside an embedded workbook.
        let embedded = entry("Workbook", NONE, NONE);
        let further = [
            root(),
            embedded,
            entry("ObjectPool", 5, 1),
            other(),
            other(),
            entry(stream, NONE, NONE),
        ];
        is_named(&ole(&further, &[7, 3]), name, hint);
    }
}

#[test]
fn an_ole_file_with_a_circular_directory_is_named_by_its_container() {
    let circle = [entry("Root Entry", NONE, 1), entry("a", 1, NONE)];
    for chain in [&[1, 2, 1][..], &[100, 101, 100], &[1]] {
        let rejected = sniff::prove(FileType::Jpg, ole(&circle, chain).as_slice());
        let found = rejected.expect_err("no image").found().to_string();
        assert_eq!(
            found,
            "Microsoft Office or OLE file (application/x-ole-storage)"
        );
    }
}

/// A ZIP archive with empty files of these names.
fn zip(names: &[&str]) -> Vec<u8> {
    let (mut files, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let length = u16::try_from(name.len())
            .expect("a short name")
            .to_le_bytes();
        files.extend(join(&[
            b"PK\x03\x04",
            &[0; 22],
            &length,
            &[0; 2],
            name.as_bytes(),
        ]));
        directory.extend(join(&[
            b"PK\x01\x02",
            &[0; 24],
            &length,
            &[0; 16],
            name.as_bytes(),
        ]));
    }
    let start = u32::try_from(files.len())
        .expect("a small file")
        .to_le_bytes();
    join(&[&files, &directory, b"PK\x05\x06", &[0; 12], &start, &[0; 2]])
}

#[test]
fn office_files_are_named_by_the_central_directory_of_their_archive() {
    for (part, name, hint) in [
        (
            "xl/workbook.xml",
            "XLSX (application/vnd.openxmlformats-officedocument.spreadsheetml.sheet)",
            EXCEL,
        ),
        (
            "word/document.xml",
            "DOCX (application/vnd.openxmlformats-officedocument.wordprocessingml.document)",
            WORD,
        ),
        (
            "ppt/slides/slide1.xml",
            "PPTX (application/vnd.openxmlformats-officedocument.presentationml.presentation)",
            SLIDES,
        ),
    ] {
        let mut names = vec!["docProps/a-rather-long-name.xml"; 200];
        names.push(part);
        names.push("[Content_Types].xml");
        is_named(&zip(&names), name, hint);
    }
    let photos = zip(&["photos/1.jpg", "excel/xl/"]);
    let rejected = sniff::prove(FileType::Csv, photos.as_slice()).expect_err("an archive");
    assert_eq!(rejected.found().to_string(), "ZIP (application/zip)");
}

#[test]
fn drawings_are_named_behind_what_may_precede_them() {
    let svg = "SVG (image/svg+xml)";
    for (text, name) in [
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", svg),
        ("<?xml version='1.0'?>\n<!-- by <html> -->\n<svg/>", svg),
        (
            "<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' ''><svg/>",
            svg,
        ),
        (
            "<!-- a page --><!doctype HTML><p>",
            "an HTML page (text/html)",
        ),
        ("<?xml version='1.0'?><rows/>", "XML (text/xml)"),
        ("<?xml version='1.0'?><!-- without end", "XML (text/xml)"),
    ] {
        let rejected = sniff::prove(FileType::Jpg, text.as_bytes()).expect_err("no image");
        assert_eq!(rejected.found().to_string(), name, "{text}");
    }
}

#[test]
fn transport_streams_are_named() {
    let packet = join(&[&[0x47, 0x40, 0, 0x10], &[0xFF; 184]]);
    let stamped = join(&[&[0, 0, 1, 0xB3], &packet]);
    for stream in [packet.repeat(4), packet.repeat(100), stamped.repeat(30)] {
        let rejected = sniff::prove(FileType::Mp4, stream.as_slice()).expect_err("no MP4");
        assert_eq!(
            rejected.to_string(),
            "declared mp4, but the content is MPEG transport stream (video/mp2t)"
        );
        assert_eq!(rejected.hint(), Some("convert the video to MP4"));
    }
}

#[test]
fn jpeg_xl_has_one_name() {
    let container = b"\0\0\0\x0CJXL \r\n\x87\n\0\0\0\x14ftypjxl ";
    for photo in [&container[..], b"\xFF\x0A\xFA\x1F\x01\x91\x08\x06\x01\0"] {
        let rejected = sniff::prove(FileType::Jpg, photo).expect_err("no JPG");
        assert_eq!(
            rejected.to_string(),
            "declared jpg, but the content is JPEG XL (image/jxl)"
        );
        assert_eq!(rejected.hint(), Some("convert the image to JPG or PNG"));
    }
}
