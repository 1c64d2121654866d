//! Faults while a message is posted, which must not be posted twice.

use gateway_tests::{Script, Step};

use super::{NOTHING_COMES, UNREACHABLE, answer};
use crate::table::{Counted, Expected, Row, Section, Upstream};

pub(crate) fn section() -> Section {
    Section {
        title: "Messages",
        introduction: "A message (`send`, `sendAsync`) is not repeated once the contact centre may have received it. The contact centre …",
        counted: Counted::Messages,
        rows: vec![
            Row::failed("refuses connections", Upstream::Nobody, UNREACHABLE).calls(3),
            uncertain(
                "closes the connection at once",
                [],
                "the contact centre closed the connection before it responded",
            ),
            uncertain(
                "resets the connection instead of a response",
                [Step::ReadRequest, Step::Reset],
                "the contact centre closed the connection before it responded",
            ),
            uncertain(
                "resets the connection within the response body",
                [
                    Step::ReadRequest,
                    Step::Write(b"HTTP/1.1 200 -\r\nContent-Length: 50\r\n\r\n{".to_vec()),
                    Step::Reset,
                ],
                "the contact centre's response was truncated",
            ),
            uncertain(
                "does not respond",
                [Step::ReadRequest, Step::Stall],
                "the contact centre did not respond in time",
            )
            .with(NOTHING_COMES),
            uncertain(
                "responds with HTML",
                [Step::ReadRequest, Step::Write(answer(200, "", "<html>"))],
                "the contact centre responded with status 200, but the body is not the documented JSON",
            )
            .handing_token_over(),
            overloaded(),
        ],
    }
}

/// Returns a row after which it is unknown whether the message was posted.
fn uncertain(fault: &str, steps: impl Into<Vec<Step>>, problem: &str) -> Row {
    let steps: Vec<Step> = steps.into();
    let sentence = format!(
        "{problem}; the message may have been delivered, so check the chat before you send it again"
    );
    Row::failed(fault, Upstream::Raw(Script::new(steps)), sentence)
}

fn overloaded() -> Row {
    let body = r#"{"resultCode":"13","resultDesc":"busy"}"#;
    let upstream = Script::answering(answer(503, "Retry-After: 1\r\n", body));
    let expected = Expected {
        passed_on: Some((body.to_owned(), Some("1"))),
        ..Expected::of_upstream(503, Some("13"))
    };
    Row::answered("is overloaded (503)", Upstream::Raw(upstream), expected).handing_token_over()
}
