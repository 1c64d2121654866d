//! The documented body is read, validated and written again without a copy of it: all that is
//! allocated at any moment is a small part of its size, so no single allocation is larger either.
//! A raw file is encoded once and not copied.

use allocation_counter::measure;
use bytes::Bytes;
use ccmessaging_core::{CanonicalBase64, Limits, Policy, ReceivedBody, UploadRequest};

fn policy() -> Policy {
    Policy::default().with_limits(Limits::uniform(usize::MAX))
}

/// The largest share of the body's size that may be allocated in addition to it.
const ONE_IN: usize = 20;

/// A body of about `bytes` bytes.
fn body(bytes: usize) -> Bytes {
    let text = CanonicalBase64::encode(&file(bytes / 4 * 3));
    let before: &[u8] = br#"{"fileType":"png","fileStream":""#;
    [before, text.as_text(), br#"","channel":"WEB"}"#]
        .concat()
        .into()
}

/// A small PNG file with more after it.
fn file(bytes: usize) -> Vec<u8> {
    let mut file = include_bytes!("../../../tests/samples/rgb.png").to_vec();
    file.resize(bytes, 0x5A);
    file
}

/// The most bytes that are allocated at one time on the way from the body to the payload.
fn peak(body: &Bytes) -> usize {
    peak_of(|| UploadRequest::from_json(body.clone()).expect("a valid body"))
}

fn peak_of(request: impl FnOnce() -> UploadRequest) -> usize {
    let allocated = measure(|| {
        let upload = request().validate(&policy()).expect("a valid upload");
        assert!(upload.into_payload().len() > 500_000);
    });
    usize::try_from(allocated.bytes_max).expect("an amount of memory")
}

#[test]
fn the_documented_body_is_not_copied() {
    for size in [1_000_000, 5_000_000] {
        let body = body(size);
        let peak = peak(&body);
        assert!(peak > 0, "the payload's head at least is allocated");
        assert!(
            peak <= body.len() / ONE_IN,
            "{size} bytes: {peak} bytes allocated at one time"
        );
    }
}

#[test]
fn complete_body_is_not_copied() {
    // Something stood in front of it, as in an event.
    let body = body(1_000_000).split_off(100);
    let address = body.as_ptr();
    assert_eq!(ReceivedBody::from(body).into_bytes().as_ptr(), address);
}

#[test]
fn allocation_counter_detects_a_copy() {
    let body = body(1_000_000);
    // Line breaks are left out in a copy.
    let in_lines = [&body[..1_000], br"\n", &body[1_000..]].concat();
    assert!(peak(&in_lines.into()) > body.len() / 2);
}

#[test]
fn file_is_encoded_without_a_copy() {
    const FILE_BYTES: usize = 1_000_000;
    let most = FILE_BYTES / 3 * 4 + FILE_BYTES / ONE_IN;
    let (owned, shared) = (file(FILE_BYTES), Bytes::from(file(FILE_BYTES)));
    let kept = shared.clone();
    assert!(peak_of(|| UploadRequest::from_file(owned, "png")) <= most);
    assert!(peak_of(|| UploadRequest::from_file(shared, "png")) <= most);
    assert_eq!(kept.len(), FILE_BYTES);
}
