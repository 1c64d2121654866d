//! The table.

mod answers;
mod breaking_off;
mod connecting;
mod heads;
mod messages;
mod scanning;
mod statuses;
mod token_service;

use gateway_tests::{Script, http_answer};

use crate::table::{ROTATED_TOKEN, Section, Upstream};

/// All sections in the order of the page.
pub(crate) fn sections() -> Vec<Section> {
    vec![
        connecting::section(),
        breaking_off::section(),
        heads::section(),
        answers::section(),
        statuses::section(),
        token_service::section(),
        scanning::section(),
        messages::section(),
    ]
}

/// The documented response to a stored file.
const STORED: &str = r#"{"returnCode":"0","objectKey":"0d1f6a3c-7e2b-4c58-9a41-5b8e7f2d6c90"}"#;

/// The timeout of rows whose upstream sends nothing.
const NOTHING_COMES: &[(&str, &str)] = &[("UPSTREAM_TIMEOUT_MS", "1000")];

/// The timeout of rows whose upstream only sends the response's head: long enough for an upload and that
/// head on a busy machine.
const A_HEAD_COMES: &[(&str, &str)] = &[("UPSTREAM_TIMEOUT_MS", "5000")];

const UNREACHABLE: &str = "the contact centre cannot be reached; try again later";
const NOT_SECURE: &str = "the TLS handshake with the contact centre failed; try again later";
const BROKE_OFF: &str =
    "the contact centre closed the connection before it responded; try again later";
const ANSWER_BROKE_OFF: &str = "the contact centre's response was truncated; try again later";
const NOT_HTTP: &str = "the contact centre's response is not valid HTTP; try again later";
const TOO_SLOW: &str = "the contact centre did not respond in time; try again later";

fn not_json(status: u16) -> String {
    format!(
        "the contact centre responded with status {status}, but the body is not the documented JSON; try again later"
    )
}

/// Returns a complete response with the rotated token and these header lines.
fn answer(status: u16, lines: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let lines = format!("ccmessaging-token: {ROTATED_TOKEN}\r\n{lines}");
    http_answer(status, &lines, body)
}

/// Returns the head of a response with the rotated token and these header lines, without a length.
fn head_of(status: u16, lines: &str) -> String {
    format!("HTTP/1.1 {status} -\r\nccmessaging-token: {ROTATED_TOKEN}\r\n{lines}\r\n")
}

/// Returns an upstream that reads the request, writes `bytes` and closes the connection.
fn answering(answer: impl Into<Vec<u8>>) -> Upstream {
    Upstream::Raw(Script::answering(answer))
}
