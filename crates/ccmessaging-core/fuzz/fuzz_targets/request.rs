//! Any body gets the same outcome by both ways to read it; what is accepted becomes a JSON body that
//! is accepted again.
//!
//! White space in front changes nothing of what a body says, and so much of it leaves the body to the
//! general parser.

#![no_main]

use ccmessaging_core::{Policy, UploadError, UploadRequest};
use libfuzzer_sys::fuzz_target;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const SPACE: [u8; 4096] = [b' '; 4096];

fn outcome(body: Vec<u8>) -> Result<Vec<u8>, UploadError> {
    let upload = UploadRequest::from_json(body)?.validate(&Policy::default())?;
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
    if let Ok(payload) = outcome_of_body {
        assert_eq!(outcome(payload.clone()), Ok(payload));
    }
});
