//! The connection breaks, or the upstream stops sending.

use ccmessaging_sandbox::{Call, Fault};
use std::sync::Arc;
use std::time::Duration;

use gateway_tests::{Certificate, Script, Step};

use super::{A_HEAD_COMES, ANSWER_BROKE_OFF, BROKE_OFF, NOTHING_COMES, STORED, TOO_SLOW, head_of};
use crate::table::{Counted, Row, Section, Trust, Upstream};

/// A part of a large upload that ends within the body.
const SOME_OF_A_LARGE_UPLOAD: usize = 64 * 1024;

pub(crate) fn section() -> Section {
    let rows = [
        before_the_answer(),
        in_its_head(),
        in_its_body(),
        too_slow(),
    ];
    Section {
        title: "Disconnects",
        introduction: "The contact centre …",
        counted: Counted::Uploads,
        rows: rows.into_iter().flatten().collect(),
    }
}

fn raw(steps: impl Into<Arc<[Step]>>) -> Upstream {
    Upstream::Raw(Script::new(steps))
}

fn before_the_answer() -> Vec<Row> {
    let broken = |fault, upstream| Row::failed(fault, upstream, BROKE_OFF).calls(3);
    vec![
        broken("closes the connection at once", raw([])),
        broken(
            "resets the connection within the request's head",
            raw([Step::ReadBytes(1), Step::Reset]),
        ),
        broken(
            "resets the connection after the request's head",
            raw([Step::ReadHead, Step::Reset]),
        ),
        broken(
            "resets the connection within the request's body",
            raw([Step::ReadBytes(SOME_OF_A_LARGE_UPLOAD), Step::Reset]),
        )
        .large(),
        broken(
            "resets the connection instead of a response",
            Fault::reset().on(Call::UploadFileStream).into(),
        ),
        broken(
            "closes the connection instead of a response",
            raw([Step::ReadRequest]),
        ),
        broken(
            "ends its half of the connection instead of a response",
            raw([Step::ReadRequest, Step::HalfClose]),
        ),
        Row::stored(
            "resets the connection instead of two responses, and then stores the file",
            Fault::reset().on(Call::UploadFileStream).first(2).into(),
        )
        .calls(3)
        .handing_token_over(),
    ]
}

fn in_its_head() -> Vec<Row> {
    let half_a_head = || Step::Write(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec());
    let broken = |fault, upstream| Row::failed(fault, upstream, BROKE_OFF).calls(3);
    vec![
        broken(
            "resets the connection within the response head",
            raw([Step::ReadRequest, half_a_head(), Step::Reset]),
        ),
        broken(
            "closes the connection within the response head",
            raw([Step::ReadRequest, half_a_head()]),
        ),
        Row::failed(
            "does not end the response head",
            raw([Step::ReadRequest, half_a_head(), Step::Wait]),
            TOO_SLOW,
        )
        .with(NOTHING_COMES),
    ]
}

fn in_its_body() -> Vec<Row> {
    let broken =
        |fault, upstream| Row::failed(fault, upstream, ANSWER_BROKE_OFF).handing_token_over();
    let chunked = |body: &str| {
        let answer = head_of(200, "Transfer-Encoding: chunked\r\n") + body;
        raw([Step::ReadRequest, Step::Write(answer.into_bytes())])
    };
    vec![
        broken(
            "resets the connection after the response head",
            Fault::reset_after_headers()
                .on(Call::UploadFileStream)
                .into(),
        ),
        broken(
            "resets the connection within the response body",
            Fault::reset_mid_body().on(Call::UploadFileStream).into(),
        ),
        broken(
            "closes the connection within the response body",
            Fault::cut().on(Call::UploadFileStream).into(),
        ),
        broken(
            "announces a longer response than it sends, and closes the connection",
            raw([Step::ReadRequest, Step::Write(too_long())]),
        ),
        broken(
            "omits the last chunk",
            chunked("46\r\n{\"returnCode\":\"0\","),
        ),
        broken(
            "sends a chunk with an invalid size",
            chunked("size\r\n{}\r\n0\r\n\r\n"),
        ),
        broken(
            "closes the connection without ending the TLS session, in a response without a length",
            Upstream::Tls(
                Certificate::Good,
                Trust::Given,
                Script::new([
                    Step::ReadRequest,
                    Step::Write((head_of(200, "Connection: close\r\n") + STORED).into_bytes()),
                    Step::HangUp,
                ]),
            ),
        ),
    ]
}

fn too_slow() -> Vec<Row> {
    let slow = |fault, upstream| Row::failed(fault, upstream, TOO_SLOW);
    vec![
        slow(
            "does not read the request's body",
            raw([Step::ReadHead, Step::Stall]),
        )
        .with(NOTHING_COMES)
        .large(),
        slow(
            "does not respond",
            Fault::delay(Duration::from_secs(600))
                .on(Call::UploadFileStream)
                .into(),
        )
        .with(NOTHING_COMES),
        slow(
            "sends the response body a byte every ten minutes",
            Fault::drip(Duration::from_secs(600), 1)
                .on(Call::UploadFileStream)
                .into(),
        )
        .with(A_HEAD_COMES)
        .handing_token_over(),
        slow(
            "announces a longer response than it sends, and sends no more",
            raw([Step::ReadRequest, Step::Write(too_long()), Step::Wait]),
        )
        .with(A_HEAD_COMES)
        .handing_token_over(),
    ]
}

/// A response whose `Content-Length` exceeds its body.
fn too_long() -> Vec<u8> {
    (head_of(200, "Content-Length: 100000\r\n") + STORED).into_bytes()
}
