//! Films and bitmaps without bytes beyond ASCII.

use ccmessaging_core::FileType;

use crate::{bitmap, reason, samples, with_each_beyond_ascii};

/// Two ways in which no byte beyond ASCII is left.
fn without_eighth_bits(file: &[u8]) -> [Vec<u8>; 2] {
    let cleared = file.iter().map(|byte| byte & 0x7F).collect();
    let escape = |byte| format!("\\x{byte:02x}").into_bytes();
    [cleared, with_each_beyond_ascii(file, escape)]
}

#[test]
fn a_film_or_bitmap_whose_eighth_bits_were_lost_is_refused() {
    let films = samples().filter(|(_, file_type, _)| *file_type == FileType::Mp4);
    let films: Vec<_> = films.collect();
    assert!(!films.is_empty());
    for (name, file_type, film) in films {
        for damaged in without_eighth_bits(&film) {
            assert!(reason(&damaged, file_type).is_some(), "{name}");
        }
        if name == "h264-aac.mp4" {
            let [cleared, _] = without_eighth_bits(&film);
            assert_eq!(reason(&cleared, file_type), Some("damaged_in_transit"));
        }
    }
    // The length of the file has a byte beyond ASCII, those of rows and columns have none.
    let pixels: Vec<_> = (0..=255).cycle().take(1200).collect();
    let picture = bitmap((20, 20), &pixels);
    assert_eq!(reason(&picture, FileType::Bmp), None);
    let [cleared, _] = without_eighth_bits(&picture);
    assert_eq!(reason(&cleared, FileType::Bmp), Some("damaged_in_transit"));
}
