//! EXIF, in the frame of a JPG's segment or of a PNG's chunk.

use std::slice;

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{MetadataKind, StripLevel};

use crate::build_picture::{
    Entry, Order, chunk, directory, join, jpg, orientation, png, segment, text, tiff,
};
use crate::{assert_kept, contains, remove};

const MAKE: u16 = 0x010F;
const EXIF_IFD: u16 = 0x8769;
const DATE: u16 = 0x9003;
const MAKER_NOTE: u16 = 0x927C;
const GPS_IFD: u16 = 0x8825;

fn gps() -> Entry {
    directory(GPS_IFD, &[text(1, b"N"), text(29, b"2026:01:02\0")])
}

/// The forms that a block of EXIF has in a file: a JPG and a PNG.
fn files(block: &[u8]) -> [(Format, Vec<u8>); 2] {
    let segment = segment(0xE1, &join(&[b"Exif\0\0", block]));
    [
        (Format::Jpg, jpg(&[&segment])),
        (Format::Png, png(&[&chunk(b"eXIf", block)])),
    ]
}

/// Checks the result for a block of EXIF at a level; an empty result means that the whole is removed.
fn assert_becomes(block: &[u8], level: StripLevel, expected: &[u8]) {
    let expected = match expected {
        [] => [(Format::Jpg, jpg(&[])), (Format::Png, png(&[]))],
        expected => files(expected),
    };
    for ((format, file), (_, expected)) in files(block).into_iter().zip(expected) {
        let (stripped, removed) = remove(format, &file, level);
        assert_eq!(stripped, expected, "{format}");
        assert_eq!(removed, [MetadataKind::Exif], "{format}");
    }
}

#[test]
fn the_orientation_alone_is_kept() {
    for order in Order::BOTH {
        for value in 2..=8 {
            let photo = directory(EXIF_IFD, &[text(DATE, b"2026:01:02 03:04:05\0")]);
            let block = tiff(
                order,
                &[text(MAKE, b"Maker\0"), orientation(value), photo, gps()],
                &[],
            );
            let kept = tiff(order, &[orientation(value)], &[]);
            assert_becomes(&block, StripLevel::All, &kept);
            for (format, file) in files(&kept) {
                assert_kept(format, &file);
            }
        }
    }
}

#[test]
fn nothing_is_left_of_a_picture_that_is_not_turned() {
    for value in [0, 1, 9] {
        let block = tiff(Order::Big, &[orientation(value)], &[]);
        assert_becomes(&block, StripLevel::All, &[]);
    }
    assert_becomes(
        &tiff(Order::Little, &[text(MAKE, b"Maker\0")], &[]),
        StripLevel::All,
        &[],
    );
}

#[test]
fn a_location_is_removed_and_the_rest_is_kept() {
    let date = text(DATE, b"2026:01:02 03:04:05\0");
    let note = text(MAKER_NOTE, b"Landmark: Bern\0");
    // IFD0 with entries of the Exif IFD and others.
    let image = |photo: &[Entry], others: &[Entry]| {
        let entries = [
            text(MAKE, b"Maker\0"),
            orientation(6),
            directory(EXIF_IFD, photo),
        ];
        [&entries, others].concat()
    };
    let plain = || image(slice::from_ref(&date), &[]);
    for order in Order::BOTH {
        let kept = tiff(order, &plain(), &[]);
        for (name, image, thumbnail) in [
            ("GPS", image(slice::from_ref(&date), &[gps()]), vec![]),
            (
                "maker note",
                image(&[date.clone(), note.clone()], &[]),
                vec![],
            ),
            (
                "GPS within the Exif IFD",
                image(&[date.clone(), gps()], &[]),
                vec![],
            ),
            ("GPS of the thumbnail", plain(), vec![gps()]),
            (
                "EXIF of the thumbnail",
                plain(),
                vec![text(0x0201, b"\xFF\xD8\xFF\xE1\0\x40Exif\0\0")],
            ),
            (
                "GPS, and a thumbnail that is removed with it",
                image(slice::from_ref(&date), &[gps()]),
                vec![text(0x0103, b"6\0")],
            ),
        ] {
            println!("{name}");
            assert_becomes(
                &tiff(order, &image, &thumbnail),
                StripLevel::Location,
                &kept,
            );
        }
    }
}

#[test]
fn a_block_without_a_location_is_kept() {
    let photo = directory(EXIF_IFD, &[text(DATE, b"2026:01:02 03:04:05\0")]);
    let block = tiff(
        Order::Little,
        &[text(MAKE, b"Maker\0"), photo],
        &[text(0x0103, b"6\0")],
    );
    for (format, file) in files(&block) {
        let (stripped, removed) = remove(format, &file, StripLevel::Location);
        assert_eq!((stripped, removed), (file, vec![]));
    }
}

#[test]
fn a_block_that_cannot_be_searched_counts_as_one_with_a_location() {
    let photo = || directory(EXIF_IFD, &[text(DATE, b"2026:01:02 03:04:05\0")]);
    let two = tiff(Order::Big, &[orientation(3), photo(), photo()], &[]);
    assert_becomes(
        &two,
        StripLevel::Location,
        &tiff(Order::Big, &[orientation(3), photo()], &[]),
    );

    // The pointer to the Exif IFD leads out of the block.
    let mut lost = tiff(Order::Big, &[orientation(3), photo()], &[]);
    lost[8 + 2 + 12 + 8..][..4].fill(0xFF);
    let kept = tiff(Order::Big, &[orientation(3)], &[]);
    assert_becomes(&lost, StripLevel::Location, &kept);

    // The value of the maker note is cut off.
    let mut cut_off = tiff(
        Order::Big,
        &[orientation(3), text(MAKER_NOTE, b"Landmark\0")],
        &[],
    );
    cut_off.truncate(cut_off.len() - 4);
    assert_becomes(&cut_off, StripLevel::Location, &kept);
}

#[test]
fn values_that_share_their_bytes_do_not_make_the_file_longer() {
    const TEXTS: usize = 50;

    let mut entries = vec![orientation(6), gps()];
    entries.resize(2 + TEXTS, text(MAKE, b""));
    let mut block = tiff(Order::Big, &entries, &[]);
    let shared = u32::try_from(block.len()).expect("a small block");
    for index in 2..2 + TEXTS {
        let entry = &mut block[8 + 2 + index * 12..][..12];
        entry[4..8].copy_from_slice(&1_000_u32.to_be_bytes());
        entry[8..].copy_from_slice(&shared.to_be_bytes());
    }
    block.extend([b'x'; 1_000]);
    assert_becomes(
        &block,
        StripLevel::Location,
        &tiff(Order::Big, &[orientation(6)], &[]),
    );
}

#[test]
fn a_block_that_cannot_be_read_is_removed() {
    let readable = tiff(Order::Big, &[orientation(6), gps()], &[]);
    for (name, block) in [
        ("nothing", Vec::new()),
        ("no TIFF", b"GPSLatitude".to_vec()),
        ("another byte order", join(&[b"IM", &readable[2..]])),
        ("no directory", readable[..8].to_vec()),
        (
            "an offset out of the block",
            join(&[&readable[..4], &[0xFF; 4], &readable[8..]]),
        ),
    ] {
        println!("{name}");
        for level in [StripLevel::Location, StripLevel::All] {
            assert_becomes(&block, level, &[]);
        }
    }
}

#[test]
fn a_block_longer_than_a_segment_of_a_jpg_is_removed() {
    let mut block = tiff(Order::Big, &[orientation(6)], &[]);
    for (length, is_kept) in [(0xFFFF, true), (0x1_0000, false)] {
        block.resize(length, 0);
        let file = png(&[&chunk(b"eXIf", &block)]);
        let (stripped, _) = remove(Format::Png, &file, StripLevel::All);
        assert_eq!(contains(&stripped, b"eXIf"), is_kept, "{length}");
    }
}
