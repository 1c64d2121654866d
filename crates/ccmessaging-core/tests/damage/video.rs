//! Intact videos that resemble damaged ones.

use ccmessaging_core::{Declared, FileType};
use proptest::prelude::*;

use crate::reason;

/// A box of a video.
fn film_box(kind: &[u8], payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(8 + payload.len()).expect("a small box");
    [&length.to_be_bytes(), kind, payload].concat()
}

proptest! {
    #[test]
    fn no_short_film_is_refused_as_damaged(
        payload in proptest::collection::vec(any::<u8>(), 0..64),
        title in "[a-zé\u{fffd}ÿ]{0,20}",
    ) {
        let title = film_box(b"\xA9nam", title.as_bytes());
        let film = [
            film_box(b"ftyp", b"isom\0\0\x02\0mp41"),
            film_box(b"moov", &[film_box(b"mvhd", &[0; 100]), film_box(b"udta", &title)].concat()),
            film_box(b"mdat", &payload),
        ];
        prop_assert_eq!(reason(&film.concat(), FileType::Mp4), None);
        prop_assert_eq!(reason(&film[..2].concat(), Declared::Unknown), None);
    }
}
