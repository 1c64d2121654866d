//! Boxes of a video, its tracks and its media data.

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{MetadataError, MetadataKind, StripLevel};

use crate::build_mp4::{
    DATA, co64, freed, ftyp, hdlr, moov, mp4, mp4_box, stco, stsc, stsd_of_sound, stsz,
    stsz_of_same, tables, track, track_of, track_with,
};
use crate::build_picture::join;
use crate::{LEVELS, assert_kept, error, remove};

pub(crate) const VIDEO: &[(usize, usize)] = &[(0, 5), (10, 5)];
pub(crate) const SOUND: &[(usize, usize)] = &[(5, 5), (15, 5)];
pub(crate) const MEDIA: &[u8] = b"VIDEOsoundVIDEOsound";

pub(crate) fn video() -> Vec<u8> {
    track(1, b"vide", VIDEO)
}

pub(crate) fn sound() -> Vec<u8> {
    track(2, b"soun", SOUND)
}

/// Checks the result for a video at both levels.
pub(crate) fn assert_becomes(name: &str, file: &[u8], expected: &[u8], kinds: &[MetadataKind]) {
    for level in LEVELS {
        let (stripped, removed) = remove(Format::Mp4, file, level);
        assert_eq!(stripped, expected, "{name}, {level:?}");
        assert_eq!(removed, kinds, "{name}, {level:?}");
    }
}

#[test]
fn a_video_without_metadata_is_not_copied() {
    assert_kept(Format::Mp4, &mp4(MEDIA, &[&video(), &sound()], &[]));
    let edited = track_with(
        1,
        b"vide",
        &tables(VIDEO),
        &[],
        &mp4_box(b"edts", &mp4_box(b"elst", &[1; 20])),
    );
    assert_kept(Format::Mp4, &mp4(MEDIA, &[&edited, &sound()], &[]));
}

#[test]
fn unknown_boxes_become_free_space_of_the_same_length() {
    let gps = mp4_box(b"gps ", b"47.3769,8.5417");
    let free = freed(14);
    let with_tables = |boxes: &[u8], in_minf: &[u8]| {
        let stbl = mp4_box(b"stbl", &join(&[&tables(VIDEO), boxes]));
        let in_minf = join(&[&stbl, in_minf]);
        let video = track_of(1, &hdlr(b"vide", &[0]), &in_minf, &[], &[]);
        mp4(MEDIA, &[&video, &sound()], &[])
    };
    let with_boxes = |inside_mdia: &[u8], in_trak: &[u8], in_moov: &[u8], behind: &[u8]| {
        let video = track_with(1, b"vide", &tables(VIDEO), inside_mdia, in_trak);
        join(&[&mp4(MEDIA, &[&video, &sound()], in_moov), behind])
    };
    let cases = [
        (with_tables(&gps, &[]), with_tables(&free, &[])),
        (with_tables(&[], &gps), with_tables(&[], &free)),
        (
            with_boxes(&gps, &[], &[], &[]),
            with_boxes(&free, &[], &[], &[]),
        ),
        (
            with_boxes(&[], &gps, &[], &[]),
            with_boxes(&[], &free, &[], &[]),
        ),
        (
            with_boxes(&[], &[], &gps, &[]),
            with_boxes(&[], &[], &free, &[]),
        ),
        (
            with_boxes(&[], &[], &[], &gps),
            with_boxes(&[], &[], &[], &free),
        ),
    ];
    for (file, expected) in cases {
        assert_becomes("gps", &file, &expected, &[MetadataKind::Vendor]);
    }
    let large = join(&[
        &1_u32.to_be_bytes(),
        b"gps ",
        &20_u64.to_be_bytes(),
        b"Bern",
    ]);
    let expected = join(&[
        &1_u32.to_be_bytes(),
        b"free",
        &20_u64.to_be_bytes(),
        &[0; 4],
    ]);
    assert_becomes(
        "a length of 64 bits",
        &with_boxes(&[], &[], &[], &large),
        &with_boxes(&[], &[], &[], &expected),
        &[MetadataKind::Vendor],
    );
}

#[test]
fn free_space_is_cleared() {
    for kind in [b"free", b"skip", b"wide"] {
        let [full, empty] = [b"freeGPS ".as_slice(), &[0; 8]].map(|payload| {
            let space = mp4_box(kind, payload);
            let in_minf = join(&[&mp4_box(b"stbl", &join(&[&tables(VIDEO), &space])), &space]);
            let video = track_of(1, &hdlr(b"vide", &[0]), &in_minf, &space, &space);
            join(&[&mp4(MEDIA, &[&video, &sound()], &space), &space])
        });
        assert_becomes("free space", &full, &empty, &[MetadataKind::Unused]);
    }
}

#[test]
fn what_follows_the_last_box_is_cleared() {
    // Zeros in place of a header end a list of boxes.
    let place = b"\0\0\0\0\0\0\0\0GPS 50.1N 8.6E".as_slice();
    let nothing = vec![0; place.len()];
    let files = |rest: &[u8]| {
        let minf = |in_stbl: &[u8], rest: &[u8]| {
            join(&[&mp4_box(b"stbl", &join(&[&tables(VIDEO), in_stbl])), rest])
        };
        let vide = hdlr(b"vide", &[0]);
        let video = |minf: &[u8], in_mdia: &[u8], in_trak: &[u8]| {
            let video = track_of(1, &vide, minf, in_mdia, in_trak);
            mp4(MEDIA, &[&video, &sound()], &[])
        };
        [
            video(&minf(rest, &[]), &[], &[]),
            video(&minf(&[], rest), &[], &[]),
            video(&minf(&[], &[]), rest, &[]),
            video(&minf(&[], &[]), &[], rest),
            mp4(MEDIA, &[&track(1, b"vide", VIDEO), &sound()], rest),
        ]
    };
    for (with, without) in files(place).into_iter().zip(files(&nothing)) {
        assert_becomes("a rest", &with, &without, &[MetadataKind::Unused]);
    }
}

#[test]
fn dates_are_cleared_by_all_only() {
    for (version, dates) in [(0, 8), (1, 16)] {
        let header = |kind: &[u8], date: u8, rest: usize| {
            mp4_box(
                kind,
                &join(&[&[version, 0, 0, 7], &vec![date; dates], &vec![9; rest]]),
            )
        };
        let build = |date| {
            let hdlr = mp4_box(b"hdlr", b"\0\0\0\0\0\0\0\0vide");
            let minf = mp4_box(b"minf", &mp4_box(b"stbl", &[]));
            let mdia = mp4_box(b"mdia", &join(&[&header(b"mdhd", date, 8), &hdlr, &minf]));
            let trak = mp4_box(b"trak", &join(&[&header(b"tkhd", date, 60), &mdia]));
            let moov = mp4_box(b"moov", &join(&[&header(b"mvhd", date, 80), &trak]));
            join(&[&ftyp(), &moov])
        };
        let (stripped, removed) = remove(Format::Mp4, &build(5), StripLevel::All);
        assert_eq!((stripped, removed), (build(0), vec![MetadataKind::Time]));
        let (stripped, removed) = remove(Format::Mp4, &build(5), StripLevel::Location);
        assert_eq!((stripped, removed), (build(5), vec![]));
    }
}

#[test]
fn media_data_that_no_track_uses_is_cleared() {
    let data = |gap: &[u8]| join(&[MEDIA, gap]);
    for (name, tables) in [
        ("a size each", tables(VIDEO)),
        (
            "two samples in a chunk",
            join(&[&stsz(&[2, 3, 1, 4]), &stsc(&[(1, 2)]), &stco(VIDEO)]),
        ),
        (
            "runs of chunks",
            join(&[&stsz(&[2, 3, 5]), &stsc(&[(1, 2), (2, 1)]), &stco(VIDEO)]),
        ),
        (
            "one size",
            join(&[&stsz_of_same(5, 2), &stsc(&[(1, 1)]), &stco(VIDEO)]),
        ),
        (
            "offsets of 64 bits",
            join(&[&stsz(&[5, 5]), &stsc(&[(1, 1)]), &co64(VIDEO)]),
        ),
        (
            "sizes of 8 bits",
            join(&[
                &mp4_box(b"stz2", &[0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 2, 5, 5]),
                &stsc(&[(1, 1)]),
                &stco(VIDEO),
            ]),
        ),
        (
            "sizes of 16 bits",
            join(&[
                &mp4_box(b"stz2", &[0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 2, 0, 5, 0, 5]),
                &stsc(&[(1, 1)]),
                &stco(VIDEO),
            ]),
        ),
    ] {
        let video = track_with(1, b"vide", &tables, &[], &[]);
        let build = |gap| mp4(&data(gap), &[&video, &sound()], &[]);
        assert_becomes(
            name,
            &build(b"GPS"),
            &build(&[0; 3]),
            &[MetadataKind::Unused],
        );
    }
}

#[test]
fn samples_are_kept_wherever_they_are() {
    // In free space after the description, as some editors leave them.
    let description = moov(&[&track(1, b"vide", &[(30, 5)])], &[]);
    let space = DATA + 30 - ftyp().len() - 8;
    let build = |before: u8| {
        let payload = join(&[&vec![before; space], b"VIDEO"]);
        join(&[&ftyp(), &mp4_box(b"free", &payload), &description])
    };
    assert_becomes(
        "in free space",
        &build(7),
        &build(0),
        &[MetadataKind::Unused],
    );
}

#[test]
fn a_track_that_is_neither_picture_nor_sound_is_removed_with_its_data() {
    let refers_to = |id: u32| mp4_box(b"tref", &mp4_box(b"cdsc", &id.to_be_bytes()));
    for handler in [b"meta", b"text", b"sbtl", b"tmcd", b"GPS "] {
        let places = track(3, handler, &[(20, 3), (23, 4)]);
        let with = |data: &[u8], places: &[u8], reference: &[u8]| {
            let video = track_with(1, b"vide", &tables(VIDEO), &[], reference);
            mp4(&join(&[MEDIA, data]), &[&video, places, &sound()], &[])
        };
        let file = with(b"47.3769", &places, &refers_to(3));
        let expected = with(
            &[0; 7],
            &freed(places.len() - 8),
            &mp4_box(b"tref", &freed(4)),
        );
        assert_becomes(
            "a track",
            &file,
            &expected,
            &[MetadataKind::Track, MetadataKind::Unused],
        );
    }
    // A reference to a track that is kept is kept, too.
    let video = track_with(1, b"vide", &tables(VIDEO), &[], &refers_to(2));
    assert_kept(Format::Mp4, &mp4(MEDIA, &[&video, &sound()], &[]));
}

#[test]
fn media_data_is_kept_if_it_is_not_known_what_is_used() {
    let data = join(&[MEDIA, b"gap"]);
    let nominal = join(&[
        &stsd_of_sound(2, 16),
        &stsz_of_same(1, 10),
        &stsc(&[(1, 5)]),
        &stco(SOUND),
    ]);
    let encrypted = join(&[&tables(SOUND), &mp4_box(b"saio", &[0; 12])]);
    let unsized_samples = join(&[&stsc(&[(1, 1)]), &stco(SOUND)]);
    let too_few_sizes = join(&[&stsz(&[5]), &stsc(&[(1, 1)]), &stco(SOUND)]);
    let no_runs = join(&[&stsz(&[5, 5]), &stsc(&[]), &stco(SOUND)]);
    let late_run = join(&[&stsz(&[5, 5]), &stsc(&[(2, 1)]), &stco(SOUND)]);
    let mut too_few_offsets = stco(SOUND);
    too_few_offsets[15] = 3;
    let too_few_offsets = join(&[&stsz(&[5, 5]), &stsc(&[(1, 1)]), &too_few_offsets]);
    let crowded = join(&[
        &stsz_of_same(1, 1_000),
        &stsc(&[(1, 1)]),
        &stco(&(0..1_000).map(|index| (index * 2, 1)).collect::<Vec<_>>()),
    ]);
    for (name, tables) in [
        ("nominal sizes of sound", nominal),
        ("encryption", encrypted),
        ("no sizes", unsized_samples),
        ("fewer sizes than samples", too_few_sizes),
        ("no runs of chunks", no_runs),
        ("a first run after the first chunk", late_run),
        ("fewer offsets than it says", too_few_offsets),
        ("no tables", Vec::new()),
        ("more chunks than the file has room for", crowded),
    ] {
        let sound = track_with(2, b"soun", &tables, &[], &[]);
        let places = track(3, b"meta", &[(20, 3)]);
        println!("{name}");
        assert_kept(Format::Mp4, &mp4(&data, &[&video(), &sound], &[]));
        let file = mp4(&data, &[&video(), &sound, &places], &[]);
        assert_unremovable_track(
            &file,
            DATA + data.len() + 8 + 108 + video().len() + sound.len(),
        );
    }
    let known = join(&[
        &stsd_of_sound(2, 16),
        &stsz_of_same(4, 2),
        &stsc(&[(1, 1)]),
        &stco(SOUND),
    ]);
    let sound = track_with(2, b"soun", &known, &[], &[]);
    let file = mp4(&data, &[&video(), &sound], &[]);
    assert_eq!(
        remove(Format::Mp4, &file, StripLevel::All).1,
        [MetadataKind::Unused]
    );
}

#[test]
fn a_fragmented_video_keeps_its_data() {
    let empty = track_with(1, b"vide", &tables(&[]), &[], &[]);
    let places = track_with(3, b"meta", &tables(&[]), &[], &[]);
    let fragment = join(&[&mp4_box(b"moof", b"fragment"), &mp4_box(b"mdat", b"data")]);
    let mvex = mp4_box(b"mvex", &[]);
    for tail in [mvex.as_slice(), &[]] {
        let file = join(&[&ftyp(), &moov(&[&empty], tail), &fragment]);
        assert_kept(Format::Mp4, &file);
        let with_places = join(&[&ftyp(), &moov(&[&empty, &places], tail), &fragment]);
        assert_unremovable_track(&with_places, ftyp().len() + 8 + 108 + empty.len());
    }
}

fn assert_unremovable_track(file: &[u8], position: usize) {
    let error = error(Format::Mp4, file);
    assert_eq!(error, MetadataError::UnremovableTrack { position });
    assert_eq!(error.position(), position);
    assert_eq!(
        error.to_string(),
        format!(
            "the mp4 file's track at byte {position} is neither video nor audio, and its data \
             cannot be removed; export the video with video and audio only and send the new file"
        )
    );
}
