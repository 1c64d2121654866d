//! JPEG: ITU-T T.81 annex B.

use ccmessaging_core::FileType;

use crate::all_are;
use crate::build::{jfif, join, with};

const SOI: &[u8] = &[0xFF, 0xD8];

#[test]
fn a_first_segment_that_may_stand_there_is_accepted_whatever_it_holds() {
    all_are(
        FileType::Jpg,
        true,
        &[
            ("JFIF", jfif()),
            ("JFIF, cut off behind its identifier", jfif()[..11].to_vec()),
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
            (
                "quantisation table first",
                join(&[SOI, b"\xFF\xDB\x00\x43", &[1; 65], b"\xFF\xC0"]),
            ),
            (
                "quantisation table, cut off",
                join(&[SOI, b"\xFF\xDB\x00\x43", &[1; 9]]),
            ),
            ("comment first", join(&[SOI, b"\xFF\xFE\x00\x04hi\xFF\xDB"])),
            (
                "frame header first",
                join(&[SOI, b"\xFF\xC0\x00\x04\x08\x00\xFF\xC4"]),
            ),
            ("fill bytes", join(&[SOI, &[0xFF; 40], &jfif()[3..]])),
            (
                "unknown application data",
                join(&[SOI, b"\xFF\xE5\x00\x06Nova\xFF\xE1"]),
            ),
            (
                "unknown application data of a length that leads to no marker",
                join(&[SOI, b"\xFF\xE5\x00\x09Nova\0\x01\xFF\xDB\x00\x43", &[1; 65]]),
            ),
            (
                "unknown application data, cut off",
                join(&[SOI, b"\xFF\xE5\x50\x06Nova\0\x01"]),
            ),
            (
                "a comment of a length that leads to no marker",
                join(&[SOI, b"\xFF\xFE\x00\x09hi\xFF\xDB\x00\x43", &[1; 65]]),
            ),
        ],
    );
}

#[test]
fn near_misses_are_refused() {
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
            ("restart marker behind SOI", with(&jfif, 3, 0xD0)),
            ("reserved code C8", with(&jfif, 3, 0xC8)),
            ("JPEG-LS", join(&[SOI, b"\xFF\xF7\x00\x04\x08\x00\xFF\xC4"])),
            ("length 0", join(&[SOI, b"\xFF\xE5\x00\x00Nova\xFF\xE1"])),
            ("length 1", join(&[SOI, b"\xFF\xE0\x00\x01JFIF\0\xFF"])),
            (
                "a program behind the first bytes",
                join(&[SOI, b"\xFF\x7FELF\x02\x01\x01"]),
            ),
            ("reversed", jfif.into_iter().rev().collect()),
        ],
    );
}
