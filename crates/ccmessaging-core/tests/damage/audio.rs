//! Recordings in which bytes were lost, inserted or replaced after the first frames.

use ccmessaging_core::{FileType, Policy, UploadRequest};

use crate::{DAMAGED, binary_samples, noise, reason, sample, with_crlf, without, without_plus};

/// MPEG-1 layer III, 128 kbit/s, 44.1 kHz.
const FRAME_BYTES: usize = 417;

/// How many bytes of each recording stay intact, so that it satisfies the rule of its type: whole groups of Base64.
const INTACT_BYTES: usize = 10 * FRAME_BYTES;

/// The samples that are played several times in succession, which takes longer than most samples. Free format is not
/// examined, and one sample begins within a frame.
fn recordings() -> impl Iterator<Item = (String, FileType, Vec<u8>)> {
    let is_audio = |file_type| matches!(file_type, FileType::Mp3 | FileType::Aac);
    binary_samples()
        .filter(move |(_, file_type, _)| is_audio(*file_type))
        .filter(|(name, ..)| !["cut.mp3", "free-format.mp3"].contains(&name.as_str()))
        .map(|(name, file_type, file)| (name, file_type, file.repeat(12)))
}

#[test]
fn a_recording_that_lost_or_gained_bytes_is_refused() {
    const WINDOWS_1252: &[u8] = b"\x81\x8D\x8F\x90\x9D";
    type Accident = fn(&[u8]) -> Vec<u8>;
    let accidents: [(&str, Accident); 4] = [
        ("CRLF", with_crlf),
        ("no CR", |bytes| without(bytes, b"\r")),
        ("no LF", |bytes| without(bytes, b"\n")),
        ("Windows-1252", |bytes| without(bytes, WINDOWS_1252)),
    ];
    for (name, file_type, recording) in recordings() {
        assert_eq!(reason(&recording, file_type), None, "{name}");
        let (intact, rest) = recording.split_at(INTACT_BYTES);
        for (accident, damage) in accidents {
            let damaged = [intact, &damage(rest)].concat();
            let found = reason(&damaged, file_type);
            assert_eq!(found, DAMAGED, "{name}: {accident}");
        }
    }
}

#[test]
fn a_recording_without_plus_in_its_base64_is_refused() {
    let (_, music) = sample("adts.aac");
    for (file_type, recording) in [
        (FileType::Mp3, frames(60).concat()),
        (FileType::Aac, music.repeat(12)),
    ] {
        let (intact, rest) = recording.split_at(INTACT_BYTES);
        let damaged = [intact, &without_plus(rest)].concat();
        assert_eq!(reason(&damaged, file_type), DAMAGED, "{file_type}");
    }
}

#[test]
fn a_recording_that_ends_too_early_is_intact() {
    for (name, file_type, recording) in recordings() {
        for length in (0..recording.len()).step_by(61) {
            let found = reason(&recording[..length], file_type);
            assert_ne!(found, DAMAGED, "{name}: {length} bytes");
        }
    }
}

#[test]
fn a_recording_with_other_bytes_between_and_after_its_frames_is_intact() {
    for (name, file_type, recording) in recordings() {
        let half = &recording[..recording.len() / 2];
        let id3v1 = [b"TAG".as_slice(), &[b' '; 125]].concat();
        let id3v2 = [b"ID3\x03\0\0\0\0\x02\0".as_slice(), &[b'a'; 256]].concat();
        let noise = noise(20_000);
        for (oddity, file) in [
            [half, &id3v1, &id3v2, &recording].concat(),
            [half, &[0; 3000], &recording, &[0; 3000]].concat(),
            [&half[..half.len() - 30], &recording[30..]].concat(),
            [&recording, &noise[..]].concat(),
            // Titles between the frames of Internet radio.
            recording.chunks(8192).collect::<Vec<_>>().join(&0),
        ]
        .iter()
        .enumerate()
        {
            assert_eq!(reason(file, file_type), None, "{name}: {oddity}");
        }
    }
}

/// Frames without main data, whose room contains noise.
fn frames(count: usize) -> Vec<Vec<u8>> {
    const SIDE_INFORMATION: usize = 32;
    let noise = noise(FRAME_BYTES * count);
    let frames = noise.chunks(FRAME_BYTES).map(|noise| {
        let mut frame = noise.to_vec();
        frame[..4].copy_from_slice(b"\xFF\xFB\x90\0");
        frame[4..4 + SIDE_INFORMATION].fill(0);
        frame
    });
    frames.collect()
}

/// The frames after every `step`th one from the eighth on was changed.
fn with_changed(mut frames: Vec<Vec<u8>>, step: usize, change: fn(&mut Vec<u8>)) -> Vec<u8> {
    frames.iter_mut().skip(8).step_by(step).for_each(change);
    frames.concat()
}

#[test]
fn a_fault_in_each_of_several_frames_is_damage() {
    let changes: [fn(&mut Vec<u8>); 6] = [
        |frame| {
            frame.remove(200);
        },
        |frame| frame.insert(200, b'\r'),
        // part2_3_length of the first granule is 4095 bits, more than the frame has.
        |frame| frame[6..9].copy_from_slice(b"\x0F\xFF\0"),
        // big_values is 511.
        |frame| frame[8..10].copy_from_slice(b"\xFF\x80"),
        // block_type is 0 although window_switching_flag is set.
        |frame| frame[10] = 0x04,
        // table_select is 4.
        |frame| frame[11] = 0x80,
    ];
    assert_eq!(reason(&frames(40).concat(), FileType::Mp3), None);
    for (number, change) in changes.into_iter().enumerate() {
        let step = 4;
        let few = with_changed(frames(8 + 2 * step), step, change);
        assert_eq!(reason(&few, FileType::Mp3), None, "change {number}");
        let many = with_changed(frames(40), step, change);
        assert_eq!(reason(&many, FileType::Mp3), DAMAGED, "change {number}");
        let rare = with_changed(frames(150), 20, change);
        assert_eq!(reason(&rare, FileType::Mp3), None, "change {number}");
    }
}

#[test]
fn recordings_joined_with_short_tags_are_intact() {
    for tag in [
        &b"ID3\x04\0\0\0\0\0\0"[..],
        b"ID3\x03\0\0\0\0\0\x0DTT2\0\0\x07\0title!",
    ] {
        let joined = [tag, &frames(10).concat()].concat().repeat(12);
        assert_eq!(reason(&joined, FileType::Mp3), None, "{tag:?}");
    }
}

#[test]
fn a_recording_that_was_not_filled_is_refused() {
    let music = frames(20).concat();
    let file = [&music[..], &vec![0; 60_000]].concat();
    assert_eq!(reason(&file, FileType::Mp3), DAMAGED);
    let padded = [music, vec![0; 4096]].concat();
    assert_eq!(reason(&padded, FileType::Mp3), None);
}

#[test]
fn the_message_contains_the_offset_of_the_first_fault() {
    let damaged = with_changed(frames(40), 4, |frame| {
        frame.remove(200);
    });
    let request = UploadRequest::from_file(damaged, FileType::Mp3);
    let error = request.validate(&Policy::default()).expect_err("damaged");
    let offset = 9 * FRAME_BYTES;
    let message = error.to_string();
    assert!(
        message.contains(&format!("from byte {offset} on")),
        "{message}"
    );
}

#[test]
fn damage_before_the_first_confirmed_frame_counts() {
    let (file_type, music) = sample("adts-id3.aac");
    let recording = music.repeat(3);
    let tag = 61;
    let damaged = [
        &recording[..tag],
        &without(&recording[tag..3500], b"\0"),
        &recording[3500..],
    ];
    assert_eq!(reason(&damaged.concat(), file_type), DAMAGED);
}
