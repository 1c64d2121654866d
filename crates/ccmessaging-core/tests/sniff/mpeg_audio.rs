//! MP3 and AAC: frames, tags and what stands between them.

use ccmessaging_core::{FileType, sniff};

use crate::all_are;
use crate::build::{adts, frames, id3, join, mp3, with};
use crate::text::ebcdic;

/// An `ID3v1` tag.
fn id3v1() -> Vec<u8> {
    let mut tag = b"TAG".to_vec();
    tag.resize(128, 0);
    tag
}

/// An `APEv2` tag of no items with header and footer.
fn ape() -> Vec<u8> {
    let size_and_count = b"APETAGEX\xD0\x07\0\0\x20\0\0\0\0\0\0\0";
    join(&[
        size_and_count,
        &[0, 0, 0, 0xA0, 0, 0, 0, 0, 0, 0, 0, 0],
        size_and_count,
        &[0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0],
    ])
}

#[test]
fn layer_iii_of_every_version_is_mp3() {
    // Version and CRC bits, bit rate and sampling bits, and the frame length that follows.
    for (name, header, length) in [
        (
            "MPEG-1, 128 kbit/s, 44.1 kHz",
            [0xFF, 0xFB, 0x90, 0x00],
            417,
        ),
        ("MPEG-1 with CRC", [0xFF, 0xFA, 0x90, 0x00], 417),
        ("MPEG-1, padded", [0xFF, 0xFB, 0x92, 0x00], 418),
        ("MPEG-1, 320 kbit/s, 48 kHz", [0xFF, 0xFB, 0xE4, 0x00], 960),
        (
            "MPEG-1, 32 kbit/s, 32 kHz, mono",
            [0xFF, 0xFB, 0x18, 0xC0],
            144,
        ),
        (
            "MPEG-2, 64 kbit/s, 22.05 kHz",
            [0xFF, 0xF3, 0x80, 0x00],
            208,
        ),
        ("MPEG-2 with CRC", [0xFF, 0xF2, 0x80, 0x00], 208),
        ("MPEG-2.5, 8 kbit/s, 8 kHz", [0xFF, 0xE3, 0x18, 0x00], 72),
    ] {
        all_are(FileType::Mp3, true, &[(name, frames(&header, length, 3))]);
        all_are(FileType::Aac, false, &[(name, frames(&header, length, 3))]);
    }
}

#[test]
fn free_format_is_mp3_when_its_frames_are_equidistant() {
    let free = frames(&[0xFF, 0xFB, 0x00, 0x00], 522, 4);
    all_are(FileType::Mp3, true, &[("four frames", free.clone())]);
    all_are(
        FileType::Mp3,
        false,
        &[
            ("three frames", free[..3 * 522].to_vec()),
            ("one out of step", with(&free, 2 * 522, 0)),
        ],
    );
}

#[test]
fn tags_padding_and_cuts_around_mp3_are_accepted() {
    let audio = mp3(4);
    all_are(
        FileType::Mp3,
        true,
        &[
            ("one frame to the end", mp3(1)),
            ("two frames to an ID3v1 tag", join(&[&mp3(2), &id3v1()])),
            ("two frames to an APEv2 tag", join(&[&mp3(2), &ape()])),
            (
                "two frames to Lyrics3",
                join(&[&mp3(2), b"LYRICSBEGIN000009LYRICS200"]),
            ),
            ("the second frame cut off", mp3(2)[..500].to_vec()),
            ("cover art", join(&[&id3(300_000), &audio])),
            ("stacked tags", join(&[&id3(10), &id3(2_000), &audio])),
            (
                "ID3v2.4 with a footer",
                join(&[b"ID3\x04\0\x10\0\0\0\x02xx3DI\x04\0\x10\0\0\0\x02", &audio]),
            ),
            ("APEv2 in front", join(&[&ape(), &audio])),
            (
                "padding that the tag's size omits",
                join(&[&id3(100), &[0; 3_000], &audio]),
            ),
            (
                "junk behind the tag",
                join(&[&id3(100), b"junk from a tagger", &audio]),
            ),
            ("zeros in front", join(&[&[0; 500], &audio])),
            (
                "recorded from the middle of a frame",
                mp3(12)[100..].to_vec(),
            ),
        ],
    );
}

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
    let stuffing = join(&[&b"U".repeat(300), b"LAME3.100", &b"U".repeat(90)]);
    for (name, lead) in [
        ("in a frame that LAME stuffed", &stuffing[..]),
        ("in the name that LAME stuffs frames with", b"ME3.100UUU"),
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
            b"\xCF\xF0\xE8\xE2\xE5\xF2, ".repeat(5),
        ),
        ("UTF-16", join(&[b"\xFF\xFE", &utf16("hello world")])),
        ("UTF-16 without a mark", utf16("hello world")),
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
            join(&[&[0; 32_768], b"\x01CD001\x01\0", &rest_of_a_frame(2_040)]),
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
fn near_misses_of_mp3_are_refused() {
    let audio = mp3(3);
    let changed = with(&audio, 418, 0xFA);
    all_are(FileType::Mp3, true, &[("CRC on one frame only", changed)]);
    all_are(
        FileType::Mp3,
        false,
        &[
            ("a header alone", audio[..4].to_vec()),
            (
                "one frame and a half, no second header",
                join(&[&mp3(1), &[0x55; 200]]),
            ),
            ("the third frame is out of step", with(&audio, 2 * 417, 0)),
            (
                "the second has another sampling rate",
                with(&audio, 419, 0x94),
            ),
            ("reserved version", with(&mp3(1), 1, 0xEB)),
            ("forbidden bit rate", with(&mp3(1), 2, 0xF0)),
            ("reserved sampling rate", with(&mp3(1), 2, 0x9C)),
            ("reserved emphasis", with(&mp3(1), 3, 0x02)),
            ("layer II", frames(&[0xFF, 0xFD, 0x80, 0x00], 417, 4)),
            ("layer I", frames(&[0xFF, 0xFF, 0x90, 0x00], 312, 4)),
            ("a tag without audio", id3(500)),
            (
                "a tag longer than the file",
                join(&[&id3(5_000)[..2_000], &audio[..0]]),
            ),
            (
                "FLAC behind a tag",
                join(&[&id3(100), b"fLaC\0\0\0\x22", &[7; 2_000]]),
            ),
            (
                "WAV that carries MP3",
                join(&[b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0data\0\0\0\0", &mp3(12)]),
            ),
            (
                "an ill-formed tag in front of a program",
                join(&[b"ID3\x7FELF", &[0; 600]]),
            ),
            (
                "five frames from the middle of a stream",
                join(&[b"not audio", &mp3(2), &[0; 90]]),
            ),
        ],
    );
}

#[test]
fn adts_of_every_kind_is_aac() {
    for (name, header) in [
        ("MPEG-4 LC", [0xFF, 0xF1, 0x50, 0x80, 0x08, 0x1F, 0xFC]),
        ("MPEG-2 LC", [0xFF, 0xF9, 0x50, 0x80, 0x08, 0x1F, 0xFC]),
        ("with CRC", [0xFF, 0xF0, 0x50, 0x80, 0x08, 0x1F, 0xFC]),
        (
            "Main profile, 96 kHz",
            [0xFF, 0xF1, 0x00, 0x80, 0x08, 0x1F, 0xFC],
        ),
        ("7.35 kHz", [0xFF, 0xF1, 0x70, 0x80, 0x08, 0x1F, 0xFC]),
        ("7.1 channels", [0xFF, 0xF1, 0x51, 0xC0, 0x08, 0x1F, 0xFC]),
    ] {
        all_are(FileType::Aac, true, &[(name, frames(&header, 64, 3))]);
        all_are(FileType::Mp3, false, &[(name, frames(&header, 64, 3))]);
    }
    all_are(
        FileType::Aac,
        true,
        &[
            ("one frame to the end", adts(1)),
            ("behind a tag", join(&[&id3(40), &adts(3)])),
            (
                "junk between tag and audio",
                join(&[&id3(40), b"junk", &adts(5)]),
            ),
            ("APEv2 behind", join(&[&adts(2), &ape()])),
            ("from the middle of a stream", adts(20)[30..].to_vec()),
        ],
    );
}

#[test]
fn near_misses_of_adts_are_refused() {
    let audio = adts(3);
    all_are(
        FileType::Aac,
        false,
        &[
            ("sync word of 11 bits", with(&adts(1), 1, 0xE1)),
            ("reserved sampling frequency", with(&adts(1), 2, 0x74)),
            (
                "frame shorter than its header",
                with(&with(&adts(1), 4, 0), 5, 0xDF),
            ),
            ("third frame out of step", with(&audio, 128, 0)),
            ("channels change at once", with(&audio, 64 + 3, 0xC0)),
            ("AC-3", join(&[b"\x0B\x77", &[0; 200]])),
        ],
    );
}

/// The fields of an ADIF header with one program, in the order of ISO/IEC 13818-7 section 6.1.
struct Adif {
    bit_rate: u32,
    fullness: u32,
    sampling: u32,
    /// Of the front elements: whether each is a pair of channels, and its tag.
    elements: &'static [(bool, u32)],
}

/// 128 kbit/s constant rate, LC at 44.1 kHz, one pair of channels.
const STEREO: Adif = Adif {
    bit_rate: 128_000,
    fullness: 12_288,
    sampling: 4,
    elements: &[(true, 0)],
};

impl Adif {
    fn file(&self) -> Vec<u8> {
        let count = u32::try_from(self.elements.len()).expect("a few elements");
        // Each field's value and width: first those up to the element counts, then the rest.
        let mut fields = vec![
            (0, 1),
            (0, 3),
            (self.bit_rate, 23),
            (0, 4),
            (self.fullness, 20),
        ];
        fields.extend([(0, 4), (1, 2), (self.sampling, 4), (count, 4)]);
        fields.extend([(0, 4), (0, 4), (0, 2), (0, 3), (0, 4), (0, 3)]);
        for &(is_pair, tag) in self.elements {
            fields.extend([(u32::from(is_pair), 1), (tag, 4)]);
        }
        let bits = fields
            .iter()
            .flat_map(|&(value, width)| (0..width).rev().map(move |bit| value >> bit & 1 == 1))
            .collect::<Vec<_>>();
        let header = bits.chunks(8).map(|byte| {
            let bit = |at: usize| u8::from(byte.get(at).copied().unwrap_or(false));
            (0..8).fold(0, |value, at| value << 1 | bit(at))
        });
        join(&[b"ADIF", &header.collect::<Vec<_>>(), &[0; 20]])
    }
}

#[test]
fn adif_needs_a_header_whose_fields_fit_together() {
    let surround = &[(false, 0), (true, 0), (true, 1)];
    all_are(
        FileType::Aac,
        true,
        &[
            ("stereo", STEREO.file()),
            ("behind a tag", join(&[&id3(40), &STEREO.file()])),
            (
                "five channels",
                Adif {
                    bit_rate: 1_300_000,
                    fullness: 5 * 6_144,
                    elements: surround,
                    ..STEREO
                }
                .file(),
            ),
        ],
    );
    all_are(
        FileType::Aac,
        false,
        &[
            ("magic only", b"ADIF".to_vec()),
            ("zeros", join(&[b"ADIF", &[0; 30]])),
            ("cut off in the header", STEREO.file()[..14].to_vec()),
            (
                "no channel",
                Adif {
                    elements: &[],
                    fullness: 0,
                    bit_rate: 0,
                    ..STEREO
                }
                .file(),
            ),
            (
                "reserved sampling frequency",
                Adif {
                    sampling: 13,
                    ..STEREO
                }
                .file(),
            ),
            (
                "a higher bit rate than two channels have",
                Adif {
                    bit_rate: 529_201,
                    ..STEREO
                }
                .file(),
            ),
            (
                "a fuller buffer than two channels have",
                Adif {
                    fullness: 12_289,
                    ..STEREO
                }
                .file(),
            ),
            (
                "an element twice",
                Adif {
                    elements: &[(true, 1), (true, 1)],
                    ..STEREO
                }
                .file(),
            ),
        ],
    );
}

#[test]
fn a_log_of_a_radio_amateur_is_text_and_no_adif() {
    let record = "<call:5>DL1AB<qso_date:8>20240131<time_on:4>1200<band:3>20m<eor>\n";
    for header in [
        "ADIF Export",
        "ADIF\n1\n",
        "ADIF 3.1.4 export from a log\r\n<adif_ver:5>3.1.4<eoh>\r\n",
        "ADIF_VER:5>3.1.4\n",
        "ADIF@0000@@@@@@@@",
        "ADIFp is a format for the logs of radio amateurs\n",
    ] {
        for text in [header.to_owned(), format!("{header}{}", record.repeat(20))] {
            let text = text.as_bytes();
            assert_eq!(sniff::prove(FileType::Txt, text), Ok(()), "{header}");
            assert!(sniff::prove(FileType::Aac, text).is_err(), "{header}");
            assert_eq!(sniff::identify(text), Some(FileType::Txt), "{header}");
        }
    }
}
