//! A file is copied at most once, for any input.

use allocation_counter::measure;
use ccmessaging_media::Format;
use ccmessaging_media::metadata::{self, StripLevel};

use crate::LEVELS;
use crate::build_mp4::{mp4, mp4_box, stco, stsc, stsz_of_same, track_with};
use crate::build_picture::{chunk, join, jpg, png, segment};

/// Bytes allocated in addition to the file: for EXIF, and the list of what was removed.
const OVERHEAD: usize = 1_000_000;

/// The most bytes that are allocated at one time.
fn peak(format: Format, file: &[u8], level: StripLevel) -> usize {
    let allocated = measure(|| {
        // Refusal is an outcome, too.
        let _ = metadata::strip(format, file, level);
    });
    usize::try_from(allocated.bytes_max).expect("an amount of memory")
}

#[test]
fn a_file_without_metadata_takes_no_memory() {
    let picture = png(&[&chunk(b"IDAT", &vec![0; 3_000_000])]);
    for level in LEVELS {
        assert_eq!(peak(Format::Png, &picture, level), 0);
    }
}

#[test]
fn a_file_with_metadata_is_copied_once() {
    const LENGTH: usize = 3_000_000;

    // A directory as large as a segment, whose entries all refer to the rest of it.
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\x08\0".to_vec();
    for _ in 0..0x800 {
        exif.extend(b"\x88\x25\0\x02\0\0\x80\0\0\0\x60\x20");
    }
    exif.resize(65_000, b'x');
    let mut segments = Vec::new();
    while segments.len() < LENGTH {
        segments.extend(segment(0xE1, &exif));
    }
    let comments = segment(0xFE, b"home").repeat(LENGTH / 8);
    let texts = chunk(b"tEXt", b"").repeat(LENGTH / 12);
    let exif_chunk = chunk(b"eXIf", &vec![0; LENGTH]);

    let scattered: Vec<_> = (0..LENGTH / 50).map(|index| (index * 2, 1)).collect();
    let chunks = |count: usize| {
        join(&[
            &stsz_of_same(1, count),
            &stsc(&[(1, 1)]),
            &stco(&scattered[..count]),
        ])
    };
    let files = [scattered.len(), scattered.len() / 2].map(|count| {
        let data = vec![7; LENGTH - count * 4];
        mp4(
            &data,
            &[&track_with(1, b"vide", &chunks(count), &[], &[])],
            &[],
        )
    });
    let boxes = mp4_box(b"GPS ", b"").repeat(LENGTH / 8);
    let [first, second] = files;
    for (name, format, file) in [
        ("EXIF segments", Format::Jpg, jpg(&[&segments])),
        ("comments", Format::Jpg, jpg(&[&comments])),
        ("texts", Format::Png, png(&[&texts])),
        ("long EXIF", Format::Png, png(&[&exif_chunk])),
        ("chunks", Format::Mp4, first),
        ("half as many chunks", Format::Mp4, second),
        ("boxes", Format::Mp4, mp4(b"", &[], &boxes)),
    ] {
        for level in LEVELS {
            let list = if format == Format::Mp4 {
                file.len() / 2
            } else {
                0
            };
            let peak = peak(format, &file, level);
            assert!(
                peak <= file.len() + list + OVERHEAD,
                "{name}, {level:?}: {peak} of {}",
                file.len()
            );
        }
    }
}
