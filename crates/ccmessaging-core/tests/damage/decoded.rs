//! Files that were decoded and encoded as UTF-8, or in small character sets.

use ccmessaging_core::{Declared, FileType, Policy, UploadRequest};

use crate::{binary_samples, reason, sample};

/// `file` after each of the usual accidents.
fn accidents(file: &[u8]) -> [Vec<u8>; 6] {
    let replaced = String::from_utf8_lossy(file).into_owned();
    // Characters beyond Latin-1 become question marks.
    let encoded = replaced.chars().map(|it| u8::try_from(it).unwrap_or(b'?'));
    let encoded = encoded.collect();
    let latin1: String = file.iter().copied().map(char::from).collect();
    let twice: String = latin1.bytes().map(char::from).collect();
    let windows: String = file
        .iter()
        .map(|&byte| match byte {
            0x80 => '€',
            0x89 => '‰',
            0x99 => '™',
            other => char::from(other),
        })
        .collect();
    let question_marks = file
        .iter()
        .map(|byte| if byte.is_ascii() { *byte } else { b'?' });
    [
        replaced.into_bytes(),
        latin1.into_bytes(),
        twice.into_bytes(),
        windows.into_bytes(),
        question_marks.collect(),
        encoded,
    ]
}

#[test]
fn a_binary_file_that_was_decoded_as_text_is_refused_as_that() {
    for (name, file_type, file) in binary_samples() {
        assert_eq!(reason(&file, file_type), None, "{name}");
        for (accident, damaged) in accidents(&file).iter().enumerate() {
            for declared in [Declared::Type(file_type), Declared::Unknown] {
                let found = reason(damaged, declared.clone());
                assert_eq!(
                    found,
                    Some("damaged_in_transit"),
                    "{name} {accident} {declared:?}"
                );
            }
        }
    }
}

#[test]
fn a_part_of_a_destroyed_file_is_recognised_too() {
    for (name, file_type, file) in binary_samples() {
        let damaged = String::from_utf8_lossy(&file).into_owned();
        let cut = &damaged.as_bytes()[..=damaged.len() / 2];
        let found = reason(cut, file_type);
        assert_eq!(found, Some("damaged_in_transit"), "{name}");
    }
}

#[test]
fn a_binary_file_that_is_sent_as_a_string_is_named_as_damaged() {
    for (name, file_type, file) in binary_samples() {
        for damaged in &accidents(&file)[..2] {
            let found = reason(damaged, FileType::Txt);
            assert_eq!(found, Some("damaged_in_transit"), "{name} {file_type}");
        }
    }
    let text = format!("a\0b {} caf\u{fffd}", "text ".repeat(100));
    assert_eq!(
        reason(text.as_bytes(), FileType::Txt),
        Some("content_mismatch")
    );
}

#[test]
fn a_film_whose_eighth_bits_were_lost_is_refused() {
    let (file_type, film) = sample("h264-aac.mp4");
    let cleared: Vec<u8> = film.iter().map(|byte| byte & 0x7F).collect();
    assert_eq!(reason(&cleared, file_type), Some("damaged_in_transit"));
}

#[test]
fn the_message_about_a_film_names_the_cause() {
    let (file_type, film) = sample("h264-aac.mp4");
    for damaged in accidents(&film) {
        let request = UploadRequest::from_file(damaged, file_type);
        let error = request.validate(&Policy::default()).expect_err("damaged");
        let message = error.to_string();
        assert!(
            message.contains("a program decoded its bytes as text"),
            "{message}"
        );
    }
}
