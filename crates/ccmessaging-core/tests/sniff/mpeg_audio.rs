//! MP3 and AAC: frames, tags and the bytes between them.

use ccmessaging_core::FileType;

use crate::all_are;
use crate::build::{adts, frames, id3, join, mp3, with};

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

#[test]
fn near_misses_of_mp3_are_rejected() {
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
fn near_misses_of_adts_are_rejected() {
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
