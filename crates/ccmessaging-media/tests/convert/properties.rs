//! Properties of any input.

use ccmessaging_media::Format;
use ccmessaging_media::convert::{m4a_to_adts, mov_to_mp4};
use ccmessaging_media::metadata::{self, StripLevel};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::build_audio::Audio;
use crate::build_movie::{Mdat, Movie};

fn movies() -> impl Strategy<Value = Vec<u8>> {
    let mdat = select(vec![Mdat::Short, Mdat::Long, Mdat::ToTheEnd]);
    (select(Movie::all()), mdat, any::<bool>()).prop_map(|(movie, mdat, moov_first)| {
        let movie = Movie {
            moov_first,
            mdat,
            ..movie
        };
        movie.build()
    })
}

fn audio() -> impl Strategy<Value = Vec<u8>> {
    let edits = prop::collection::vec((0_usize..100, -1..6000_i32, Just(1)), 0..3);
    (edits, any::<bool>()).prop_map(|(edits, is_fragmented)| {
        let audio = Audio {
            edits,
            is_fragmented,
            ..Audio::new()
        };
        audio.build()
    })
}

/// A file of which a few bytes are changed and the end may be cut off.
fn damaged(files: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), select(vec![0, 1, 8, 0x7F, 0xFF])];
    let changes = prop::collection::vec((any::<Index>(), byte), 0..6);
    let end = prop::option::weighted(0.2, any::<Index>());
    (files, changes, end).prop_map(|(mut file, changes, end)| {
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Some(end) = end {
            file.truncate(end.index(file.len()));
        }
        file
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_movie_is_converted_once(file in damaged(movies())) {
        if let Ok(converted) = mov_to_mp4(file.clone()) {
            let again = mov_to_mp4(converted.clone());
            prop_assert_eq!(again.as_ref(), Ok(&converted));
            // The old description may remain as free space.
            prop_assert!(converted.len() <= file.len() * 2);
            let stripped = metadata::strip(Format::Mp4, &converted, StripLevel::Location);
            prop_assert!(stripped.is_ok());
        }
    }

    #[test]
    fn audio_becomes_frames(file in prop_oneof![damaged(audio()), damaged(movies())]) {
        if let Ok(converted) = m4a_to_adts(&file) {
            let mut rest = &converted[..];
            let mut frames = 0;
            while let [0xFF, 0xF1, _, high, middle, low, _, ..] = *rest {
                let length = usize::from(high & 3) << 11 | usize::from(middle) << 3 | usize::from(low >> 5);
                prop_assert!(length > 7);
                rest = rest.get(length..).expect("a whole frame");
                frames += 1;
            }
            prop_assert!(rest.is_empty() && frames > 0);
            prop_assert!(converted.len() <= file.len() + 7 * frames);
        }
    }
}
