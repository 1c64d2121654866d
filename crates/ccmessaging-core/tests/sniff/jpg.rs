//! JPEG: ITU-T T.81 annex B.

use ccmessaging_core::{FileType, sniff};

use crate::all_are;
use crate::build::{app0, dqt, jfif, join, segment, sof0, with};

const SOI: &[u8] = &[0xFF, 0xD8];
const COM: u8 = 0xFE;
const APP5: u8 = 0xE5;

/// An image whose segments before the frame header are these.
fn image(segments: &[&[u8]]) -> Vec<u8> {
    join(&[SOI, &segments.concat(), &sof0()])
}

#[test]
fn whatever_segments_precede_the_frame_header_it_is_found() {
    let unknown = segment(APP5, b"Nova");
    all_are(
        FileType::Jpg,
        true,
        &[
            ("JFIF", jfif()),
            ("frame header first", image(&[])),
            ("comment first", image(&[&segment(COM, b"hi"), &app0()])),
            ("an empty comment", image(&[&segment(COM, b"")])),
            ("unknown application data", image(&[&unknown])),
            (
                "a long comment first",
                image(&[&segment(COM, &b"x".repeat(65_000)), &unknown, &app0()]),
            ),
            (
                "a frame header far behind",
                image(&[&app0(), &segment(0xE2, &b"x".repeat(65_000)).repeat(3)]),
            ),
            (
                "many application segments",
                image(&[&app0(), &segment(0xE2, b"x").repeat(1_000)]),
            ),
            (
                "countless comments first",
                image(&[&segment(COM, b"").repeat(3_000), &app0()]),
            ),
            (
                "fill bytes",
                image(&[&[0xFF; 600], &app0(), &[0xFF; 3_000]]),
            ),
            (
                "stray bytes between segments, as decoders skip them",
                image(&[&app0(), b"hello", &dqt(), b"\0\0\xFF\0\0"]),
            ),
            (
                "4 KiB of stray bytes before tables and the frame header",
                image(&[&app0(), &[0; 4_096], &dqt()]),
            ),
            (
                "4 KiB of stray bytes between a table and the frame header",
                image(&[&app0(), &dqt(), &[0; 4_096]]),
            ),
            (
                "a number of lines first",
                image(&[&segment(0xDC, &[0, 16]), &app0(), &dqt()]),
            ),
            (
                "markers without a segment, then segments",
                image(&[b"\xFF\x01\xFF\xD0\xFF\xD7", &app0(), b"\xFF\xD3", &dqt()]),
            ),
            (
                "a restart marker instead of that of the first segment",
                with(&jfif(), 3, 0xD0),
            ),
            (
                "codes without a segment after the frame header",
                join(&[
                    &image(&[]),
                    b"\xFF\x02\xFF\x01\xFF\xF7\0\x04\xFF\xE1\0\x01scan\xFF\xD9",
                ]),
            ),
            (
                "a lossless frame of 12 bits",
                join(&[SOI, b"\xFF\xC3\0\x0B\x0C\0\x10\0\x10\x01\x01\x11\0"]),
            ),
        ],
    );
}

#[test]
fn a_file_that_is_cut_off_or_has_no_image_is_known_by_one_of_its_segments() {
    let cut = |segment: Vec<u8>, length: usize| join(&[SOI, &segment[..length]]);
    all_are(
        FileType::Jpg,
        true,
        &[
            ("JFIF, cut off behind its identifier", jfif()[..11].to_vec()),
            ("JFIF, cut off behind its segment", jfif()[..20].to_vec()),
            ("Exif", join(&[SOI, b"\xFF\xE1\x20\x00Exif\0\0MM\0*"])),
            (
                "XMP first",
                join(&[SOI, b"\xFF\xE1\x20\x00http://ns.adobe.com/xap/1.0/\0"]),
            ),
            (
                "Adobe CMYK",
                join(&[SOI, b"\xFF\xEE\x00\x0EAdobe\0\x64\0\0\0\0\x02\xFF\xDB"]),
            ),
            (
                "ICC profile first",
                join(&[SOI, b"\xFF\xE2\x0C\x58ICC_PROFILE\0\x01\x01"]),
            ),
            ("quantisation table", cut(dqt(), 14)),
            ("Huffman table", join(&[SOI, b"\xFF\xC4\x00\x1F\x10\0\x02"])),
            (
                "arithmetic conditioning",
                join(&[SOI, b"\xFF\xCC\x00\x04\x11"]),
            ),
            ("restart interval", join(&[SOI, b"\xFF\xDD\x00\x04\0"])),
            (
                "thumbnail without an image",
                join(&[SOI, &app0(), b"\xFF\xD9"]),
            ),
        ],
    );
}

#[test]
fn a_comment_or_unknown_data_alone_shows_no_jpeg() {
    let page = b"<html><script>alert(1)</script></html>\n".repeat(20);
    let program = join(&[b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0\xB8", &[0; 200]]);
    let empty_comment = segment(COM, b"");
    for (name, beginning) in [
        ("an empty comment", join(&[SOI, &empty_comment])),
        ("two", join(&[SOI, &empty_comment, &empty_comment])),
        ("a comment to the end", join(&[SOI, b"\xFF\xFE\xFF\xFF"])),
        ("unknown data", join(&[SOI, &segment(APP5, b"Nova")])),
        (
            "unknown data to the end",
            join(&[SOI, b"\xFF\xE5\xFF\xFFNova"]),
        ),
        (
            "a table that is too long",
            join(&[SOI, b"\xFF\xDB\xFF\xFF\0"]),
        ),
    ] {
        all_are(
            FileType::Jpg,
            false,
            &[
                (name, beginning.clone()),
                (name, join(&[&beginning, &page])),
                (name, join(&[&beginning, &program])),
            ],
        );
    }
    for (name, beginning) in [
        ("JFIF", join(&[SOI, &app0()])),
        (
            "a comment and a table",
            join(&[SOI, &empty_comment, &dqt()]),
        ),
    ] {
        all_are(
            FileType::Jpg,
            false,
            &[
                (name, join(&[&beginning, &page])),
                (name, join(&[&beginning, &program])),
            ],
        );
    }
}

#[test]
fn near_misses_are_rejected() {
    let jfif = jfif();
    all_are(
        FileType::Jpg,
        false,
        &[
            ("SOI only", SOI.to_vec()),
            ("cut off before the length", jfif[..5].to_vec()),
            ("second byte wrong", with(&jfif, 1, 0xD9)),
            ("no marker behind SOI", with(&jfif, 2, 0x00)),
            ("EOI behind SOI", with(&jfif, 3, 0xD9)),
            (
                "restart markers and a table without a frame header",
                join(&[SOI, b"\xFF\xD0", &[0; 65], &dqt()]),
            ),
            ("reserved code C8", with(&jfif, 3, 0xC8)),
            ("JPEG-LS", join(&[SOI, b"\xFF\xF7\x00\x04\x08\x00\xFF\xC4"])),
            ("length 0", join(&[SOI, b"\xFF\xE5\x00\x00Nova\xFF\xE1"])),
            ("length 1", join(&[SOI, b"\xFF\xE0\x00\x01JFIF\0\xFF"])),
            (
                "frame header too short",
                join(&[SOI, b"\xFF\xC0\x00\x04\x08\x00\xFF\xC4"]),
            ),
            ("frame header without components", with(&image(&[]), 11, 0)),
            ("frame header of one bit", with(&image(&[]), 6, 1)),
            (
                "more stray bytes than are searched",
                join(&[SOI, &app0(), &[0; 4_200], &dqt(), &sof0()]),
            ),
            (
                "stray bytes and a frame header without a table",
                join(&[SOI, &app0(), &[0; 65], &sof0()]),
            ),
            (
                "stray bytes and a table without a frame header",
                join(&[SOI, &app0(), &[0; 65], &dqt()]),
            ),
            ("stray bytes to the end", join(&[SOI, &app0(), &[0; 65]])),
            (
                "a program behind the first bytes",
                join(&[SOI, b"\xFF\x7FELF\x02\x01\x01"]),
            ),
            ("reversed", jfif.into_iter().rev().collect()),
        ],
    );
}

#[test]
fn a_file_that_only_begins_like_a_jpeg_is_called_damaged() {
    let rejected = sniff::prove(FileType::Jpg, b"\xFF\xD8\xFF\xFE\0\x02MZ".as_slice());
    assert_eq!(
        rejected.expect_err("no JPEG").to_string(),
        "declared jpg, but the content is damaged, or only begins like JPG"
    );
}
