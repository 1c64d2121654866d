//! The connection breaks, or nothing more comes.

use std::time::Duration;

use ccmessaging_sandbox::{Call, Fault};
use gateway_tests::{Script, Step};

use super::{ANSWER_BROKE_OFF, BROKE_OFF, IMPATIENT, STORED, TOO_SLOW, head_of};
use crate::table::{Counted, Row, Section, Upstream};

/// As much of a large upload as makes sure that its body has begun and not ended.
const SOME_OF_A_LARGE_UPLOAD: usize = 64 * 1024;

const TEN_MINUTES: Duration = Duration::from_secs(600);

pub(crate) fn section() -> Section {
    let mut rows = before_the_answer();
    rows.extend(in_its_head());
    rows.extend(in_its_body());
    rows.extend(too_slow());
    Section {
        title: "Breaking off",
        introduction: "The contact centre …",
        counted: Counted::Uploads,
        rows,
    }
}

fn raw(steps: impl Into<Vec<Step>>) -> Upstream {
    Upstream::Raw(Script::new(steps))
}

/// The simulated contact centre with that fault on every upload.
fn uploads(fault: Fault) -> Upstream {
    fault.on(Call::UploadFileStream).into()
}

fn before_the_answer() -> Vec<Row> {
    let broken = |fault, upstream| Row::failed(fault, upstream, BROKE_OFF).calls(3);
    vec![
        broken("hangs up at once", raw([])),
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
            "resets the connection in place of an answer",
            uploads(Fault::reset()),
        ),
        broken("hangs up in place of an answer", raw([Step::ReadRequest])),
        broken(
            "ends its half of the connection in place of an answer",
            raw([Step::ReadRequest, Step::HalfClose]),
        ),
        Row::stored(
            "resets the connection in place of two answers, and then stores the file",
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
            "resets the connection within the answer's head",
            raw([Step::ReadRequest, half_a_head(), Step::Reset]),
        ),
        broken(
            "hangs up within the answer's head",
            raw([Step::ReadRequest, half_a_head()]),
        ),
        Row::failed(
            "does not end the answer's head",
            raw([Step::ReadRequest, half_a_head(), Step::Wait]),
            TOO_SLOW,
        )
        .with(IMPATIENT),
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
            "resets the connection after the answer's head",
            uploads(Fault::reset_after_headers()),
        ),
        broken(
            "resets the connection within the answer's body",
            uploads(Fault::reset_mid_body()),
        ),
        broken("hangs up within the answer's body", uploads(Fault::cut())),
        broken(
            "announces a longer answer than it sends, and hangs up",
            raw([
                Step::ReadRequest,
                Step::Write((head_of(200, "Content-Length: 100000\r\n") + STORED).into_bytes()),
            ]),
        ),
        broken(
            "leaves the last chunk out",
            chunked("46\r\n{\"returnCode\":\"0\","),
        ),
        broken(
            "sends a chunk whose size is no number",
            chunked("size\r\n{}\r\n0\r\n\r\n"),
        ),
        broken(
            "ends a TLS session without saying so, in an answer without a length",
            Upstream::Tls(
                gateway_tests::Certificate::Good,
                crate::table::Trust::Given,
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
    let slow = |fault, upstream| Row::failed(fault, upstream, TOO_SLOW).with(IMPATIENT);
    vec![
        slow(
            "does not take the request's body",
            raw([Step::ReadHead, Step::Stall]),
        )
        .large(),
        slow("does not answer", uploads(Fault::delay(TEN_MINUTES))),
        slow(
            "sends the answer's body a byte every ten minutes",
            uploads(Fault::drip(TEN_MINUTES, 1)),
        )
        .handing_token_over(),
        slow(
            "announces a longer answer than it sends, and says no more",
            raw([
                Step::ReadRequest,
                Step::Write((head_of(200, "Content-Length: 100000\r\n") + STORED).into_bytes()),
                Step::Wait,
            ]),
        )
        .handing_token_over(),
    ]
}
