//! Bounds of the memory that conversions use in addition to the file.

use allocation_counter::measure;
use ccmessaging_media::convert::{m4a_to_adts, mov_to_mp4};

use crate::build_audio::Audio;
use crate::build_description::hevc;
use crate::build_movie::{Movie, Track};

const LENGTH: usize = 3_000_000;

/// The most bytes that are allocated at one time, and whether there is a result.
fn peak(convert: impl FnOnce() -> bool) -> (usize, bool) {
    let mut is_converted = false;
    let allocated = measure(|| is_converted = convert());
    let bytes = usize::try_from(allocated.bytes_max).expect("an amount of memory");
    (bytes, is_converted)
}

fn peak_of_movie(file: Vec<u8>) -> (usize, bool) {
    peak(|| mov_to_mp4(file).is_ok())
}

#[test]
fn a_movie_is_converted_in_place() {
    let mut track = Track::video(vec![hevc()]);
    track.samples = vec![vec![7; LENGTH / 60]; 60];
    let (bytes, is_converted) = peak_of_movie(Movie::new(vec![track]).build());
    assert!(is_converted);
    assert!(bytes < 20_000, "{bytes}");
}

#[test]
fn a_movie_of_tables_takes_less_than_its_length() {
    for (length, count) in [(1, 100_000), (30, 50_000)] {
        let mut video = Track::video(vec![hevc()]);
        video.samples = vec![vec![7; length]; count];
        // Between the samples of the video, so that no two touch.
        let mut others = Track::new(*b"meta", vec![Vec::new()]);
        others.samples = vec![vec![7; length]; count];
        let file = Movie::new(vec![video, others]).build();
        let file_bytes = file.len();
        let (bytes, is_converted) = peak_of_movie(file);
        assert!(is_converted);
        assert!(bytes < file_bytes * 2, "{bytes} of {file_bytes}");
    }
}

#[test]
fn audio_is_measured_before_it_is_copied() {
    let mut audio = Audio::new();
    audio.frames = vec![vec![7; 400]; LENGTH / 400];
    let file = audio.build();
    let (bytes, is_converted) = peak(|| m4a_to_adts(&file).is_ok());
    assert!(is_converted);
    assert!(bytes < file.len() + file.len() / 20, "{bytes}");

    // Frames that are too short to be real would multiply the file's length.
    audio.frames = vec![vec![7; 1]; 100_000];
    let file = audio.build();
    let (bytes, _) = peak(|| m4a_to_adts(&file).is_ok());
    assert!(bytes < file.len() * 2 + 70_000, "{bytes}");
}
