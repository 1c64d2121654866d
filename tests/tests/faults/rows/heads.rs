//! Misleading heads of responses.

use gateway_tests::{Script, Step};

use super::{NOT_HTTP, STORED, answer, answering, head_of, not_json};
use crate::table::{Counted, Row, Section, Upstream};

const MIB: usize = 1024 * 1024;

pub(crate) fn section() -> Section {
    let rows = [unreadable(), misleading()];
    Section {
        title: "Response heads",
        introduction: "The response head …",
        counted: Counted::Uploads,
        rows: rows.into_iter().flatten().collect(),
    }
}

fn flood(piece: &str, most_bytes: usize) -> Upstream {
    Upstream::Raw(Script::new([
        Step::ReadRequest,
        Step::Write(b"HTTP/1.1 200 OK\r\n".to_vec()),
        Step::Flood(piece.as_bytes().to_vec(), most_bytes),
        Step::Wait,
    ]))
}

fn unreadable() -> Vec<Row> {
    let broken = |fault, upstream| Row::failed(fault, upstream, NOT_HTTP);
    vec![
        broken(
            "is of another protocol",
            answering("SSH-2.0-OpenSSH_9.2\r\n"),
        ),
        broken(
            "announces two different lengths",
            answering(head_of(200, "Content-Length: 2\r\nContent-Length: 71\r\n") + STORED),
        ),
        broken(
            "has a header of a mebibyte",
            answering(answer(200, &format!("x: {}\r\n", "x".repeat(MIB)), STORED)),
        ),
        broken("has headers without end", flood("x: y\r\n", 64 * MIB)),
        broken(
            "has ten thousand headers",
            answering(answer(200, &"x: y\r\n".repeat(10_000), STORED)),
        ),
    ]
}

fn misleading() -> Vec<Row> {
    const EARLY_HINTS: &str = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n";
    const TOO_MANY: &str = "the contact centre sent too many 1xx responses; try again later";
    let after_hints = |count| {
        let hints = EARLY_HINTS.repeat(count);
        answering([hints.as_bytes(), &answer(200, "", STORED)].concat())
    };
    vec![
        Row::stored("follows a hundred 1xx responses", after_hints(100)).handing_token_over(),
        Row::failed(
            "follows a hundred and one 1xx responses",
            after_hints(101),
            TOO_MANY,
        ),
        Row::failed(
            "never follows, only endless 1xx responses",
            Upstream::Raw(Script::new([
                Step::ReadRequest,
                Step::Flood(EARLY_HINTS.as_bytes().to_vec(), 64 * MIB),
                Step::Wait,
            ])),
            TOO_MANY,
        ),
        Row::failed(
            "announces a shorter body than is sent",
            answering(head_of(200, "Content-Length: 20\r\n") + STORED),
            not_json(200),
        )
        .handing_token_over(),
        Row::stored("has no media type", answering(answer(200, "", STORED))).handing_token_over(),
        Row::stored(
            "has another media type",
            answering(answer(200, "Content-Type: text/plain\r\n", STORED)),
        )
        .handing_token_over(),
        Row::stored(
            "has no length: the end of the connection ends the response",
            answering(head_of(200, "") + STORED),
        )
        .handing_token_over(),
    ]
}
