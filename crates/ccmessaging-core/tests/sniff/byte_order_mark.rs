//! What stands behind a byte order mark.

use ccmessaging_core::{FileType, sniff};

use crate::all_are;
use crate::build::join;
use crate::text::{utf16, utf32};

#[test]
fn what_stands_behind_a_byte_order_mark_must_be_what_the_mark_says() {
    let half = utf16("a,b\r\n1,2\r\n", u16::to_le_bytes);
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
                "UTF-8 mark, cut off within a letter",
                b"\xEF\xBB\xBFcaf\xC3".to_vec(),
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
            ("UTF-16 mark, half a unit", half[..half.len() - 1].to_vec()),
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

#[test]
fn the_first_byte_that_breaks_the_promise_of_a_mark_is_reported() {
    for count in [0, 7, 12_284, 12_285, 30_000] {
        let bytes = join(&[b"\xEF\xBB\xBF", &b"a".repeat(count), b"\xE9t\xE9\n"]);
        let rejected = sniff::prove(FileType::Csv, bytes.as_slice()).expect_err("not UTF-8");
        assert_eq!(rejected.position(), Some(3 + count));
    }
}
