//! Any body gets the same outcome by both ways to read it, in one piece or in several; what is
//! taken becomes a JSON body that a general parser reads. The input's first byte is the size of the
//! pieces less one; the body follows.

#![no_main]

use bytes::Bytes;
use ccmessaging_core::{Chunks, Policy, UploadError, UploadRequest};
use libfuzzer_sys::fuzz_target;

fn outcome(request: Result<UploadRequest, UploadError>) -> Result<Vec<u8>, UploadError> {
    let upload = request?.validate(&Policy::default())?;
    Ok(upload.into_payload().to_vec())
}

fuzz_target!(|input: &[u8]| {
    let Some((&piece, body)) = input.split_first() else {
        return;
    };
    let pieces: Chunks = body
        .chunks(usize::from(piece) + 1)
        .map(Bytes::copy_from_slice)
        .collect();
    let general = outcome(UploadRequest::from_json_generally(body.to_vec()));
    assert_eq!(outcome(UploadRequest::from_json(body.to_vec())), general);
    assert_eq!(outcome(UploadRequest::from_json(pieces)), general);
    if let Ok(payload) = general {
        let sent = UploadRequest::from_json(payload.clone());
        assert_eq!(outcome(sent), Ok(payload));
    }
});
