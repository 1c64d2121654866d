//! The content of converted movies.

use ccmessaging_media::convert::mov_to_mp4;

use crate::build_description::{LC, colr_nclc, esds, h264, hevc, sound, video, wave};
use crate::build_movie::{Mdat, Movie, PLACE, Track};
use crate::tree::{children, find, join, mp4_box, number, table};

fn convert(movie: &Movie) -> Vec<u8> {
    let file = movie.build();
    let converted = mov_to_mp4(file).unwrap_or_else(|error| panic!("{error}"));
    let again = mov_to_mp4(converted.clone());
    assert_eq!(
        again.as_ref(),
        Ok(&converted),
        "a second conversion changes nothing"
    );
    converted
}

fn contains(file: &[u8], part: &[u8]) -> bool {
    file.windows(part.len()).any(|window| window == part)
}

/// The samples of each track, by its own offsets and sizes.
fn samples(file: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let tables = find(file, "moov/trak/mdia/minf/stbl").into_iter();
    let words = |bytes: &[u8]| -> Vec<usize> {
        let (words, _) = bytes.as_chunks::<4>();
        words
            .iter()
            .map(|&word| u32::from_be_bytes(word) as usize)
            .collect()
    };
    tables
        .map(|stbl| {
            let sizes = words(&find(stbl, "stsz")[0][12..]);
            let offsets = words(&find(stbl, "stco")[0][8..]);
            let ranges = offsets.iter().zip(sizes);
            ranges
                .map(|(&start, size)| file[start..start + size].to_vec())
                .collect()
        })
        .collect()
}

#[test]
fn samples_of_the_remaining_tracks_stay() {
    for movie in Movie::all() {
        let converted = convert(&movie);
        let expected = [&movie.tracks[0].samples, &movie.tracks[1].samples];
        assert_eq!(samples(&converted).iter().collect::<Vec<_>>(), expected);
        let handlers = find(&converted, "moov/trak/mdia/hdlr");
        let handlers: Vec<_> = handlers.iter().map(|hdlr| &hdlr[8..12]).collect();
        assert_eq!(handlers, [b"vide", b"soun"]);
    }
}

#[test]
fn no_place_remains() {
    for movie in Movie::all() {
        let converted = convert(&movie);
        assert!(!contains(&converted, &PLACE[..8]));
    }
}

#[test]
fn media_data_stays_where_it_is() {
    for movie in Movie::all() {
        let (before, after) = (movie.build(), convert(&movie));
        let sample = &movie.tracks[0].samples[0];
        let position = |file: &[u8]| file.windows(20).position(|window| window == sample);
        assert_eq!(position(&after), position(&before));
        assert!(after.len() <= before.len());
    }
}

#[test]
fn brands_are_those_of_mp4_and_wide_becomes_free() {
    let converted = convert(&Movie::iphone());
    assert_eq!(find(&converted, "ftyp"), [b"mp42\0\0\0\0isom"]);
    let converted = convert(&Movie::quicktime_player());
    assert_eq!(find(&converted, "ftyp"), [b"mp42\0\0\0\0isommp42isommp42"]);
    let kinds: Vec<_> = children(&converted)
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(kinds[..3], [b"ftyp", b"free", b"moov"]);
}

#[test]
fn boxes_of_quicktime_are_dropped() {
    for movie in Movie::all() {
        let converted = convert(&movie);
        let moov = find(&converted, "moov")[0];
        for kind in [
            b"tapt", b"gmhd", b"udta", b"meta", b"tref", b"wave", b"alis", b"dhlr", b"mhlr",
            b"fiel",
        ] {
            assert!(!contains(moov, kind), "{kind:?}");
        }
        let references = find(&converted, "moov/trak/mdia/minf/dinf/dref/url ");
        assert_eq!(references, [[0, 0, 0, 1], [0, 0, 0, 1]]);
    }
}

#[test]
fn headers_have_only_fields_of_mp4() {
    let converted = convert(&Movie::ffmpeg());
    let mvhd = find(&converted, "moov/mvhd")[0];
    assert_eq!((&mvhd[72..96], &mvhd[96..]), (&[0; 24][..], &number(9)[..]));
    for tkhd in find(&converted, "moov/trak/tkhd") {
        assert_eq!(tkhd[..4], [0, 0, 0, 7]);
    }
    for mdhd in find(&converted, "moov/trak/mdia/mdhd") {
        assert_eq!(
            mdhd[20..],
            [0x15, 0xC7, 0, 0],
            "English, as the Macintosh code 0"
        );
    }
    let vmhd = find(&converted, "moov/trak/mdia/minf/vmhd");
    assert_eq!(vmhd, [[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]]);
}

#[test]
fn languages_of_mp4_stay_and_unknown_ones_are_undetermined() {
    for (before, after) in [
        ([0x15, 0xC7], [0x15, 0xC7]),
        ([0, 3], [0x55, 0xC4]),
        ([0x7F, 0xFF], [0x55, 0xC4]),
    ] {
        let mut track = Track::video(vec![hevc()]);
        track.language = before;
        let converted = convert(&Movie::new(vec![track]));
        assert_eq!(find(&converted, "moov/trak/mdia/mdhd")[0][20..22], after);
    }
}

#[test]
fn every_version_of_a_sound_description_becomes_version_0() {
    let stream = esds(0x40, LC);
    for version in [0, 1, 2] {
        for extension in [wave(&stream), stream.clone()] {
            let track = Track::sound(vec![sound(b"mp4a", version, &extension)]);
            let converted = convert(&Movie::new(vec![Track::video(vec![hevc()]), track]));
            let entries = find(&converted, "moov/trak/mdia/minf/stbl/stsd/mp4a");
            let fields = [
                0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16, 0, 0, 0, 0, 0xAC,
                0x44, 0, 0,
            ];
            assert_eq!(entries, [join(&[&fields, &stream])]);
        }
    }
}

#[test]
fn a_rate_of_more_than_16_bits_is_left_to_the_stream() {
    // AAC-LC with 96,000 Hz.
    let entry = sound(b"mp4a", 2, &wave(&esds(0x40, &[0x10, 0x10])));
    let converted = convert(&Movie::new(vec![
        Track::video(vec![hevc()]),
        Track::sound(vec![entry]),
    ]));
    let entries = find(&converted, "moov/trak/mdia/minf/stbl/stsd/mp4a");
    assert_eq!(entries[0][24..28], [0; 4]);
}

#[test]
fn video_descriptions_keep_what_mp4_defines() {
    let extensions = join(&[
        &mp4_box(b"avcC", &[1, 66]),
        &colr_nclc(),
        &mp4_box(b"gama", &[0; 4]),
        &mp4_box(b"pasp", &[1; 8]),
    ]);
    let converted = convert(&Movie::new(vec![Track::video(vec![video(
        b"avc1",
        &extensions,
    )])]));
    let entry = find(&converted, "moov/trak/mdia/minf/stbl/stsd/avc1")[0];
    assert_eq!(entry[8..24], [0; 16]);
    assert_eq!(entry[24..28], [0, 64, 0, 48]);
    let expected: [(&[u8], &[u8]); 3] = [
        (b"avcC", &[1, 66]),
        (b"colr", b"nclx\0\x09\0\x12\0\x09\0"),
        (b"pasp", &[1; 8]),
    ];
    assert_eq!(children(&entry[78..]), expected);
}

#[test]
fn sample_groups_stay() {
    let converted = convert(&Movie::iphone());
    let groups = find(&converted, "moov/trak/mdia/minf/stbl/sbgp");
    assert_eq!(groups, [b"\0\0\0\0roll\0\0\0\x01\0\0\0\x05\0\0\0\x01"]);
    let descriptions = find(&converted, "moov/trak/mdia/minf/stbl/sgpd");
    let expected = b"\x01\0\0\0roll\0\0\0\x02\0\0\0\x01\xFF\xFF";
    assert_eq!(descriptions, [expected]);
}

#[test]
fn negative_composition_offsets_need_version_1() {
    for (offset, version) in [(-100_i32, 1), (100, 0)] {
        let mut track = Track::video(vec![hevc()]);
        let entry = join(&[&number(8), &offset.to_be_bytes()]);
        track.in_stbl = join(&[
            &table(b"ctts", &[entry]),
            &table(b"stps", &[number(1).to_vec()]),
        ]);
        let converted = convert(&Movie::new(vec![track]));
        let ctts = find(&converted, "moov/trak/mdia/minf/stbl/ctts")[0];
        assert_eq!((ctts[0], &ctts[12..]), (version, &offset.to_be_bytes()[..]));
        assert!(find(&converted, "moov/trak/mdia/minf/stbl/stps").is_empty());
    }
}

#[test]
fn tracks_that_are_not_played_are_dropped() {
    let aac = || Track::sound(vec![sound(b"mp4a", 0, &esds(0x40, LC))]);
    let pcm = || Track::sound(vec![sound(b"sowt", 0, &[])]);
    let disabled = |track: Track| Track { flags: 0, ..track };
    let alternate = |track: Track| Track {
        alternate_group: 3,
        ..track
    };
    let film = || Track::video(vec![hevc()]);
    let prores = || Track::video(vec![video(b"apcn", &[])]);
    for (name, tracks, remaining) in [
        ("disabled video", vec![film(), disabled(film()), aac()], 2),
        (
            "disabled ProRes",
            vec![film(), disabled(prores()), aac()],
            2,
        ),
        ("disabled sound", vec![film(), aac(), disabled(aac())], 2),
        ("disabled PCM", vec![film(), disabled(pcm())], 1),
        (
            "PCM as an alternate",
            vec![film(), alternate(pcm()), alternate(aac())],
            2,
        ),
        ("two played sounds", vec![film(), aac(), aac()], 3),
        ("only a disabled sound", vec![film(), disabled(aac())], 2),
    ] {
        let converted = convert(&Movie::new(tracks));
        assert_eq!(find(&converted, "moov/trak").len(), remaining, "{name}");
    }
}

#[test]
fn a_larger_description_moves_to_the_end() {
    // Each of these colours becomes one byte longer.
    let entries = vec![h264(&colr_nclc().repeat(6)); 400];
    let movie = Movie {
        moov_first: true,
        mdat: Mdat::ToTheEnd,
        ..Movie::new(vec![Track::video(entries)])
    };
    let converted = convert(&movie);
    let kinds: Vec<_> = children(&converted)
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(kinds, [b"ftyp", b"free", b"free", b"mdat", b"moov"]);
    assert_eq!(samples(&converted)[0], movie.tracks[0].samples);
}

#[test]
fn other_boxes_and_trailing_bytes_are_cleared() {
    let movie = Movie::iphone();
    let file = join(&[
        &movie.build(),
        &mp4_box(b"uuid", PLACE),
        &mp4_box(b"free", PLACE),
        PLACE,
    ]);
    let converted = mov_to_mp4(file).expect("a conversion");
    assert!(!contains(&converted, &PLACE[..8]));
    let kinds: Vec<_> = children(&converted)
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(kinds[kinds.len() - 2..], [b"free", b"free"]);
}

#[test]
fn a_movie_without_ftyp_stays_without_it() {
    let movie = Movie {
        ftyp: None,
        ..Movie::ffmpeg()
    };
    let converted = convert(&movie);
    let kinds: Vec<_> = children(&converted)
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(kinds, [b"free", b"mdat", b"moov"]);
}
