//! What ADTS frames an audio file becomes, and which files are refused.

use ccmessaging_media::convert::{ConvertError, m4a_to_adts};

use crate::build_audio::{Audio, FRAME};
use crate::build_description::{LC, esds, sound};
use crate::build_movie::Movie;
use crate::tree::{find, join, mp4_box, number};

fn convert(audio: &Audio) -> Vec<u8> {
    m4a_to_adts(&audio.build()).unwrap_or_else(|error| panic!("{error}"))
}

fn error(audio: &Audio) -> ConvertError {
    m4a_to_adts(&audio.build()).expect_err("an error")
}

/// The frames with these indexes, with headers of AAC-LC, 44,100 Hz, two channels.
fn adts(audio: &Audio, indexes: impl IntoIterator<Item = usize>) -> Vec<u8> {
    let frames = indexes.into_iter().map(|index| &audio.frames[index]);
    frames
        .flat_map(|frame| {
            let length = u8::try_from((frame.len() + 7) << 3 & 0xFF).expect("a byte");
            let low = u8::try_from((frame.len() + 7) & 7).expect("a byte") << 5;
            join(&[
                &[0xFF, 0xF1, 0x50, 0x80, length >> 6, low | 0x1F, 0xFC],
                frame,
            ])
        })
        .collect()
}

#[test]
fn frames_get_headers() {
    for is_fragmented in [false, true] {
        let audio = Audio {
            is_fragmented,
            ..Audio::new()
        };
        assert_eq!(convert(&audio), adts(&audio, 0..6), "{is_fragmented}");
    }
}

#[test]
fn a_header_names_rate_channels_and_length() {
    // AAC-LC, 48,000 Hz, six channels.
    let mut audio = Audio::of(&[0x11, 0xB0]);
    audio.frames = vec![vec![0x55; 8184]];
    let converted = convert(&audio);
    assert_eq!(converted[..7], [0xFF, 0xF1, 0x4D, 0x83, 0xFF, 0xFF, 0xFC]);
    audio.frames = vec![vec![0x55; 8185]];
    assert!(matches!(error(&audio), ConvertError::Inexpressible { .. }));
}

#[test]
fn he_aac_is_its_core_in_adts() {
    // SBR signalled first: 22,050 Hz extended to 44,100 Hz; and SBR with parametric stereo.
    for configuration in [[0x2B, 0x92, 0x08, 0x00], [0xEB, 0x8A, 0x08, 0x00]] {
        let converted = convert(&Audio::of(&configuration));
        // The profile of AAC-LC and the index of 22,050 Hz.
        assert_eq!(converted[2] >> 2, 0x40 >> 2 | 7);
    }
    // The rate is explicit, but one of the table.
    let converted = convert(&Audio::of(&[0x17, 0x80, 0x56, 0x22, 0x10]));
    assert_eq!(converted[2], 0x50);
}

#[test]
fn frames_outside_the_edit_list_are_cut() {
    let frame_ms = 24; // Rounded up from 23.2.
    let second = i32::try_from(FRAME).expect("a duration");
    for (edits, expected) in [
        // The encoder's delay is kept, because the first frame needs it.
        (vec![(0, second, 1)], vec![0, 1, 2, 3, 4, 5]),
        (vec![(0, second * 3, 1)], vec![2, 3, 4, 5]),
        (vec![(frame_ms, second * 2, 1)], vec![1, 2, 3]),
        (vec![(500, -1, 1), (46, 0, 1)], vec![0, 1]),
        // A cut in the middle.
        (vec![(20, 0, 1), (20, second * 4, 1)], vec![0, 3, 4]),
        // 24 ms are 1,058.4 units, which one editor rounds up and another down to milliseconds.
        (vec![(24, 0, 1), (25, 1058, 1)], vec![0, 1, 2]),
        (vec![(24, 0, 1), (25, 1058 - 44, 1)], vec![0, 1, 2]),
    ] {
        for is_fragmented in [false, true] {
            let audio = Audio {
                edits: edits.clone(),
                is_fragmented,
                ..Audio::new()
            };
            assert_eq!(convert(&audio), adts(&audio, expected.clone()), "{edits:?}");
        }
    }
}

#[test]
fn edits_that_repeat_reorder_or_stretch_are_refused() {
    for edits in [
        vec![(50, 0, 1), (50, 1000, 1)],
        vec![(24, 0, 1), (24, 1058 - 45, 1)],
        vec![(1, 45, 1), (1, 44, 1)],
        vec![(20, 4096, 1), (20, 0, 1)],
        vec![(20, 0, 2)],
        vec![(20, -2, 1)],
    ] {
        let audio = Audio {
            edits,
            ..Audio::new()
        };
        assert_eq!(error(&audio), ConvertError::Edited);
    }
}

#[test]
fn edits_past_the_end_leave_no_sound() {
    let audio = Audio {
        edits: vec![(20, 100_000, 1)],
        ..Audio::new()
    };
    assert_eq!(error(&audio), ConvertError::NoAudio);
}

#[test]
fn overlapping_samples_are_refused() {
    let file = Audio::new().build();
    let stco = file
        .windows(4)
        .position(|kind| kind == b"stco")
        .expect("offsets");
    let first: [u8; 4] = *file[stco + 12..].first_chunk().expect("an offset");
    let mut file = file;
    file[stco + 16..stco + 20].copy_from_slice(&first);
    assert!(matches!(
        m4a_to_adts(&file),
        Err(ConvertError::Damaged { .. })
    ));
}

#[test]
fn truncated_files_are_refused() {
    for is_fragmented in [false, true] {
        let audio = Audio {
            is_fragmented,
            ..Audio::new()
        };
        let file = audio.build();
        let truncated = m4a_to_adts(&file[..file.len() - 1]);
        assert!(matches!(truncated, Err(ConvertError::Damaged { .. })));
    }
}

#[test]
fn codecs_are_refused_by_name() {
    for (entry, name) in [
        (sound(b"alac", 0, &[]), "Apple Lossless (ALAC)"),
        (sound(b"drms", 0, &[]), "with copy protection"),
        (sound(b"Opus", 0, &[]), "Opus"),
        (sound(b"mp4a", 0, &esds(0x6B, &[])), "MP3"),
        (sound(b"mp4a", 0, &esds(0x40, &[0x0A, 0x10])), "AAC Main"),
        (
            sound(b"mp4a", 0, &esds(0x40, &[0xF9, 0x48, 0x00, 0x00])),
            "xHE-AAC",
        ),
    ] {
        let error = error(&Audio {
            entry,
            ..Audio::new()
        });
        let sentence = format!(
            "the file's codec {name} is not supported; export it as MP3 or AAC-LC and send that"
        );
        assert_eq!(error.to_string(), sentence);
    }
}

#[test]
fn configurations_that_adts_cannot_express_are_refused() {
    for (configuration, what) in [
        (vec![0x12, 0x00], "the file's channel layout"),
        (vec![0x12, 0x14], "the file's kind of frames"),
        // 12,345 Hz.
        (
            vec![0x17, 0x80, 0x18, 0x1C, 0x90],
            "the file's sampling rate",
        ),
    ] {
        assert_eq!(
            error(&Audio::of(&configuration)),
            ConvertError::Inexpressible { what }
        );
    }
    assert!(convert(&Audio::of(LC)).starts_with(&[0xFF, 0xF1]));
}

#[test]
fn only_one_track_that_is_played_is_converted() {
    let movie = Movie::gopro().build();
    let traks = find(&movie, "moov/trak");
    let video = mp4_box(b"trak", traks[0]);
    let audio = Audio {
        tracks: video.clone(),
        ..Audio::new()
    };
    assert_eq!(error(&audio), ConvertError::HasVideo);
    let audio = Audio {
        tracks: mp4_box(b"trak", traks[1]),
        ..Audio::new()
    };
    assert_eq!(error(&audio), ConvertError::SeveralTracks);
    // The pictures of chapters are not played.
    let mut pictures = video;
    let tkhd = pictures
        .windows(4)
        .position(|kind| kind == b"tkhd")
        .expect("a header");
    pictures[tkhd + 4..tkhd + 8].copy_from_slice(&number(0));
    let audio = Audio {
        tracks: pictures,
        ..Audio::new()
    };
    assert_eq!(convert(&audio), adts(&audio, 0..6));
}
