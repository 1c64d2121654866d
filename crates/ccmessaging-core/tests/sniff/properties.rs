//! What holds for any bytes at all.

use ccmessaging_core::{Content, FileType, sniff};
use proptest::prelude::*;

use crate::build::{adts, bmp, id3, jfif, join, mp3, mp4, png};

/// The same bytes, served through windows that never reach past a multiple of `step` at once by
/// the inner copy, as a view that decodes group by group would.
struct Stepwise<'a> {
    bytes: &'a [u8],
    step: usize,
}

impl Content for Stepwise<'_> {
    fn len(&self) -> usize {
        self.bytes.len()
    }

    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize {
        let mut filled = 0;
        for piece in window.chunks_mut(self.step) {
            filled += self.bytes.read_at(offset + filled, piece);
        }
        filled
    }
}

fn magic() -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(vec![
        Vec::new(),
        jfif(),
        png(),
        bmp(40, 24),
        mp3(2),
        adts(2),
        mp4(),
        id3(30),
        b"\xFF\xFE".to_vec(),
        b"\0\0\xFE\xFF".to_vec(),
        b"ADIF".to_vec(),
        b"%PDF-1.7\n".to_vec(),
        b"RIFF\x10\0\0\0WAVE".to_vec(),
        b"APETAGEX\xD0\x07\0\0\xFF\xFF\xFF\xFF".to_vec(),
        b"\0\0\0\x01ftyp\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF".to_vec(),
    ])
}

/// A beginning that gets past the first checks, perhaps changed in one place, and anything after.
pub(crate) fn contents() -> impl Strategy<Value = Vec<u8>> {
    let change = prop::option::of((any::<prop::sample::Index>(), any::<u8>()));
    (
        magic(),
        change,
        prop::collection::vec(any::<u8>(), 0..2_000),
    )
        .prop_map(|(mut bytes, change, rest)| {
            if let (Some((at, byte)), false) = (change, bytes.is_empty()) {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            join(&[&bytes, &rest])
        })
}

proptest! {
    #[test]
    fn no_content_is_two_binary_types(bytes in contents()) {
        let accepted = FileType::ALL
            .iter()
            .copied()
            .filter(|&declared| sniff::prove(declared, bytes.as_slice()).is_ok())
            .collect::<Vec<_>>();
        let is_one = matches!(accepted.as_slice(), [] | [_] | [FileType::Txt, FileType::Csv]);
        prop_assert!(is_one, "{:?}", accepted);
        prop_assert_eq!(sniff::identify(bytes.as_slice()), accepted.first().copied());
    }

    #[test]
    fn the_verdict_does_not_depend_on_how_the_bytes_are_served(
        bytes in contents(),
        step in 1_usize..50,
    ) {
        let served = Stepwise { bytes: &bytes, step };
        for &declared in FileType::ALL {
            prop_assert_eq!(
                sniff::prove(declared, &served),
                sniff::prove(declared, bytes.as_slice())
            );
        }
    }

    #[test]
    fn any_printable_text_is_accepted(text in "[ -~äß你🙂\r\n\t]{1,400}") {
        prop_assert_eq!(sniff::prove(FileType::Txt, text.as_bytes()), Ok(()));
    }

    #[test]
    fn any_text_with_a_nul_is_rejected(text in "[ -~ä你]{0,200}", tail in "[ -~ä你]{0,200}") {
        let bytes = join(&[text.as_bytes(), b"\0", tail.as_bytes()]);
        let rejected = sniff::prove(FileType::Txt, bytes.as_slice());
        prop_assert_eq!(rejected.map_err(|rejected| rejected.position()), Err(Some(text.len())));
    }
}
