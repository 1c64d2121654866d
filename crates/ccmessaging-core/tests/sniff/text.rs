//! Text: encodings, control characters and what only looks like another format.

use ccmessaging_core::{FileType, sniff};

use crate::all_are;
use crate::build::{adts, jfif, join};

/// `text` in UTF-16 with a byte order mark.
pub(crate) fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    ['\u{FEFF}']
        .into_iter()
        .chain(text.chars())
        .flat_map(|letter| letter.encode_utf16(&mut [0; 2]).to_vec())
        .flat_map(to_bytes)
        .collect()
}

/// `text` in UTF-32 with a byte order mark.
pub(crate) fn utf32(text: &str, to_bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    ['\u{FEFF}']
        .into_iter()
        .chain(text.chars())
        .flat_map(|letter| to_bytes(letter.into()))
        .collect()
}

#[test]
fn a_column_of_numbers_is_no_body_in_chunks() {
    all_are(
        FileType::Csv,
        true,
        &[
            ("decimals", b"5\r\n-12.5\r\n7\r\n0\r\n\r\n".into()),
            ("signs", b"+4\r\n+123\r\n+5\r\n0\r\n\r\n".into()),
        ],
    );
    all_are(
        FileType::Csv,
        false,
        &[(
            "chunks",
            b"5\r\na;b\r\n\r\n5\r\n1;2\r\n\r\n0\r\n\r\n".into(),
        )],
    );
}

#[test]
fn text_in_the_encodings_of_the_world_is_accepted() {
    let text = "Grüße, 你好, 🙂\r\n";
    all_are(
        FileType::Txt,
        true,
        &[
            ("one letter", b"a".to_vec()),
            ("UTF-8", text.into()),
            (
                "UTF-8 with a mark",
                join(&[b"\xEF\xBB\xBF", text.as_bytes()]),
            ),
            ("a UTF-8 mark alone", b"\xEF\xBB\xBF".to_vec()),
            ("UTF-16LE", utf16(text, u16::to_le_bytes)),
            ("UTF-16BE", utf16(text, u16::to_be_bytes)),
            ("UTF-32LE", utf32(text, u32::to_le_bytes)),
            ("UTF-32BE", utf32(text, u32::to_be_bytes)),
            (
                "GB18030",
                b"\xC4\xFA\xBA\xC3\xA3\xAC\x94\x39\xDA\x33\r\n".to_vec(),
            ),
            (
                "Shift-JIS",
                b"\x82\xB1\x82\xF1\x82\xC9\x82\xBF\x82\xCD\r\n".to_vec(),
            ),
            ("Big5", b"\xA7\x41\xA6\x6E\r\n".to_vec()),
            ("EUC-KR", b"\xBE\xC8\xB3\xE7\r\n".to_vec()),
            ("Windows-1251", b"\xCF\xF0\xE8\xE2\xE5\xF2\r\n".to_vec()),
            (
                "Windows-1252 with a curly quote",
                b"it\x92s 12 \x80\r\n".to_vec(),
            ),
            ("one Han character in UTF-16", b"\xFF\xFE\x2D\x4E".to_vec()),
            (
                "ASCII of even length, which is well-formed UTF-16 too",
                b"\xFF\xFE x\n\n".to_vec(),
            ),
            ("ISO-2022-JP", b"\x1B$B$3$s$K$A$O\x1B(B\n".to_vec()),
            ("ISO-2022-KR", b"\x1B$)C\x0E>H3g\x0F\n".to_vec()),
        ],
    );
}

#[test]
fn layout_characters_are_text() {
    let mut log = b"a line of a log without anything unusual in it\n".repeat(10);
    log[20] = 0x01;
    all_are(
        FileType::Txt,
        true,
        &[
            ("lone CR", b"one\rtwo\r".to_vec()),
            ("form feed and vertical tab", b"page\x0Cpage\x0B".to_vec()),
            ("terminal colours", b"\x1B[1;32mok\x1B[0m\n".to_vec()),
            ("overstrike", b"N\x08NA\x08AM\x08ME\x08E\n".to_vec()),
            ("^Z at the end", b"dir\r\n\x1A".to_vec()),
            (
                "^Z at the end of UTF-16LE",
                utf16("dir\r\n\u{1A}", u16::to_le_bytes),
            ),
            (
                "^Z at the end of UTF-16BE",
                utf16("dir\r\n\u{1A}\u{1A}", u16::to_be_bytes),
            ),
            (
                "^Z at the end of UTF-32LE",
                utf32("dir\r\n\u{1A}", u32::to_le_bytes),
            ),
            (
                "^Z at the end of UTF-32BE",
                utf32("dir\r\n\u{1A}", u32::to_be_bytes),
            ),
            (
                "a record filled up with ^Z",
                join(&[b"dir\r\n", &[0x1A; 100]]),
            ),
            ("blanks only", b"  \n\t\n".to_vec()),
            ("one stray control character in 470 bytes", log),
        ],
    );
}

#[test]
fn binary_data_is_rejected() {
    let mut log = b"a line of a log without anything unusual in it\n".repeat(10);
    log[20] = 0x01;
    log[90] = 0x02;
    log[120] = 0x03;
    all_are(
        FileType::Csv,
        false,
        &[
            ("nothing", Vec::new()),
            ("NUL", b"a\0b".to_vec()),
            (
                "NUL at the end of a long text",
                join(&[&b"a".repeat(100_000), b"\0"]),
            ),
            ("control characters in a short text", b"abc\x01\n".to_vec()),
            ("three control characters in 470 bytes", log),
            (
                "one control character in a legacy encoding",
                join(&[&[0xC4; 1_000], b"\x01"]),
            ),
            ("shifts without ISO-2022", b"ab\x0Ecd\x0F\n".to_vec()),
            ("^Z in the middle", b"ab\x1Acd\n".to_vec()),
            (
                "^Z in the middle of UTF-16",
                utf16("ab\u{1A}cd\n", u16::to_le_bytes),
            ),
            ("UTF-16 without a mark", b"a\0,\0b\0\n\0".to_vec()),
            (
                "UTF-16 with a lone surrogate",
                b"\xFF\xFEa\0\x3D\xD8b\0\0\xDC".to_vec(),
            ),
            ("UTF-16 with NUL", b"\xFF\xFEa\0\0\0b\0".to_vec()),
            ("UTF-16 in the wrong order", b"\xFF\xFE\xFE\xFF\0a".to_vec()),
            (
                "UTF-32 above the last code point",
                b"\0\0\xFE\xFF\0\x11\0\0".to_vec(),
            ),
            (
                "UTF-32 with a surrogate",
                b"\0\0\xFE\xFF\0\0\xD8\0".to_vec(),
            ),
        ],
    );
}

/// ASCII letters, digits and a few other characters in EBCDIC (code page 037 and most others).
pub(crate) fn ebcdic(text: &str) -> Vec<u8> {
    text.bytes()
        .map(|byte| match byte {
            b' ' => 0x40,
            b'.' => 0x4B,
            b';' => 0x5E,
            b'-' => 0x60,
            b'/' => 0x61,
            b',' => 0x6B,
            b'\r' => 0x0D,
            b'\n' => 0x25,
            b'a'..=b'i' => byte - b'a' + 0x81,
            b'j'..=b'r' => byte - b'j' + 0x91,
            b's'..=b'z' => byte - b's' + 0xA2,
            b'A'..=b'I' => byte - b'A' + 0xC1,
            b'J'..=b'R' => byte - b'J' + 0xD1,
            b'S'..=b'Z' => byte - b'S' + 0xE2,
            b'0'..=b'9' => byte - b'0' + 0xF0,
            _ => panic!("{byte:#04X} is not translated"),
        })
        .collect()
}

#[test]
fn ebcdic_is_rejected_by_its_name_whatever_its_line_ends() {
    let card = format!("{:80}", "0012345 JOHN SMITH 12.50");
    for text in [
        "Your order has been shipped.",
        "YOUR ORDER HAS BEEN SHIPPED.\r\nIT ARRIVES ON MONDAY.\r\n",
        "name;city;amount\nJohn;London;12,50\nMary Ann;New York;8,00\n",
        &card.repeat(100),
    ] {
        let bytes = ebcdic(text);
        let rejected = sniff::prove(FileType::Txt, bytes.as_slice()).expect_err(text);
        assert_eq!(
            rejected.to_string(),
            "declared txt, but the content is EBCDIC text (text/plain)"
        );
        assert_eq!(rejected.hint(), Some("convert the text to UTF-8"));
    }
    let lines = [ebcdic("Your order has been shipped."), vec![0x15]].concat();
    let rejected = sniff::prove(FileType::Csv, lines.as_slice()).expect_err("NEL");
    assert_eq!(
        rejected.to_string(),
        "declared csv, but the content is EBCDIC text (text/plain)"
    );
    assert_eq!(sniff::identify(lines.as_slice()), None);
}

#[test]
fn text_whose_bytes_are_partly_like_ebcdic_is_accepted() {
    let gb18030 = b"\xC4\xFA\xBA\xC3\xA3\xAC\xCE\xD2\xCF\xEB\xD7\xC9\xD1\xAF\xD2\xBB\xCF\xC2";
    all_are(
        FileType::Txt,
        true,
        &[
            ("GB18030 without blanks or lines", gb18030.to_vec()),
            ("a list of addresses", b"a@b.c;d@e.f;g@h.i;j@k.l".to_vec()),
            ("nothing but @", vec![0x40; 100]),
            ("capitals and @ in UTF-8", "ÉÁÉÁÉÁÉÁ@".repeat(100).into()),
            ("capitals in Windows-1252", b"\xC1\xC9\xD1".repeat(10)),
            (
                "capitals and @ in Windows-1252",
                join(&[&b"\xC1\xC9\xD1\x40".repeat(10), b" \xD1\n"]),
            ),
            ("too short to tell", ebcdic("Hello world")),
        ],
    );
}

#[test]
fn a_magic_looking_beginning_does_not_refuse_a_text() {
    for beginning in [
        "BM",
        "MZ",
        "ID3",
        "GIF89a",
        "PK",
        "%!PS",
        "#!/bin/sh\n",
        "<html>",
        "<?xml ?>",
        "%PDF-1.4 ",
        "RIFF",
        "OggS",
        "fLaC",
        "7z",
        "Rar!",
        "ftyp",
        "{\\rtf1",
        "{\"a\":",
        "SQLite format 3",
        "ADIF",
    ] {
        let text = format!("{beginning}, and prose that goes on\n");
        all_are(FileType::Txt, true, &[(beginning, text.clone().into())]);
        all_are(FileType::Csv, true, &[(beginning, text.into())]);
    }
}

#[test]
fn other_formats_that_happen_to_be_free_of_control_characters_are_rejected() {
    let exif = b"\xFF\xD8\xFF\xE1\x21\x21Exif    photograph".to_vec();
    all_are(
        FileType::Txt,
        true,
        &[("bytes like a JPEG's, no identifier", exif)],
    );
    // Frames of ADTS whose every byte is above the control characters.
    let audio = adts(3)
        .into_iter()
        .map(|byte| {
            if byte == 0x08 || byte == 0x1F {
                byte
            } else {
                byte.max(0x20)
            }
        })
        .collect::<Vec<_>>();
    let pdf = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n".to_vec();
    all_are(
        FileType::Txt,
        false,
        &[
            ("PDF of plain ASCII", pdf),
            ("ADTS", audio),
            ("JPEG", jfif()),
        ],
    );
}

#[test]
fn the_first_offending_byte_is_reported_at_any_position() {
    for (position, length, found) in [
        (0, 1, "binary data"),
        (17, 40, "text with a NUL character"),
        (12_287, 30_000, "text with a NUL character"),
        (12_288, 30_000, "text with a NUL character"),
        (29_999, 30_000, "text with a NUL character"),
    ] {
        let mut bytes = vec![b'a'; length];
        bytes[position] = 0;
        let rejected = sniff::prove(FileType::Txt, bytes.as_slice()).expect_err("binary");
        assert_eq!(rejected.position(), Some(position));
        assert_eq!(
            rejected.to_string(),
            format!("declared txt, but the content is {found} (first at byte {position})")
        );
    }
}

#[test]
fn a_sequence_may_straddle_any_boundary_of_the_reading() {
    // Whatever the size of the chunks, some shift makes each of these straddle one.
    for letter in ["é", "你", "🙂"] {
        for shift in 0..4 {
            let text = "a".repeat(shift) + &letter.repeat(20_000);
            let mut bytes = text.into_bytes();
            // In UTF-8 one control character in so many is let pass, in a legacy encoding not.
            bytes.push(0x01);
            all_are(FileType::Txt, true, &[("UTF-8 recognised", bytes.clone())]);
            let torn = bytes.len() / 2;
            bytes[torn] = b'a';
            all_are(
                FileType::Txt,
                false,
                &[("UTF-8 broken in the middle", bytes)],
            );
        }
    }
}

#[test]
fn a_text_that_ends_within_a_sequence_is_held_to_the_legacy_rule() {
    all_are(FileType::Txt, true, &[("no control", b"caf\xC3".to_vec())]);
    let mut bytes = vec![b'a'; 1_000];
    bytes.extend(b"\x01\xE4\xBD");
    all_are(FileType::Txt, false, &[("one control", bytes)]);
}
