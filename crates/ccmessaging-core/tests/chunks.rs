//! Bytes in pieces read as the same bytes in one piece.

use bytes::Bytes;
use ccmessaging_core::{Chunks, Content as _, Policy, UploadRequest};
use proptest::prelude::*;

fn pieces() -> impl Strategy<Value = Vec<Vec<u8>>> {
    proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..12)
}

fn chunks(pieces: &[Vec<u8>]) -> Chunks {
    pieces
        .iter()
        .map(|piece| Bytes::copy_from_slice(piece))
        .collect()
}

proptest! {
    #[test]
    fn joining_the_pieces_gives_all_bytes(pieces in pieces()) {
        let chunks = chunks(&pieces);
        prop_assert_eq!(chunks.len(), pieces.concat().len());
        prop_assert_eq!(chunks.is_empty(), pieces.concat().is_empty());
        prop_assert!(chunks.pieces().iter().all(|piece| !piece.is_empty()));
        prop_assert_eq!(chunks.into_bytes(), pieces.concat());
    }

    #[test]
    fn a_file_whose_base64_came_in_pieces_is_read_at_any_offset(
        file in proptest::collection::vec(b' '..=b'~', 1..300),
        sizes in proptest::collection::vec(1_usize..9, 1..20),
        offset in 0_usize..310,
        length in 0_usize..310,
    ) {
        let body = UploadRequest::from_file(file.clone(), "txt")
            .validate(&Policy::default())
            .expect("text")
            .into_payload()
            .to_vec();
        let mut rest = Bytes::from(body);
        let mut chunks = Chunks::default();
        for size in sizes.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            chunks.push(rest.split_to(size.min(rest.len())));
        }
        let upload = UploadRequest::from_json(chunks)
            .and_then(|request| request.validate(&Policy::default()))
            .expect("text");
        let mut window = vec![0; length];
        let count = upload.file().read_at(offset, &mut window);
        let expected = file.get(offset..).unwrap_or_default();
        prop_assert_eq!(&window[..count], &expected[..expected.len().min(length)]);
    }
}

#[test]
fn debug_output_does_not_show_the_bytes() {
    assert!(!format!("{:?}", Chunks::from("secret")).contains("secret"));
}
