//! The tracks of films.

use std::path::Path;

use ccmessaging_media::tracks::{self, Coding};

/// The description of a sample film, and where it is.
fn description(name: &str) -> (usize, Vec<u8>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    let film = std::fs::read(folder.join(name)).expect("a sample");
    let kind = film.windows(4).position(|window| window == b"moov");
    let start = kind.expect("a description") - 4;
    let length: [u8; 4] = film[start..start + 4].try_into().expect("a length");
    let length = usize::try_from(u32::from_be_bytes(length)).expect("a length");
    (start, film[start..start + length].to_vec())
}

/// The offset of the content of the first box of a type.
fn content(moov: &[u8], kind: [u8; 4]) -> usize {
    let found = moov.windows(4).position(|window| *window == kind);
    found.expect("a box of this type") + 4
}

fn write(moov: &mut [u8], offset: usize, numbers: &[u32]) {
    for (index, number) in numbers.iter().enumerate() {
        let at = offset + 4 * index;
        moov[at..at + 4].copy_from_slice(&number.to_be_bytes());
    }
}

fn bytes_of(kind: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(8 + payload.len()).expect("a small box");
    [&length.to_be_bytes(), &kind[..], payload].concat()
}

/// A box with flags and numbers.
fn table(kind: [u8; 4], flags: u32, numbers: &[u32]) -> Vec<u8> {
    let fields = std::iter::once(&flags).chain(numbers);
    let fields: Vec<u8> = fields.flat_map(|number| number.to_be_bytes()).collect();
    bytes_of(kind, &fields)
}

#[test]
fn codings_and_samples_are_found() {
    let nal_units = Coding::NalUnits { length_bytes: 4 };
    for (name, codings) in [
        (
            "h264-aac.mp4",
            [nal_units, Coding::Aac { first_element: 0 }].as_slice(),
        ),
        ("faststart.mp4", &[nal_units]),
        ("hevc-mp42.mp4", &[nal_units]),
        ("mpeg4.mp4", &[Coding::Mpeg4]),
    ] {
        let (start, moov) = description(name);
        let tracks = tracks::read(&moov).expect("tracks");
        let found: Vec<Coding> = tracks.iter().map(|track| track.coding).collect();
        assert_eq!(found, codings, "{name}");
        for sample in tracks.iter().flat_map(|track| &track.samples) {
            let is_outside = sample.end <= start || sample.start >= start + moov.len();
            assert!(is_outside && !sample.is_empty(), "{name}: {sample:?}");
        }
    }
}

#[test]
fn a_fragmented_film_has_no_samples_in_its_description() {
    let (_, moov) = description("fragmented.mp4");
    let tracks = tracks::read(&moov).expect("tracks");
    assert!(tracks.iter().all(|track| track.samples.is_empty()));
    assert!(!tracks.is_empty());
}

#[test]
fn samples_of_a_fragment_are_found() {
    let (start, moov) = description("fragmented.mp4");
    let tracks = tracks::read(&moov).expect("tracks");
    // The sample's only track is the first one.
    let header = |flags, numbers: &[u32]| table(*b"tfhd", flags, numbers);
    let run = |flags, numbers: &[u32]| table(*b"trun", flags, numbers);
    let samples = |fragment: &[Vec<u8>]| {
        let found = tracks[0].in_fragment(&bytes_of(*b"moof", &fragment.concat()), start);
        assert_eq!(found.coding, tracks[0].coding);
        found.samples
    };
    // Offsets are relative to the fragment, and a run without an offset follows the one before it.
    let own = [
        header(0x2_0010, &[1, 40]),
        run(0x201, &[2, 500, 10, 20]),
        run(0, &[1]),
    ];
    let own = bytes_of(*b"traf", &own.concat());
    let other = [header(0x2_0010, &[2, 40]), run(1, &[1, 500])];
    let other = bytes_of(*b"traf", &other.concat());
    let first = start + 500;
    let expected = [
        first..first + 10,
        first + 10..first + 30,
        first + 30..first + 70,
    ];
    assert_eq!(samples(&[other.clone(), own]), expected);
    // The base is a position in the file.
    let absolute = [header(0x11, &[1, 0, 7000, 40]), run(1, &[1, 500])];
    let absolute = bytes_of(*b"traf", &absolute.concat());
    assert_eq!(samples(&[absolute]), std::slice::from_ref(&(7500..7540)));
    // The base is the end of the other track's samples.
    let relative = [header(0x10, &[1, 40]), run(0, &[1])];
    let relative = bytes_of(*b"traf", &relative.concat());
    assert_eq!(samples(&[other, relative]), []);
    // More samples than a movie has.
    let endless = [header(0x2_0010, &[1, 40]), run(1, &[u32::MAX, 500])];
    let endless = bytes_of(*b"traf", &endless.concat());
    assert!((128..=256).contains(&samples(&[endless]).len()));
}

#[test]
fn a_missing_or_incomplete_table_is_reported() {
    let (_, intact) = description("faststart.mp4");
    let has_tables = |moov: &[u8]| {
        let tracks = tracks::read(moov).expect("tracks");
        tracks.iter().all(|track| track.has_tables)
    };
    assert!(has_tables(&intact));
    for kind in [b"stsz", b"stsc", b"stco", b"stbl"] {
        let mut moov = intact.clone();
        let start = content(&moov, *kind) - 4;
        moov[start..start + 4].copy_from_slice(b"free");
        assert!(!has_tables(&moov), "{kind:?}");
    }
    // More entries than the table has bytes for.
    let mut moov = intact.clone();
    let table = content(&moov, *b"stco");
    write(&mut moov, table + 4, &[1000]);
    assert!(!has_tables(&moov));
    let (_, mut fragmented) = description("fragmented.mp4");
    let start = content(&fragmented, *b"stco") - 4;
    fragmented[start..start + 4].copy_from_slice(b"free");
    assert!(has_tables(&fragmented));
}

#[test]
fn a_description_that_is_cut_off_has_no_tracks() {
    let (_, moov) = description("h264-aac.mp4");
    for length in 0..moov.len() {
        assert_eq!(tracks::read(&moov[..length]), Ok(Vec::new()), "{length}");
    }
}

#[test]
fn a_box_that_exceeds_its_parent_is_an_error() {
    let (_, intact) = description("faststart.mp4");
    for kind in [b"mvhd", b"trak", b"mdia", b"stbl", b"stsd", b"stco"] {
        let mut moov = intact.clone();
        let header = content(&moov, *kind) - 8;
        write(&mut moov, header, &[0x0001_0000]);
        assert_eq!(tracks::read(&moov), Err(header), "{kind:?}");
        write(&mut moov, header, &[7]);
        assert_eq!(tracks::read(&moov), Err(header), "{kind:?}");
    }
    // Bytes after the last box.
    let mut moov = intact.clone();
    moov.extend([1; 5]);
    let length = u32::try_from(moov.len()).expect("a small box");
    write(&mut moov, 0, &[length]);
    assert_eq!(tracks::read(&moov), Err(intact.len()));
}

#[test]
fn samples_of_a_long_track_are_spread_over_it() {
    let (_, mut moov) = description("faststart.mp4");
    // All samples have the same size, and those of the first chunk never end.
    let sizes = content(&moov, *b"stsz");
    write(&mut moov, sizes + 4, &[10, u32::MAX]);
    let runs = content(&moov, *b"stsc");
    write(&mut moov, runs + 12, &[u32::MAX]);
    let durations = content(&moov, *b"stts");
    write(&mut moov, durations + 8, &[u32::MAX]);
    let tracks = tracks::read(&moov).expect("tracks");
    let samples = &tracks[0].samples;
    assert!((128..=256).contains(&samples.len()));
    let step = samples[1].start - samples[0].start;
    assert!(step > 1000);
    for pair in samples.windows(2) {
        assert_eq!(pair[1].start - pair[0].start, step);
    }
}
