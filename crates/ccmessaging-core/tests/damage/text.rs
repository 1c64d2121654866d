//! Texts that lost characters.

use ccmessaging_core::{Declared, FileType};

use crate::{reason, samples};

#[test]
fn a_replacement_character_in_a_text_is_legitimate() {
    let texts = [
        "caf\u{fffd};na\u{fffd}ve\r\n".to_owned(),
        "caf\u{fffd};café;naïve\r\n".repeat(20),
        format!(
            "{}\u{fffd}\u{fffd}\u{fffd}",
            "a line of text\r\n".repeat(20)
        ),
    ];
    for text in &texts {
        for declared in [
            FileType::Txt.into(),
            FileType::Csv.into(),
            Declared::Unknown,
        ] {
            assert_eq!(reason(text.as_bytes(), declared), None, "{text}");
        }
        let found = reason(text.as_bytes(), FileType::Jpg);
        assert_eq!(found, Some("content_mismatch"), "{text}");
    }
}

#[test]
fn a_text_of_another_encoding_that_was_decoded_as_utf_8_is_refused() {
    let is_legacy = |name: &str| name.starts_with("gb18030") || name.starts_with("shift-jis");
    let texts: Vec<_> = samples().filter(|(name, ..)| is_legacy(name)).collect();
    assert_eq!(texts.len(), 2);
    for (name, file_type, text) in texts {
        assert_eq!(reason(&text, file_type), None, "{name}");
        let damaged = String::from_utf8_lossy(&text).into_owned();
        for declared in [file_type.into(), FileType::Csv.into(), Declared::Unknown] {
            let found = reason(damaged.as_bytes(), declared);
            assert_eq!(found, Some("damaged_in_transit"), "{name}");
        }
    }
}
