//! The table.

mod answers;
mod breaking_off;
mod connecting;
mod heads;
mod statuses;
mod token_service;

use gateway_tests::Script;

use crate::table::{ROTATED_TOKEN, Section, Upstream};

/// All of it, in the page's order.
pub(crate) fn sections() -> Vec<Section> {
    vec![
        connecting::section(),
        breaking_off::section(),
        heads::section(),
        answers::section(),
        statuses::section(),
        token_service::section(),
    ]
}

/// A file that is stored, as the documentation words it.
const STORED: &str = r#"{"returnCode":"0","objectKey":"0d1f6a3c-7e2b-4c58-9a41-5b8e7f2d6c90"}"#;

/// Long enough for an upload and its answer's head on a busy machine; what such a row waits for
/// never comes.
const IMPATIENT: &[(&str, &str)] = &[("UPSTREAM_TIMEOUT_MS", "5000")];

const UNREACHABLE: &str = "the contact centre cannot be reached; try again later";
const NOT_SECURE: &str = "no secure connection to the contact centre can be made; try again later";
const BROKE_OFF: &str = "the contact centre broke off before it answered; try again later";
const ANSWER_BROKE_OFF: &str = "the contact centre's answer broke off; try again later";
const NOT_HTTP: &str = "the contact centre's answer cannot be read as HTTP; try again later";
const TOO_SLOW: &str = "the contact centre did not answer in time; try again later";
const NOT_JSON: &str = "the contact centre answered with status 200, but not with the documented JSON; try again later";

/// A whole answer's text: status line, headers, the rotated token, `Content-Length`, body.
fn answer(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("{headers}Content-Length: {}\r\n", body.len());
    [head_of(status, &head).as_bytes(), body].concat()
}

/// An answer's head with the rotated token and these headers.
fn head_of(status: u16, headers: &str) -> String {
    format!("HTTP/1.1 {status} -\r\nccmessaging-token: {ROTATED_TOKEN}\r\n{headers}\r\n")
}

/// An upstream that reads the request, writes this and closes the connection.
fn answering(answer: impl Into<Vec<u8>>) -> Upstream {
    Upstream::Raw(Script::answering(answer))
}
