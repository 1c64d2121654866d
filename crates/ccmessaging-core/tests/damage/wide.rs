//! Texts in UTF-16 and UTF-32 whose bytes were handled as ASCII.

use ccmessaging_core::{Declared, FileType};

use crate::reason;

const TEXTS: [&str; 8] = [
    "id,name\r\n1,Ann\r\n",
    "Nr;Größe\r\n1;Müller\r\n",
    "编号,姓名\r\n1,上海\r\n",
    "番号,名前\r\n1,カタカナ\r\n",
    "번호,이름\r\n1,김철수\r\n",
    "Номер;Имя\r\n1;Иван\r\n",
    "الرقم,الاسم\r\n1,أحمد\r\n",
    "note,mood\r\n1,😀👍🏽\r\n",
];

/// Texts whose letters begin with the byte LF.
const WITH_LF: [&str; 2] = ["ਨੰਬਰ,ਨਾਮ\r\n1,ਗੁਰਪ੍ਰੀਤ\r\n", "નંબર,નામ\r\n1,રમેશ\r\n"];

/// A text in UTF-16 and UTF-32, with its mark, in both byte orders.
fn encodings(text: &str) -> [Vec<u8>; 4] {
    let text = format!("\u{feff}{text}");
    let units = || text.encode_utf16();
    let scalars = || text.chars().map(u32::from);
    [
        units().flat_map(u16::to_le_bytes).collect(),
        units().flat_map(u16::to_be_bytes).collect(),
        scalars().flat_map(u32::to_le_bytes).collect(),
        scalars().flat_map(u32::to_be_bytes).collect(),
    ]
}

fn replaced(text: &[u8], from: u8, to: &[u8]) -> Vec<u8> {
    let pieces: Vec<_> = text.split(|&byte| byte == from).collect();
    pieces.join(to)
}

#[test]
fn a_text_whose_line_breaks_were_converted_as_bytes_is_refused() {
    for text in TEXTS {
        for crlf in encodings(text) {
            assert!(
                reason(&replaced(&crlf, b'\r', b""), FileType::Csv).is_some(),
                "{text}"
            );
        }
        let [le, be, le32, be32] = encodings(&text.replace('\r', ""));
        for lf in [le, be, le32, be32] {
            let damaged = replaced(&lf, b'\n', b"\r\n");
            assert!(reason(&damaged, FileType::Csv).is_some(), "{text}");
        }
    }
    // The cause is named if the rest is well-formed.
    let [le, be, ..] = encodings("id,name\n1,Ann\n2,Bob\n");
    for text in [le, be] {
        for declared in [FileType::Csv.into(), Declared::Unknown] {
            let found = reason(&replaced(&text, b'\n', b"\r\n"), declared);
            assert_eq!(found, Some("damaged_in_transit"));
        }
    }
}

#[test]
fn a_text_that_lost_its_zero_bytes_is_refused() {
    for end in ["", "!"] {
        let text = format!("id,name\r\n1,Ann\r\n2,Bob\r\n3,Eve\r\n4,Joe{end}\r\n");
        for encoded in encodings(&text) {
            let damaged = replaced(&encoded, 0, b"");
            let found = reason(&damaged, FileType::Csv);
            assert_eq!(found, Some("damaged_in_transit"), "{damaged:X?}");
        }
    }
}

#[test]
fn intact_texts_are_accepted_in_every_language_and_with_every_line_break() {
    for text in TEXTS.iter().chain(&WITH_LF) {
        for line_break in ["\r\n", "\n", "\r"] {
            for encoded in encodings(&text.replace("\r\n", line_break)) {
                assert_eq!(reason(&encoded, FileType::Txt), None, "{text}");
            }
        }
    }
    // Letters of Gujarati after CR.
    let [le, ..] = encodings("નંબર\rનામ\r");
    assert_eq!(reason(&le, FileType::Txt), None);
    let all: String = ('\u{20}'..='\u{d7ff}').collect();
    let [le, be, ..] = encodings(&all);
    for text in [le, be] {
        assert_eq!(reason(&text, FileType::Txt), None);
    }
}
