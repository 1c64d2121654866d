//! Files most of whose bytes beyond ASCII became the same byte.

use ccmessaging_core::{Declared, FileType};

use crate::{DAMAGED, bitmap, noise, reason, sample, with_each_beyond_ascii};

/// `file` after it was decoded as ISO 8859-1 and encoded as GBK, which has a few of these characters.
fn as_gbk(file: &[u8]) -> Vec<u8> {
    with_each_beyond_ascii(file, |byte| match byte {
        0xB0 => vec![0xA1, 0xE3],
        0xB1 => vec![0xA1, 0xC0],
        0xD7 => vec![0xA1, 0xC1],
        0xE0 => vec![0xA8, 0xA4],
        0xE9 => vec![0xA8, 0xA6],
        0xF7 => vec![0xA1, 0xC2],
        _ => vec![b'?'],
    })
}

/// `file` after the characters in which ISO 8859-1 and Windows-1252 differ were replaced.
fn without_controls(file: &[u8], substitute: u8) -> Vec<u8> {
    with_each_beyond_ascii(file, |byte| match byte {
        0x80..=0x9F => vec![substitute],
        other => vec![other],
    })
}

/// The lower halves of the characters of `file` after it was decoded as UTF-8.
fn lower_halves(file: &[u8]) -> Vec<u8> {
    let lower_half = |character| u32::from(character).to_le_bytes()[0];
    let text = String::from_utf8_lossy(file);
    text.chars().map(lower_half).collect()
}

#[test]
fn a_file_with_one_byte_for_most_others_is_refused() {
    for name in ["photo.jpg", "h264-aac.mp4", "cbr.mp3", "adts.aac"] {
        let (file_type, file) = sample(name);
        assert_eq!(reason(&file, file_type), None, "{name}");
        for (accident, damaged) in [
            as_gbk(&file),
            lower_halves(&file),
            without_controls(&file, b'?'),
            without_controls(&file, 0x1A),
        ]
        .iter()
        .enumerate()
        {
            for declared in [Declared::Type(file_type), Declared::Unknown] {
                let found = reason(damaged, declared);
                assert_eq!(found, DAMAGED, "{name} {accident}");
            }
        }
    }
}

#[test]
fn a_bitmap_with_one_byte_for_most_others_is_refused() {
    let picture = bitmap((100, 100), &noise(30_000));
    assert_eq!(reason(&picture, FileType::Bmp), None);
    for damaged in [
        as_gbk(&picture),
        lower_halves(&picture),
        without_controls(&picture, b'?'),
    ] {
        assert_eq!(reason(&damaged, FileType::Bmp), DAMAGED);
    }
    let nearly_white = |&byte: &u8| if byte < 0x40 { byte } else { 0xFD };
    let pixels: Vec<u8> = noise(30_000).iter().map(nearly_white).collect();
    let picture = bitmap((100, 100), &pixels);
    assert_eq!(reason(&picture, FileType::Bmp), None);
}

#[test]
fn a_repeated_pattern_with_a_substitute_is_intact() {
    // MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes.
    for substitute in [b'?', 0xFD, 0x1A] {
        let mut frame = noise(417);
        frame[..4].copy_from_slice(b"\xFF\xFB\x90\x00");
        // Side information without main data.
        frame[4..36].fill(0);
        frame[200..300].fill(substitute);
        assert_eq!(reason(&frame.repeat(50), FileType::Mp3), None);
    }
}

#[test]
fn a_text_with_many_question_marks_that_is_declared_as_a_photo_is_not_called_damaged() {
    let line = |letter| format!("{letter}? ");
    let text: String = ('0'..='z').map(line).collect();
    let found = reason(text.repeat(20).as_bytes(), FileType::Jpg);
    assert_eq!(found, Some("content_mismatch"));
}
