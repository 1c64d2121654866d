//! Texts with a byte order mark.

use ccmessaging_core::{FileType, sniff};

use crate::all_are;
use crate::build::join;
use crate::text::{utf16, utf32};

#[test]
fn the_text_behind_a_byte_order_mark_must_be_in_the_encoding_it_names() {
    all_are(
        FileType::Txt,
        false,
        &[
            (
                "UTF-8 mark, then none of it",
                b"\xEF\xBB\xBF\xFF\xFE\xE9".to_vec(),
            ),
            ("UTF-8 mark, Latin-1", b"\xEF\xBB\xBFcaf\xE9\r\n".to_vec()),
            (
                "UTF-8 mark, half a letter in the middle",
                b"\xEF\xBB\xBFcaf\xC3, tea".to_vec(),
            ),
            (
                "UTF-8 mark, no beginning of a letter at the end",
                b"\xEF\xBB\xBFcaf\xF8".to_vec(),
            ),
            (
                "UTF-8 mark, cut off within a letter, a control character",
                b"\xEF\xBB\xBFcaf\x01\xC3".to_vec(),
            ),
            (
                "UTF-16 mark, a high surrogate before half a unit",
                join(&[&utf16("tea", u16::to_le_bytes), b"\x3D\xD8\x41\0\0"]),
            ),
            (
                "UTF-8 mark, a wrong byte far behind it",
                join(&[b"\xEF\xBB\xBF", &b"a".repeat(50_000), b"\xE9, and more\n"]),
            ),
            (
                "UTF-16 mark, ASCII of odd length",
                b"\xFE\xFFname,city\nAda,Oslo\n\n\n".to_vec(),
            ),
            ("UTF-16 mark, Latin-1", b"\xFF\xFEcaf\xE9\n".to_vec()),
            (
                "UTF-16 mark, a non-character",
                utf16("a\u{FDD0}b", u16::to_be_bytes),
            ),
            (
                "UTF-16 mark, a plane without characters",
                utf16("a\u{50000}b", u16::to_le_bytes),
            ),
            (
                "UTF-16 mark, control characters above ASCII",
                utf16("a\u{81}\u{9D}b", u16::to_le_bytes),
            ),
            (
                "UTF-32 mark, ASCII",
                b"\0\0\xFE\xFFname,city\nAda,Rome\n\n".to_vec(),
            ),
            (
                "UTF-32 mark, a plane without characters",
                utf32("a\u{50000}b", u32::to_le_bytes),
            ),
        ],
    );
}

/// The mark and the first character of UTF-16 are also the header of a frame of MPEG-1 layer I.
#[test]
fn a_text_in_utf16_may_have_the_length_of_a_frame_of_audio() {
    const BIT_RATES: [usize; 14] = [
        32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
    ];
    const SAMPLING_RATES: [usize; 3] = [44_100, 48_000, 32_000];

    let mut texts = 0;
    for first in ('!'..='\u{D7FF}').filter(|first| !first.is_control()) {
        let code = first as usize;
        let (rate, sampling) = (code >> 4 & 15, code >> 2 & 3);
        let bit_rate = rate.checked_sub(1).and_then(|index| BIT_RATES.get(index));
        let (Some(bit_rate), Some(sampling)) = (bit_rate, SAMPLING_RATES.get(sampling)) else {
            continue;
        };
        let length = (12_000 * bit_rate / sampling + (code >> 1 & 1)) * 4;
        let units = length / 2 - 1;
        let text = utf16(&format!("{first:a<units$}"), u16::to_le_bytes);
        assert_eq!(text.len(), length);
        let proven = sniff::prove(FileType::Csv, text.as_slice());
        assert!(proven.is_ok(), "{first:?}: {proven:?}");
        assert_eq!(sniff::identify(text.as_slice()), Some(FileType::Txt));
        texts += 1;
    }
    assert!(texts > 30_000, "{texts}");
}

#[test]
fn a_text_behind_a_byte_order_mark_may_be_cut_within_its_last_character() {
    for letter in ["ë", "你", "🙂"] {
        let text = format!("id;name\r\n1;Zo{letter}");
        let whole = format!("\u{FEFF}{text}").into_bytes();
        for missing in 1..letter.len() {
            let cut = whole[..whole.len() - missing].to_vec();
            all_are(FileType::Csv, true, &[("UTF-8", cut)]);
        }
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let whole = utf16(&text, to_bytes);
            for missing in 1..letter.encode_utf16().count() * 2 {
                let cut = whole[..whole.len() - missing].to_vec();
                all_are(FileType::Csv, true, &[("UTF-16", cut)]);
            }
        }
        let whole = utf32(&text, u32::to_le_bytes);
        for missing in 1..4 {
            let cut = whole[..whole.len() - missing].to_vec();
            all_are(FileType::Csv, true, &[("UTF-32", cut)]);
        }
    }
}

#[test]
fn a_text_that_does_not_follow_its_byte_order_mark_is_named() {
    for rows in [
        &b"id;name\r\n1;Zo\xEB\r\n"[..],
        b"\xC8\xEC\xFF;\xC3\xEE\xF0\xEE\xE4\r\n",
    ] {
        let bytes = join(&[b"\xEF\xBB\xBF", rows]);
        let rejected = sniff::prove(FileType::Csv, bytes.as_slice()).expect_err("not UTF-8");
        let position = rejected.position().expect("a position");
        assert_eq!(
            rejected.to_string(),
            format!(
                "declared csv, but the content is text whose byte order mark says UTF-8, but which is not \
                 UTF-8 (first at byte {position})"
            )
        );
        assert_eq!(
            rejected.hint(),
            Some("save it as UTF-8 (in Excel: CSV UTF-8), or remove the byte order mark")
        );
        assert!(sniff::prove(FileType::Csv, rows).is_ok());
    }
    let binary = b"\xEF\xBB\xBF\x01\x8A\xFE\0\xC8";
    let rejected = sniff::prove(FileType::Csv, binary.as_slice()).expect_err("binary");
    assert_eq!(
        rejected.to_string(),
        "declared csv, but the content is binary data (first at byte 6)"
    );
}

#[test]
fn the_first_byte_that_is_not_in_the_encoding_of_the_mark_is_reported() {
    for count in [0, 7, 12_284, 12_285, 30_000] {
        let bytes = join(&[b"\xEF\xBB\xBF", &b"a".repeat(count), b"\xE9t\xE9\n"]);
        let rejected = sniff::prove(FileType::Csv, bytes.as_slice()).expect_err("not UTF-8");
        assert_eq!(rejected.position(), Some(3 + count));
    }
}
