//! Movies that cannot be converted without decoding them.

use ccmessaging_media::convert::{ConvertError, mov_to_mp4};

use crate::build_description::{LC, esds, h264, hevc, sound, video};
use crate::build_movie::{Movie, Track};
use crate::tree::{join, mp4_box, number, table};

fn error(movie: &Movie) -> ConvertError {
    mov_to_mp4(movie.build()).expect_err("an error")
}

#[test]
fn codecs_are_refused_by_name() {
    for (kind, name) in [
        (b"apch", "Apple ProRes"),
        (b"jpeg", "Motion JPEG"),
        (b"AVdn", "Avid DNxHD"),
        (b"abcd", "\"abcd\""),
        (b"a\0\xFFd", "of an unknown name"),
    ] {
        let error = error(&Movie::new(vec![Track::video(vec![video(kind, &[])])]));
        assert!(matches!(error, ConvertError::Video { .. }));
        let sentence = format!(
            "the file's video codec {name} is not supported; export it as MP4 with H.264 and send that"
        );
        assert_eq!(error.to_string(), sentence);
    }
    for (entry, name) in [
        (sound(b"lpcm", 2, &[]), "PCM"),
        (sound(b"alac", 0, &[]), "Apple Lossless (ALAC)"),
        (sound(b"mp4a", 0, &esds(0x6B, &[])), "MP3"),
    ] {
        let tracks = vec![Track::video(vec![hevc()]), Track::sound(vec![entry])];
        let error = error(&Movie::new(tracks));
        assert!(matches!(error, ConvertError::Sound { .. }));
        let sentence = format!(
            "the file's audio codec {name} is not supported; export it as MP4 with AAC and send that"
        );
        assert_eq!(error.to_string(), sentence);
    }
}

#[test]
fn one_unsupported_description_among_several_is_refused() {
    let track = Track::video(vec![hevc(), video(b"apcn", &[])]);
    assert!(matches!(
        error(&Movie::new(vec![track])),
        ConvertError::Video { .. }
    ));
}

#[test]
fn sound_alone_is_no_video() {
    let track = Track::sound(vec![sound(b"mp4a", 1, &esds(0x40, LC))]);
    assert_eq!(error(&Movie::new(vec![track])), ConvertError::NoVideo);
}

#[test]
fn a_movie_without_samples_is_no_video() {
    let mut track = Track::video(vec![hevc()]);
    track.samples.clear();
    assert_eq!(error(&Movie::new(vec![track])), ConvertError::NoVideo);
}

#[test]
fn media_in_other_files_is_refused() {
    let mut track = Track::video(vec![hevc()]);
    track.dref_flags = 0;
    assert_eq!(error(&Movie::new(vec![track])), ConvertError::External);
    let movie = Movie {
        others: mp4_box(b"rmra", &[]),
        ..Movie::iphone()
    };
    assert_eq!(error(&movie), ConvertError::External);
}

#[test]
fn compressed_and_fragmented_movies_are_refused() {
    for (kind, expected) in [
        (b"cmov", ConvertError::Compressed),
        (b"mvex", ConvertError::Fragmented),
    ] {
        let movie = Movie {
            others: mp4_box(kind, &[]),
            ..Movie::iphone()
        };
        assert_eq!(error(&movie), expected);
    }
    let file = join(&[&Movie::iphone().build(), &mp4_box(b"moof", &[])]);
    assert_eq!(mov_to_mp4(file), Err(ConvertError::Fragmented));
}

#[test]
fn a_truncated_movie_is_refused() {
    let file = Movie {
        moov_first: true,
        ..Movie::new(vec![Track::video(vec![h264(&[])])])
    };
    let mut file = file.build();
    file.truncate(file.len() - 1);
    assert!(matches!(
        mov_to_mp4(file),
        Err(ConvertError::Damaged { .. })
    ));
}

#[test]
fn samples_outside_the_media_data_are_refused() {
    let movie = Movie::new(vec![Track::video(vec![hevc()])]);
    let file = movie.build();
    let stco = file
        .windows(4)
        .position(|kind| kind == b"stco")
        .expect("offsets");
    // The first box, the header of the media data, and the description.
    for position in [0, 30, stco] {
        let mut file = file.clone();
        file[stco + 12..stco + 16].copy_from_slice(&number(position));
        assert!(
            matches!(mov_to_mp4(file), Err(ConvertError::Damaged { .. })),
            "{position}"
        );
    }
}

#[test]
fn a_movie_with_too_many_tracks_is_refused() {
    let movie = Movie::new(vec![Track::video(vec![hevc()]); 65]);
    assert!(matches!(error(&movie), ConvertError::Damaged { .. }));
}

#[test]
fn tables_that_do_not_match_are_refused() {
    let mut track = Track::video(vec![hevc()]);
    // Of two tables, the last one counts: fewer sizes than chunks.
    track.in_stbl = table(b"stsd", &[]);
    let movie = Movie::new(vec![track]);
    let mut file = movie.build();
    let stsz = file
        .windows(4)
        .position(|kind| kind == b"stsz")
        .expect("sizes");
    file[stsz + 12..stsz + 16].copy_from_slice(&number(7));
    assert!(matches!(
        mov_to_mp4(file),
        Err(ConvertError::Damaged { .. })
    ));
}

/// Every chunk beyond the second repeats one of the first two, which do not touch.
#[test]
fn repeated_chunks_cannot_make_the_list_of_ranges_long() {
    let repeating = |count: usize| {
        let mut track = Track::video(vec![hevc()]);
        track.samples = vec![vec![1]; count];
        let mut file = Movie::new(vec![track]).build();
        let stco = file.windows(4).position(|kind| kind == b"stco");
        let offsets = stco.expect("offsets") + 12;
        let (first, third) = (
            file[offsets..][..4].to_vec(),
            file[offsets + 8..][..4].to_vec(),
        );
        for pair in file[offsets..][..4 * count].chunks_exact_mut(8) {
            pair.copy_from_slice(&join(&[&first, &third]));
        }
        file
    };
    assert!(mov_to_mp4(repeating(16)).is_ok());
    let file = repeating(1024);
    // More ranges than the file has room for.
    assert!(1024 > file.len() / size_of::<std::ops::Range<usize>>());
    assert!(matches!(
        mov_to_mp4(file),
        Err(ConvertError::Damaged { .. })
    ));
}
