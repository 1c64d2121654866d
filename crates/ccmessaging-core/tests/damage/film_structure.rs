//! Films whose boxes or samples are not where they should be.

use ccmessaging_core::media::tracks;
use ccmessaging_core::{FileType, Policy, UploadRequest};

use crate::{DAMAGED, binary_samples, reason, sample, with_crlf, without, without_plus};

fn films() -> impl Iterator<Item = (String, Vec<u8>)> {
    binary_samples()
        .filter(|(_, file_type, _)| *file_type == FileType::Mp4)
        .map(|(name, _, film)| (name, film))
}

/// Films whose samples are where the description says.
fn playable_films() -> impl Iterator<Item = (String, Vec<u8>)> {
    films().filter(|(name, _)| name != "unknown-box.mp4")
}

/// The offset of the last box of a type.
fn position(film: &[u8], kind: &[u8]) -> usize {
    let found = film.windows(4).rposition(|window| window == kind);
    found.expect("a box of this type") - 4
}

#[test]
fn a_film_that_lost_or_gained_bytes_is_refused() {
    for (name, film) in playable_films() {
        let kinds = [
            ("+", without_plus(&film)),
            ("CRLF", with_crlf(&film)),
            ("CR", without(&film, b"\r")),
            ("LF", without(&film, b"\n")),
            ("Windows-1251", without(&film, b"\x98")),
            ("Windows-1252", without(&film, b"\x81\x8D\x8F\x90\x9D")),
        ];
        for (kind, damaged) in kinds {
            if damaged == film {
                continue;
            }
            let found = reason(&damaged, FileType::Mp4);
            // The rule of the type refuses files whose beginning is damaged.
            let is_refused = found == DAMAGED || found == Some("content_mismatch");
            assert!(is_refused, "{name}, {kind}: {found:?}");
        }
    }
}

#[test]
fn the_message_names_the_offset() {
    let (file_type, film) = sample("faststart.mp4");
    let data = position(&film, b"mdat");
    // The length of the first sample's first unit.
    let mut damaged = film.clone();
    damaged[data + 8] = 0xFF;
    assert_eq!(reason(&damaged, file_type), None, "one invalid sample");
    damaged.remove(data + 100);
    let error = UploadRequest::from_file(damaged, file_type)
        .validate(&Policy::default())
        .expect_err("a damaged film");
    let message = format!("from byte {} on", data + 8);
    assert!(error.to_string().contains(&message), "{error}");
}

#[test]
fn a_film_without_its_description_at_the_end_of_the_data_is_refused() {
    let (file_type, film) = sample("h264-aac.mp4");
    let data = position(&film, b"mdat");
    for lost in [1, 2, 3, 8, 100] {
        let mut damaged = film.clone();
        damaged.drain(data + 50..data + 50 + lost);
        assert_eq!(reason(&damaged, file_type), DAMAGED, "{lost} bytes lost");
    }
}

#[test]
fn a_film_that_is_cut_off_is_accepted() {
    for (name, film) in films() {
        for length in 0..=film.len() {
            let found = reason(&film[..length], FileType::Mp4);
            assert_ne!(found, DAMAGED, "{name}, {length} bytes");
        }
    }
}

#[test]
fn a_film_with_foreign_data_behind_it_is_accepted() {
    for name in ["h264-aac.mp4", "faststart.mp4", "hevc-mp42.mp4"] {
        let (file_type, film) = sample(name);
        let trailers: [&[u8]; 4] = [&[0; 100], &[0xFF; 100], b"\r\n--boundary--\r\n", b"\0\0\0"];
        for trailer in trailers {
            let found = reason(&[&film, trailer].concat(), file_type);
            assert_eq!(found, None, "{name}, {trailer:02X?}");
        }
    }
}

#[test]
fn a_film_of_an_interrupted_recorder_is_accepted() {
    let (file_type, film) = sample("h264-aac.mp4");
    let data = position(&film, b"mdat");
    let description = position(&film, b"moov");
    for length in [0_u32, 8, 0x3F3F_3F3F] {
        let mut recording = film[..description].to_vec();
        recording[data..data + 4].copy_from_slice(&length.to_be_bytes());
        assert_eq!(reason(&recording, file_type), None, "length {length:X}");
    }
}

#[test]
fn a_film_with_start_codes_in_place_of_lengths_is_accepted() {
    let (file_type, film) = sample("faststart.mp4");
    let moov = position(&film, b"moov");
    let tracks = tracks::read(&film[moov..position(&film, b"free")]).expect("tracks");
    for (start, expected) in [([0, 0, 0, 1], None), ([0, 1, 0, 0], DAMAGED)] {
        let mut film = film.clone();
        for sample in &tracks[0].samples {
            film[sample.start..sample.start + 4].copy_from_slice(&start);
        }
        assert_eq!(reason(&film, file_type), expected, "{start:?}");
    }
}

#[test]
fn a_film_whose_description_has_a_hole_is_refused() {
    let (file_type, film) = sample("faststart.mp4");
    let moov = position(&film, b"moov");
    let end = position(&film, b"mdat");
    for start in [moov + 300, position(&film, b"stco")] {
        let mut torn = film.clone();
        torn[start..end].fill(0);
        assert_eq!(reason(&torn, file_type), DAMAGED, "from {start}");
    }
}

#[test]
fn a_film_that_lost_bytes_of_its_last_fragment_is_refused() {
    let (file_type, film) = sample("fragmented.mp4");
    let data = position(&film, b"mdat");
    // No box follows the data.
    let film = &film[..position(&film, b"mfra")];
    assert_eq!(reason(film, file_type), None);
    for lost in [1, 2, 3] {
        let mut damaged = film.to_vec();
        damaged.drain(data + 50..data + 50 + lost);
        assert_eq!(reason(&damaged, file_type), DAMAGED, "{lost} bytes lost");
    }
}

#[test]
fn a_fragmented_film_with_zeros_between_its_boxes_is_refused() {
    let (file_type, film) = sample("fragmented.mp4");
    let data = position(&film, b"mdat");
    let mut torn = film.clone();
    torn[data..data + 100].fill(0);
    assert_eq!(reason(&torn, file_type), DAMAGED);
    // Writers pad films with zeros.
    let padded = [&film[..], &[0; 100]].concat();
    assert_eq!(reason(&padded, file_type), None);
    let mut unfinished = film;
    unfinished[data..].fill(0);
    assert_eq!(reason(&unfinished, file_type), None);
}
