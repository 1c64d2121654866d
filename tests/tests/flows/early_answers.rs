//! Answers that arrive while an upload is still being written.

use gateway_tests::{
    Gateway, PATIENT, Platform, Request, Script, ScriptedUpstream, Step, http_answer, stored,
    upload_line,
};
use serde_json::Value;

use crate::PROGRAM;

/// More than the buffers of a connection hold.
const FILE_BYTES: usize = 24 * 1024 * 1024;

/// Uploads a text that never fits into the buffers to an upstream that gives this answer to the head
/// and reads no further: the answer's status and text, and the log's line.
async fn upload(answer: Vec<u8>) -> (u16, String, Value) {
    upload_to(&[Step::ReadHead, Step::Write(answer), Step::Stall]).await
}

async fn upload_to(steps: &[Step]) -> (u16, String, Value) {
    let upstream = ScriptedUpstream::start(Script::new(steps)).await;
    let url = upstream.uri();
    let settings = [
        ("UPSTREAM_BASE_URL", url.as_str()),
        ("MAX_BODY_BYTES", "41943040"),
        ("MAX_TEXT_BYTES", "41943040"),
    ];
    let settings = [&PATIENT, &settings[..]].concat();
    let gateway = Gateway::start(PROGRAM, Platform::Http, &settings).await;
    let request = Request::raw("text/plain", &b"a line of text\n".repeat(FILE_BYTES / 15));
    let answer = gateway.send(&request).await;
    assert_eq!(upstream.requests().len(), 1);
    (
        answer.status,
        answer.text,
        upload_line(&gateway.stop().await),
    )
}

#[tokio::test]
async fn success_before_the_request_was_fully_sent_is_a_failure() {
    for lines in ["", "Connection: close\r\n"] {
        let (status, text, line) = upload(http_answer(200, lines, stored())).await;
        assert_eq!(status, 500, "{text}");
        assert!(text.contains(r#""returnCode":"13""#), "{text}");
        assert!(
            text.contains("before it had received the whole file"),
            "{text}"
        );
        assert_ne!(line["outcome"], "stored", "{line}");
        assert_eq!(line["upstream_status"], 200, "{line}");
    }
}

#[tokio::test]
async fn success_that_starts_before_the_request_was_fully_sent_is_a_failure() {
    let answer = http_answer(200, "Connection: close\r\n", stored());
    let (head, body) = answer.split_at(answer.len() - stored().len());
    let (status, text, _) = upload_to(&[
        Step::ReadHead,
        Step::Write(head.to_vec()),
        Step::ReadRequest,
        Step::Write(body.to_vec()),
    ])
    .await;
    assert_eq!(status, 500, "{text}");
    assert!(
        text.contains("before it had received the whole file"),
        "{text}"
    );
}

#[tokio::test]
async fn early_rejection_is_forwarded() {
    let failed = "failed_by_upstream";
    for (status, body, outcome) in [
        (401, r#"{"returnCode":"401"}"#, failed),
        (
            403,
            r#"{"errorCode":"0","exceptionInfo":"auth fail!"}"#,
            failed,
        ),
        (413, r#"{"returnCode":"3"}"#, "refused_by_upstream"),
        (500, r#"{"returnCode":"13"}"#, failed),
    ] {
        let (found, text, line) = upload(http_answer(status, "", body)).await;
        assert_eq!((found, text.as_str()), (status, body));
        assert_eq!(line["outcome"], outcome, "{line}");
    }
}
