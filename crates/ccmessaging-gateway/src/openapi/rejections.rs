//! The responses to rejected requests are described.

use std::collections::BTreeSet;

use ccmessaging_client::TokenError;
use serde_json::Value;

use super::samples::{chat_rejections, rejections};
use super::{description, object, upload};
use crate::Malformed;
use crate::body::BodyError;
use crate::credentials::CredentialsError;
use crate::extract::MediaTypeError;
use crate::extract::text_instead_of_file::TextInsteadOfFile;
use crate::rejection::{ChatRejection, Rejection};
use crate::scan::ScanRefusal;

/// A number for each kind, without a catch-all: a new kind stops the build here, and needs a sample.
fn number(rejection: &Rejection) -> usize {
    match rejection {
        Rejection::UnknownPath => 0,
        Rejection::MethodNotAllowed { .. } => 1,
        Rejection::MediaType(
            MediaTypeError::Unsupported
            | MediaTypeError::OtherFormat { .. }
            | MediaTypeError::UrlEncoded,
        ) => 2,
        Rejection::MediaType(MediaTypeError::TextInsteadOfFile(TextInsteadOfFile::Json)) => 3,
        Rejection::MediaType(MediaTypeError::Encoded) => 4,
        Rejection::MediaType(MediaTypeError::UnknownEncoding) => 29,
        Rejection::MediaType(MediaTypeError::TextInsteadOfFile(_)) => 30,
        Rejection::MediaType(MediaTypeError::Missing) => 32,
        Rejection::Malformed(Malformed::DecodedBody) => 33,
        Rejection::Malformed(Malformed::DecodedText) => 31,
        Rejection::Body(BodyError::TooLarge { .. }) => 5,
        Rejection::Body(BodyError::TimedOut(_)) => 6,
        Rejection::Body(BodyError::Incomplete) => 7,
        Rejection::Malformed(Malformed::Event) => 8,
        Rejection::Form(_) => 9,
        Rejection::Credentials(CredentialsError::Missing(_)) => 10,
        Rejection::Credentials(CredentialsError::Repeated(_)) => 11,
        Rejection::Credentials(CredentialsError::NoAuthorization) => 12,
        Rejection::Credentials(CredentialsError::NotBearer) => 13,
        Rejection::Token(TokenError::KeyRejected { .. }) => 14,
        Rejection::Token(TokenError::Unavailable { .. }) => 15,
        Rejection::Token(_) => 16,
        Rejection::Upstream(_) => 17,
        Rejection::Upload(_) => 18,
        Rejection::Overloaded => 19,
        Rejection::Panicked => 20,
        Rejection::Malformed(Malformed::Host) => 21,
        Rejection::Malformed(Malformed::TransferCoding) => 22,
        Rejection::Malformed(Malformed::Headers) => 23,
        Rejection::Malformed(Malformed::Path) => 24,
        Rejection::MediaType(MediaTypeError::Repeated) => 25,
        Rejection::Scan(ScanRefusal::Malware) => 26,
        Rejection::Scan(ScanRefusal::Unavailable) => 27,
        Rejection::Body(BodyError::Evicted) => 28,
        Rejection::Body(BodyError::MemoryFull) => 34,
    }
}

#[test]
fn every_response_of_the_gateway_is_described_with_an_example() {
    let responses = upload()["responses"].clone();
    let mut numbers = BTreeSet::new();
    for rejection in rejections() {
        numbers.insert(number(&rejection));
        let verdict = rejection.verdict();
        let status = verdict.status.as_u16().to_string();
        let code = verdict.return_code.as_str();
        let examples = object(&responses[&status]["content"]["application/json"]["examples"]);
        assert!(
            examples
                .values()
                .any(|example| example["value"]["returnCode"] == code),
            "{status} with returnCode {code} is not described: {rejection}"
        );
    }
    assert!(numbers.into_iter().eq(0..=34), "a kind has no sample");
}

#[test]
fn documented_reason_codes_are_complete() {
    let described =
        &description()["components"]["schemas"]["Rejection"]["properties"]["reasonCode"];
    let described: BTreeSet<&str> = described["enum"]
        .as_array()
        .expect("an enumeration")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let rejections = rejections();
    let carried = rejections.iter();
    let carried = carried
        .map(|rejection| rejection.verdict().reason_code)
        .collect();
    assert_eq!(described, carried);
    for code in described {
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(code.bytes().all(is_word), "{code}");
    }
}

/// Whether the chat's calls are rejected in this way too: before a body is parsed, or behind it.
fn is_shared(rejection: &Rejection) -> bool {
    match rejection {
        Rejection::MediaType(
            MediaTypeError::Encoded | MediaTypeError::UnknownEncoding | MediaTypeError::Repeated,
        )
        | Rejection::MethodNotAllowed { .. }
        | Rejection::Malformed(_)
        | Rejection::Body(_)
        | Rejection::Credentials(_)
        | Rejection::Token(_)
        | Rejection::Overloaded => true,
        Rejection::UnknownPath
        | Rejection::MediaType(_)
        | Rejection::Form(_)
        | Rejection::Upload(_)
        | Rejection::Scan(_)
        | Rejection::Upstream(_)
        | Rejection::Panicked => false,
    }
}

#[test]
fn every_rejection_of_a_chat_call_is_described() {
    let description = description();
    let codes = &description["components"]["schemas"]["ChatRejection"]["properties"]["reasonCode"];
    let codes = codes["enum"].as_array().expect("an enumeration").iter();
    let described: BTreeSet<&str> = codes.filter_map(Value::as_str).collect();
    let shared = rejections().into_iter().filter(is_shared);
    let all = chat_rejections()
        .into_iter()
        .chain(shared.map(ChatRejection::from));
    let mut carried = BTreeSet::new();
    let paths = &description["paths"];
    for rejection in all {
        let verdict = rejection.verdict();
        carried.insert(verdict.reason_code);
        let status = verdict.status;
        // Platforms and servers reject these before they know the call.
        let is_of_the_head = matches!(status.as_u16(), 414 | 431 | 501);
        let is_described = is_of_the_head
            || paths["/apiaccess/ccmessaging/downloadFileStream"]["post"]["responses"]
                [status.as_str()]
            .is_object();
        assert!(is_described, "{status}: {rejection}");
    }
    assert_eq!(described, carried);
}
