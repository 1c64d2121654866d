//! What the upstream answers while a file is still on its way to it.

use ccmessaging_sandbox::{Call, Fault};
use gateway_tests::{
    Answer, ClosedPort, Form, Platform, Request, Script, ScriptedUpstream, Step, http_answer,
    stored, upload_line,
};
use std::time::Duration;

use super::{MAX_VIDEO_BYTES, MIB, film, large_sandbox, raw, streaming_gateway};
use crate::{fail, managed_gateway};

/// Sends a film that never fits into the buffers on its way to an upstream that plays this script.
async fn answered(script: impl Into<Vec<Step>>) -> Answer {
    let upstream = ScriptedUpstream::start(Script::new(script.into())).await;
    // It may leave all of the file unread: the client would meet a connection that is reset, and
    // perhaps not look for the answer in front of that.
    let whole_file = MAX_VIDEO_BYTES.to_string();
    let settings = [("MAX_BODY_BYTES", whole_file.as_str())];
    let gateway = streaming_gateway(&upstream.uri(), &settings).await;
    let answer = gateway.send(&raw(&film(32 * MIB))).await;
    let seen = upstream.until_over(1).await;
    assert_eq!(seen.len(), 1);
    assert!(!seen[0].is_complete);
    answer
}

/// The upstream gives this answer as soon as it has read the request's head, and reads on.
async fn answered_early(answer: Vec<u8>) -> Answer {
    answered([Step::ReadHead, Step::Write(answer), Step::ReadRequest]).await
}

#[tokio::test]
async fn an_early_refusal_is_passed_on_and_ends_the_upload() {
    for (status, body) in [
        (401, r#"{"returnCode":"401"}"#),
        (403, r#"{"errorCode":"0","exceptionInfo":"auth fail!"}"#),
        (413, r#"{"returnCode":"3"}"#),
        (200, r#"{"returnCode":"3"}"#),
        (503, r#"{"returnCode":"13"}"#),
    ] {
        let token = "ccmessaging-token: newer\r\n";
        let found = answered_early(http_answer(status, token, body)).await;
        assert_eq!((found.status, found.text.as_str()), (status, body));
        assert_eq!(found.header("ccmessaging-token"), Some("newer"));
    }
}

#[tokio::test]
async fn an_early_answer_that_is_not_the_apis_is_a_failure() {
    let found = answered_early(http_answer(413, "", "<html>")).await;
    found.assert_refused(500, "13", &["status 413"]);
}

#[tokio::test]
async fn a_success_before_the_files_end_is_none() {
    let found = answered_early(http_answer(200, "", stored())).await;
    found.assert_refused(500, "13", &["before it had the whole file"]);
}

#[tokio::test]
async fn a_connection_that_is_closed_early_is_a_failure_or_the_answer_before_it() {
    let refused = http_answer(413, "", r#"{"returnCode":"3"}"#);
    let found = answered([Step::ReadHead, Step::Write(refused)]).await;
    // Closing with unread bytes resets the connection, which may overtake the answer.
    assert!(matches!(found.status, 413 | 500), "{}", found.text);
    let found = answered([Step::ReadHead]).await;
    found.assert_refused(500, "13", &["broke off"]);
}

#[tokio::test]
async fn an_upstream_that_cannot_be_reached_is_a_failure() {
    let nobody = ClosedPort::reserve();
    let gateway = streaming_gateway(&nobody.uri(), &[]).await;
    let answer = gateway.send(&raw(&film(3 * MIB))).await;
    answer.assert_refused(500, "13", &["cannot be reached"]);
}

#[tokio::test]
async fn a_refused_access_token_fails_one_streamed_upload_and_is_replaced_for_the_next() {
    let sandbox = large_sandbox().await;
    let settings = [
        ("STREAM_UPLOADS", "declared-length"),
        ("MAX_VIDEO_BYTES", "8000000"),
    ];
    let gateway = managed_gateway(Platform::Http, &sandbox, &settings).await;
    let request = raw(&film(2 * MIB)).of_a_page(&sandbox.issue_session_token());
    gateway.send(&request).await.assert_stored();
    sandbox.revoke_access_tokens();
    assert_eq!(gateway.send(&request).await.status, 403);
    gateway.send(&request).await.assert_stored();
    assert_eq!(sandbox.calls(Call::UploadFileStream), 3);
    assert_eq!(sandbox.uploads().len(), 2);
}

#[tokio::test]
async fn the_wait_for_an_answer_is_the_upstreams_time_whether_the_file_was_sent_on_or_held() {
    let text = "one line after the other\n".repeat(50_000).into_bytes();
    let texts = Form::new().file("a.txt", "text/plain", &text).request();
    for (request, is_streamed) in [(raw(&film(2 * MIB)), true), (texts, false)] {
        let sandbox = large_sandbox().await;
        fail(
            &sandbox,
            Fault::delay(Duration::from_millis(400))
                .on(Call::UploadFileStream)
                .nth(1),
        );
        let gateway = streaming_gateway(&sandbox.base_url(), &[]).await;
        let request: Request = request.admitted_by(&sandbox);
        gateway.send(&request).await.assert_stored();
        let line = upload_line(&gateway.stop().await);
        assert_eq!(line["streamed"] == true, is_streamed, "{line}");
        assert!(line["upstream_ms"].as_u64() >= Some(400), "{line}");
        assert!(line["receive_ms"].is_u64(), "{line}");
        assert!(line["validate_ms"].is_u64(), "{line}");
    }
}
