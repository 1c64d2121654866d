//! Films of one track, whose description precedes the data.

use ccmessaging_core::FileType;

use crate::{DAMAGED, noise, reason};

const SAMPLES: u32 = 64;
const SAMPLE_BYTES: usize = 200;

fn film_box(kind: &[u8], payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(8 + payload.len()).expect("a small box");
    [&length.to_be_bytes(), kind, payload].concat()
}

/// A box with version and flags 0, and numbers.
fn table(kind: &[u8], numbers: &[u32]) -> Vec<u8> {
    let numbers: Vec<u8> = numbers.iter().flat_map(|it| it.to_be_bytes()).collect();
    film_box(kind, &[&[0; 4], &numbers[..]].concat())
}

/// A description of pictures.
fn video(kind: &[u8], extensions: &[u8]) -> Vec<u8> {
    film_box(kind, &[&[0; 78], extensions].concat())
}

/// The description of an elementary stream.
fn stream(object_type: u8, configuration: &[u8]) -> Vec<u8> {
    let descriptor = |tag, content: &[u8]| {
        let length = u8::try_from(content.len()).expect("a short descriptor");
        [&[tag, length], content].concat()
    };
    let configuration = descriptor(5, configuration);
    let decoder = [&[object_type], &[0; 12][..], &configuration].concat();
    let stream = [&[0; 3], &descriptor(4, &decoder)[..]].concat();
    film_box(b"esds", &[&[0; 4], &descriptor(3, &stream)[..]].concat())
}

/// A description of sound.
fn sound(object_type: u8, configuration: &[u8]) -> Vec<u8> {
    let stream = stream(object_type, configuration);
    film_box(b"mp4a", &[&[0; 28], &stream[..]].concat())
}

/// Descriptions, and how their samples begin and end.
fn codings() -> Vec<(Vec<u8>, &'static [u8], &'static [u8])> {
    // A unit that fills the sample.
    let unit: &[u8] = b"\0\0\0\xC4";
    let avc = video(b"avc1", &film_box(b"avcC", b"\x01\x42\0\x1E\xFF"));
    let short_lengths = video(b"avc3", &film_box(b"avcC", b"\x01\x42\0\x1E\xFD"));
    let mut hevc = [1; 23];
    hevc[21] = 3;
    let hevc = video(b"hvc1", &film_box(b"hvcC", &hevc));
    let jpeg = video(b"mp4v", &stream(0x6C, b""));
    vec![
        (avc, unit, b""),
        (short_lengths, b"\0\xC6", b""),
        (hevc, unit, b""),
        (video(b"mp4v", b""), b"\0\0\x01\xB6", b""),
        (video(b"vp09", b""), b"\x86", b""),
        (video(b"av01", b""), b"\x12\0", b""),
        (jpeg, b"\xFF\xD8\xFF", b"\xFF\xD9"),
        // AAC-LC with one channel and with two.
        (sound(0x40, b"\x12\x08"), b"\x01\x40", b""),
        (sound(0x40, b"\x12\x10"), b"\x21\x10", b""),
        (sound(0x6B, b""), b"\xFF\xFB", b""),
        (film_box(b".mp3", &[0; 28]), b"\xFF\xFB", b""),
    ]
}

/// A film in which each sample begins and ends with these bytes.
fn film(entry: &[u8], (first, last): (&[u8], &[u8])) -> Vec<u8> {
    let brands = film_box(b"ftyp", b"isom\0\0\x02\0isommp41");
    let movie = |offset| {
        let description = [&[0, 0, 0, 0, 0, 0, 0, 1], entry].concat();
        let sizes = [0, SAMPLES].into_iter().chain((0..SAMPLES).map(|_| 200));
        let tables = [
            film_box(b"stsd", &description),
            table(b"stts", &[1, SAMPLES, 1]),
            table(b"stsc", &[1, 1, SAMPLES, 1]),
            table(b"stsz", &sizes.collect::<Vec<u32>>()),
            table(b"stco", &[1, offset]),
        ];
        let stbl = film_box(b"stbl", &tables.concat());
        let media = film_box(b"mdia", &film_box(b"minf", &stbl));
        let header = film_box(b"mvhd", &[0; 100]);
        film_box(b"moov", &[header, film_box(b"trak", &media)].concat())
    };
    let start = brands.len() + movie(0).len() + 8;
    let mut data = noise(SAMPLE_BYTES * usize::try_from(SAMPLES).expect("a number"));
    for sample in data.chunks_mut(SAMPLE_BYTES) {
        sample[..first.len()].copy_from_slice(first);
        sample[SAMPLE_BYTES - last.len()..].copy_from_slice(last);
    }
    let start = u32::try_from(start).expect("a small film");
    [brands, movie(start), film_box(b"mdat", &data)].concat()
}

/// The film without a byte of the first sample and without another one after each 1,000.
fn with_losses(film: &[u8]) -> Vec<u8> {
    let data = film.windows(4).position(|window| window == b"mdat");
    let start = data.expect("data") + 100;
    let is_kept =
        |&(index, _): &(usize, &u8)| index < start || !(index - start).is_multiple_of(1000);
    let kept = film.iter().enumerate().filter(is_kept);
    kept.map(|(_, &byte)| byte).collect()
}

#[test]
fn a_film_whose_samples_moved_is_refused() {
    for (entry, first, last) in codings() {
        let intact = film(&entry, (first, last));
        let kind = &entry[4..8];
        assert_eq!(reason(&intact, FileType::Mp4), None, "{kind:?}, {last:?}");
        let found = reason(&with_losses(&intact), FileType::Mp4);
        assert_eq!(found, DAMAGED, "{kind:?}, {last:?}");
    }
}

#[test]
fn a_film_whose_offsets_were_not_adjusted_is_accepted() {
    for (entry, first, last) in codings() {
        let mut film = film(&entry, (first, last));
        let data = film.windows(4).position(|window| window == b"mdat");
        let start = data.expect("data") - 4;
        film.splice(start..start, film_box(b"free", b""));
        assert_eq!(reason(&film, FileType::Mp4), None, "{:?}", &entry[4..8]);
    }
}

#[test]
fn a_film_whose_sound_begins_with_padding_or_data_is_accepted() {
    let mut film = film(&sound(0x40, b"\x12\x10"), (b"\x21\x10", b""));
    let data = film.windows(4).position(|window| window == b"mdat");
    let samples = film.split_at_mut(data.expect("data") + 4).1;
    // Identifiers of elements that may precede the sound.
    let first = [0xDE, 0x80, 0xA0];
    for (sample, first) in samples.chunks_mut(SAMPLE_BYTES).zip(first.iter().cycle()) {
        sample[0] = *first;
    }
    assert_eq!(reason(&film, FileType::Mp4), None);
}

#[test]
fn a_film_of_another_coding_is_accepted() {
    for (entry, first) in [
        (video(b"avc1", b""), b"\xFF".as_slice()),
        (
            video(b"encv", &film_box(b"avcC", b"\x01\x42\0\x1E\xFF")),
            b"\xFF",
        ),
        (video(b"mp4v", b""), b"\xFF\xD8\xFF"),
        (video(b"vvc1", b""), b"\0"),
        // xHE-AAC, AAC of unknown channels, and Vorbis.
        (sound(0x40, b"\xF9\x48"), b"\x06"),
        (sound(0x40, b"\x12\0"), b"\x21"),
        (sound(0xDD, b"\x12\x08"), b"\x01"),
    ] {
        let film = film(&entry, (first, b""));
        let kind = &entry[4..8];
        assert_eq!(reason(&film, FileType::Mp4), None, "{kind:?}");
        let damaged = with_losses(&film);
        assert_eq!(reason(&damaged, FileType::Mp4), None, "{kind:?}");
    }
}

#[test]
fn a_film_with_a_few_invalid_samples_is_accepted() {
    let avc = video(b"avc1", &film_box(b"avcC", b"\x01\x42\0\x1E\xFF"));
    let intact = film(&avc, (b"\0\0\0\xC4", b""));
    let data = intact.len() - SAMPLE_BYTES;
    for (invalid, expected) in [(1, None), (2, DAMAGED)] {
        let mut film = intact.clone();
        for sample in 0..invalid {
            film[data - sample * SAMPLE_BYTES] = 1;
        }
        assert_eq!(reason(&film, FileType::Mp4), expected, "{invalid} invalid");
    }
}

#[test]
fn a_film_with_a_hole_of_zeros_is_refused() {
    // Zeros may begin a sample of AAC with one channel, and one of AV1.
    let may_be_zero = |first: &[u8]| matches!(first, b"\x01\x40" | b"\x12\0");
    let codings = codings().into_iter();
    for (entry, first, last) in codings.filter(|(_, first, _)| !may_be_zero(first)) {
        let mut film = film(&entry, (first, last));
        let middle = film.len() / 2;
        film[middle..middle + 8 * SAMPLE_BYTES].fill(0);
        let kind = &entry[4..8];
        assert_eq!(reason(&film, FileType::Mp4), DAMAGED, "{kind:?}, {last:?}");
    }
}
