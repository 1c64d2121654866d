//! The bytes before the first whole frame of MP3 and AAC that has no tag.

use ccmessaging_core::FileType;

use crate::all_are;
use crate::build::{adts, frames, join};
use crate::text::ebcdic;

/// Twenty frames of MPEG-1 layer III at 320 kbit/s and 48 kHz: 960 bytes each.
fn long_frames() -> Vec<u8> {
    frames(&[0xFF, 0xFB, 0xE4, 0x00], 960, 20)
}

/// As many bytes that are neither text nor the beginning of a known format: what is left of a frame
/// that was cut off.
fn rest_of_a_frame(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| u8::try_from((at * 37 + 0x81) % 251).expect("less than 251"))
        .collect()
}

#[test]
fn a_recording_cut_in_its_first_frame_is_accepted() {
    for length in [1, 3, 40, 953, 954, 960] {
        all_are(
            FileType::Mp3,
            true,
            &[("cut", join(&[&rest_of_a_frame(length), &long_frames()]))],
        );
    }
    let stuffed = |bits: &[u8], name: &[u8]| join(&[&bits.repeat(300), name, &bits.repeat(90)]);
    for (name, lead) in [
        (
            "in a frame that LAME stuffed",
            &stuffed(b"U", b"LAME3.100")[..],
        ),
        ("stuffed by a beta", &stuffed(b"\xAA", b"LAME3.98 (beta)")),
        ("stuffed with ones", &stuffed(b"\xFF", b"")),
        ("in the name that LAME stuffs frames with", b"ME3.100UUU"),
        ("three bytes that are letters by chance", b"MD!"),
        ("behind a blank line", b"\r\n"),
        (
            "behind the answer of a SHOUTcast server",
            b"ICY 200 OK\r\nicy-name:Radio\r\n\r\n",
        ),
        ("bytes that are letters in Windows-1252", b"\xE9\xE8 \xFC"),
        ("a few zeros, then the rest", b"\0\0\0\x81\x02\x99"),
    ] {
        all_are(
            FileType::Mp3,
            true,
            &[(name, join(&[lead, &long_frames()]))],
        );
    }
    all_are(
        FileType::Aac,
        true,
        &[("ADTS", join(&[&rest_of_a_frame(60), &adts(20)]))],
    );
}

#[test]
fn frames_behind_something_else_are_no_audio() {
    let script = b"<?php system($_GET['c']); ?>\n";
    let wave64 = join(&[
        b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\0\0\0\xBE\0\0\0\0\0\0",
        b"wave\xF3\xAC\xD3\x11\x8C\xD1\0\xC0\x4F\x8E\xDB\x8A",
    ]);
    let utf16 = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>()
    };
    for (name, lead) in [
        ("a script", script.to_vec()),
        ("a script filled up with zeros", join(&[script, &[0; 900]])),
        (
            "a script filled up with ones",
            join(&[script, &[0xFF; 900]]),
        ),
        ("a script with another byte", join(&[script, b"\x01"])),
        ("a script behind zeros", join(&[&[0; 9], script])),
        ("a script behind padding", join(&[&[0; 64], script])),
        (
            "a page with a program in it",
            b"<html><hta:application><script>run()</script></html>".to_vec(),
        ),
        ("a batch file", b"@echo off\r\nstart calc\r\n".to_vec()),
        (
            "a drawing",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(),
        ),
        ("prose", b"hello world".to_vec()),
        ("prose behind a byte order mark", b"\xEF\xBB\xBFhi".to_vec()),
        (
            "prose in Windows-1251",
            b"\xCF\xF0\xE8\xE2\xE5\xF2, ".repeat(10),
        ),
        (
            "UTF-16",
            join(&[b"\xFF\xFE", &utf16("<script>run()</script>")]),
        ),
        ("UTF-16 without a mark", utf16("<script>run()</script>")),
        ("EBCDIC", ebcdic("The quick brown fox.")),
        (
            "a SHOUTcast answer without an end",
            b"ICY 200 OK\r\n".to_vec(),
        ),
        (
            "a Windows shortcut",
            join(&[b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xC0", &rest_of_a_frame(63)]),
        ),
        ("Wave64", wave64),
        (
            "a sector of ISO 9660",
            join(&[b"\x01CD001\x01\0", &rest_of_a_frame(40)]),
        ),
        (
            "the first sectors of ISO 9660",
            join(&[
                &b"\0".repeat(32_768),
                b"\x01CD001\x01\0",
                &rest_of_a_frame(2_040),
            ]),
        ),
        ("more than a frame", rest_of_a_frame(961)),
        (
            "zeros and more than a frame",
            join(&[&[0; 31], &rest_of_a_frame(930)]),
        ),
    ] {
        all_are(
            FileType::Mp3,
            false,
            &[(name, join(&[&lead, &long_frames()]))],
        );
        all_are(FileType::Aac, false, &[(name, join(&[&lead, &adts(100)]))]);
    }
    all_are(
        FileType::Aac,
        false,
        &[(
            "more than a frame of ADTS",
            join(&[&rest_of_a_frame(65), &adts(20)]),
        )],
    );
}

#[test]
fn frames_behind_the_header_of_another_format_are_no_audio() {
    for (name, lead) in [
        (
            "the header of an ICC profile",
            join(&[
                b"\0\0\x02\x10ADBE\x02\x10\0\0mntrRGB XYZ \x07\xCF\0\x06\0\x03",
                b"\0\0\0\0\0\0acspAPPL\0\0\0\0none\0\0\0\0",
            ]),
        ),
        (
            "a record of numbers",
            (1..60_u32).flat_map(u32::to_le_bytes).collect(),
        ),
        (
            "zeros, then a picture of QuickDraw",
            join(&[
                &[0; 512],
                b"\x1A\x2C\0\0\0\0\0\xC8\x01\x2C\0\x11\x02\xFF\x0C\0\xFF\xFE\0\0\0\x48",
            ]),
        ),
        (
            "zeros, then more than a frame",
            join(&[&[0; 64], &rest_of_a_frame(961)]),
        ),
        (
            "Matroska without a document type",
            join(&[b"\x1A\x45\xDF\xA3", &rest_of_a_frame(56)]),
        ),
    ] {
        all_are(
            FileType::Mp3,
            false,
            &[(name, join(&[&lead, &long_frames()]))],
        );
        all_are(FileType::Aac, false, &[(name, join(&[&lead, &adts(100)]))]);
    }
}

#[test]
fn nothing_is_cut_before_the_index_that_opens_a_stream() {
    for (name, offset) in [(b"Xing", 36), (b"Info", 36), (b"Info", 21), (b"VBRI", 36)] {
        let mut stream = long_frames();
        stream[offset..offset + 4].copy_from_slice(name);
        all_are(FileType::Mp3, true, &[("complete", stream.clone())]);
        let lead = rest_of_a_frame(100);
        all_are(
            FileType::Mp3,
            false,
            &[("behind other bytes", join(&[&lead, &stream]))],
        );
        let response = b"ICY 200 OK\r\n\r\n";
        all_are(
            FileType::Mp3,
            true,
            &[("behind a response", join(&[response, &stream]))],
        );
    }
}
