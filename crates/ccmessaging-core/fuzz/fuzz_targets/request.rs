//! Any body gets the same outcome by both ways to read it, whole or in pieces; what is accepted becomes a
//! JSON body that is accepted again.
//!
//! White space in front changes nothing of what a body says, and so much of it leaves the body to the
//! general parser.

#![no_main]

use ccmessaging_core::{Policy, ReceivedBody, UploadError, UploadRequest};
use libfuzzer_sys::fuzz_target;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const SPACE: [u8; 4096] = [b' '; 4096];

const PIECE_BYTES: [usize; 4] = [1, 7, 99, 1000];

fn outcome(body: Vec<u8>) -> Result<Vec<u8>, UploadError> {
    outcome_of(UploadRequest::from_json(body))
}

fn outcome_in_pieces(body: &[u8], piece_bytes: usize) -> Result<Vec<u8>, UploadError> {
    let mut received = ReceivedBody::default();
    for piece in body.chunks(piece_bytes) {
        received.push(piece);
    }
    outcome_of(received.into_request())
}

fn outcome_of(request: Result<UploadRequest, UploadError>) -> Result<Vec<u8>, UploadError> {
    let upload = request?.validate(&Policy::default())?;
    Ok(upload.into_payload().to_vec())
}

fuzz_target!(|body: &[u8]| {
    let outcome_of_body = outcome(body.to_vec());
    let text = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let mark = &body[..body.len() - text.len()];
    let mut generally = outcome([mark, &SPACE, text].concat());
    if let Err(UploadError::NotJson { position, .. }) = &mut generally
        && *position >= mark.len() + SPACE.len()
    {
        *position -= SPACE.len();
    }
    assert_eq!(outcome_of_body, generally);
    for piece_bytes in PIECE_BYTES {
        assert_eq!(outcome_in_pieces(body, piece_bytes), outcome_of_body);
    }
    if let Ok(payload) = outcome_of_body {
        assert_eq!(outcome(payload.clone()), Ok(payload));
    }
});
