//! What is noted of a piece as it arrives changes no verdict: a body in any pieces is judged as the
//! same body in one.

use bytes::Bytes;
use ccmessaging_core::{CanonicalBase64, Chunks, Policy, UploadError, UploadRequest};
use proptest::prelude::*;

/// What ends a run of symbols: padding, white space, the other alphabet, JSON's own characters and
/// the neighbours of the alphabet's ranges in ASCII.
const NO_SYMBOLS: &[u8] = b"=\n -_\"\\*@[`{:.,\0\x80\xFF";

const BEFORE: &str = r#"{"fileType":"txt","fileStream":""#;
const AFTER: &str = r#"","channel":"WEB"}"#;

/// What comes of a body: what would be sent, or the error.
fn outcome(body: impl Into<Chunks>) -> Result<Vec<u8>, UploadError> {
    let upload = UploadRequest::from_json(body)?.validate(&Policy::default())?;
    Ok(upload.into_payload().to_vec())
}

fn body(file: &[u8]) -> Vec<u8> {
    let text = CanonicalBase64::encode(file).as_text().clone().into_bytes();
    [BEFORE.as_bytes(), &text, AFTER.as_bytes()].concat()
}

/// The body in pieces of these sizes, again and again.
fn in_pieces(body: &[u8], sizes: &[usize]) -> Chunks {
    let mut rest = Bytes::copy_from_slice(body);
    let mut sizes = sizes.iter().cycle();
    std::iter::from_fn(|| {
        let size = rest.len().min(*sizes.next()?);
        (size > 0).then(|| rest.split_to(size))
    })
    .collect()
}

/// The positions at which a piece begins.
fn borders(chunks: &Chunks) -> Vec<usize> {
    let starts = chunks.pieces().iter().scan(0, |start, piece| {
        *start += piece.len();
        Some(*start)
    });
    starts.collect()
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    let sizes = |largest: usize| proptest::collection::vec(1..=largest, 1..12);
    prop_oneof![sizes(7), sizes(60), sizes(600)]
}

/// Bytes that are put in place of others: at which border of two pieces, on which side of it.
fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, bool, u8)>> {
    let byte = proptest::sample::select(NO_SYMBOLS);
    proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>(), byte), 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_stands_at_a_pieces_border_is_judged_as_in_one_piece(
        file in proptest::collection::vec(b' '..=b'~', 1..400),
        sizes in sizes(),
        changes in changes(),
    ) {
        let mut body = body(&file);
        let borders = borders(&in_pieces(&body, &sizes));
        for (border, is_behind, byte) in changes {
            let border = *border.get(&borders);
            let at = if is_behind { border } else { border - 1 };
            if let Some(changed) = body.get_mut(at) {
                *changed = byte;
            }
        }
        prop_assert_eq!(outcome(in_pieces(&body, &sizes)), outcome(body));
    }
}

#[test]
fn a_change_anywhere_in_a_short_body_is_noticed_however_it_is_cut() {
    let whole = body(b"name,city\nAda,London\n");
    for at in BEFORE.len()..whole.len() - AFTER.len() {
        for byte in NO_SYMBOLS {
            let mut body = whole.clone();
            body[at] = *byte;
            let expected = outcome(body.clone());
            for cut in 1..body.len() {
                let pieces = in_pieces(&body, &[cut, body.len() - cut]);
                assert_eq!(
                    outcome(pieces),
                    expected,
                    "byte {byte:#04x} at {at}, cut at {cut}"
                );
            }
        }
    }
}

#[test]
fn a_change_at_any_boundary_within_a_large_piece_is_noticed() {
    const KIB: usize = 1024;
    let whole = body(&vec![b'a'; 60 * KIB]);
    let boundaries = (4 * KIB..whole.len() - AFTER.len() - 2).step_by(4 * KIB);
    for at in boundaries.flat_map(|boundary| boundary - 2..boundary + 2) {
        for byte in [b'=', b'\n', b'-', b'"', b'*'] {
            let mut body = whole.clone();
            body[at] = byte;
            let expected = outcome(body.clone());
            for size in [20 * KIB, 64 * KIB, body.len()] {
                let pieces = in_pieces(&body, &[size]);
                assert_eq!(
                    outcome(pieces),
                    expected,
                    "byte {byte:#04x} at {at}, pieces of {size}"
                );
            }
        }
    }
}

#[test]
fn symbols_before_and_after_a_gap_do_not_hide_it() {
    let (text, gap) = ("QUJD".repeat(9), "QU.D");
    for parts in [
        [gap, &text, &text, &text],
        [&text, gap, &text, &text],
        [&text, &text, gap, &text],
        [&text, &text, &text, gap],
    ] {
        let body = [&[BEFORE], &parts[..], &[AFTER]].concat();
        let pieces = body
            .iter()
            .map(|piece| Bytes::copy_from_slice(piece.as_bytes()));
        let pieces: Chunks = pieces.collect();
        let whole = outcome(body.concat());
        assert!(whole.is_err());
        assert_eq!(outcome(pieces), whole);
    }
}
