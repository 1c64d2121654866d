//! What the upstream answers while a file is still on its way to it.

use std::time::Duration;

use ccmessaging_sandbox::{Call, Fault};
use gateway_tests::{
    Answer, ClosedPort, Conduct, Door, Form, Gateway, Request, WatchedUpstream, answer, stored,
    upload_line,
};

use super::{MAX_VIDEO_BYTES, MIB, admitted, film, large_sandbox, raw, streaming_gateway};
use crate::PROGRAM;

/// A film that never fits into the buffers on its way.
fn large_film() -> Vec<u8> {
    film(32 * MIB)
}

async fn answered(conduct: Conduct) -> Answer {
    let upstream = WatchedUpstream::start(conduct).await;
    // It may leave all of the file unread: the client would meet a connection that is reset, and
    // perhaps not look for the answer in front of that.
    let whole_file = MAX_VIDEO_BYTES.to_string();
    let settings = [("MAX_BODY_BYTES", whole_file.as_str())];
    let gateway = streaming_gateway(upstream.uri(), &settings).await;
    let answer = gateway.send(&raw(&large_film())).await;
    for seen in upstream.until_seen(1).await {
        assert!(!seen.is_complete);
    }

    assert_eq!(upstream.begun(), 1);
    answer
}

#[tokio::test]
async fn an_early_refusal_is_passed_on_and_ends_the_upload() {
    for (status, body) in [
        (401, r#"{"returnCode":"401"}"#),
        (403, r#"{"errorCode":"0","exceptionInfo":"auth fail!"}"#),
        (413, r#"{"returnCode":"3"}"#),
        (503, r#"{"returnCode":"13"}"#),
    ] {
        let found = answered(Conduct::AnswerEarly(answer(status, body))).await;
        assert_eq!((found.status, found.text.as_str()), (status, body));
    }
}

#[tokio::test]
async fn an_early_answer_that_is_not_the_apis_is_a_failure() {
    let page = answer(413, "<html>");
    let found = answered(Conduct::AnswerEarly(page)).await;
    found.assert_refused(500, "13", &["status 413"]);
}

#[tokio::test]
async fn a_success_before_the_files_end_is_none() {
    let found = answered(Conduct::AnswerEarly(answer(200, &stored()))).await;
    found.assert_refused(500, "13", &["before it had the whole file"]);
}

#[tokio::test]
async fn a_connection_that_is_closed_early_is_a_failure_or_the_answer_before_it() {
    let refused = answer(413, r#"{"returnCode":"3"}"#);
    let found = answered(Conduct::AnswerEarlyAndClose(refused)).await;
    // Closing with unread bytes resets the connection, which may overtake the answer.
    assert!(matches!(found.status, 413 | 500), "{}", found.text);
    let found = answered(Conduct::AnswerEarlyAndClose(String::new())).await;
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
async fn a_session_token_of_a_streamed_answer_reaches_the_caller() {
    let body = r#"{"returnCode":"3"}"#;
    let early = answer(400, body).replacen("\r\n", "\r\nccmessaging-token: newer\r\n", 1);
    let found = answered(Conduct::AnswerEarly(early)).await;
    assert_eq!(found.header("ccmessaging-token"), Some("newer"));
}

#[tokio::test]
async fn a_refused_access_token_fails_one_streamed_upload_and_is_replaced_for_the_next() {
    let sandbox = large_sandbox().await;
    let url = sandbox.base_url();
    let settings = [
        ("UPSTREAM_BASE_URL", url.as_str()),
        ("APP_KEY", sandbox.app_key()),
        ("APP_SECRET", sandbox.app_secret()),
        ("STREAM_UPLOADS", "declared-length"),
        ("MAX_VIDEO_BYTES", "8000000"),
    ];
    let gateway = Gateway::start(PROGRAM, Door::Http, &settings).await;
    let request = Request::raw("video/mp4", &film(2 * MIB))
        .without("x-app-key")
        .without("authorization")
        .with("ccmessaging-token", &sandbox.issue_session_token());
    assert_eq!(gateway.send(&request).await.json()["returnCode"], "0");
    sandbox.revoke_access_tokens();
    assert_eq!(gateway.send(&request).await.status, 403);
    assert_eq!(gateway.send(&request).await.json()["returnCode"], "0");
    assert_eq!(sandbox.calls(Call::UploadFileStream), 3);
    assert_eq!(sandbox.uploads().len(), 2);
}

#[tokio::test]
async fn the_wait_for_an_answer_is_the_upstreams_time_whether_the_file_was_sent_on_or_held() {
    let text = "one line after the other\n".repeat(50_000).into_bytes();
    let texts = Form::new().file("a.txt", "text/plain", &text).request();
    for (request, is_streamed) in [(raw(&film(2 * MIB)), true), (texts, false)] {
        let sandbox = large_sandbox().await;
        let delay = Fault::delay(Duration::from_millis(400));
        sandbox.set_faults(delay.on(Call::UploadFileStream).nth(1));
        let gateway = streaming_gateway(&sandbox.base_url(), &[]).await;
        let answer = gateway.send(&admitted(request, &sandbox)).await;
        assert_eq!(answer.json()["returnCode"], "0", "{}", answer.text);
        let line = upload_line(&gateway.stop().await);
        assert_eq!(line["streamed"] == true, is_streamed, "{line}");
        assert!(line["upstream_ms"].as_u64() >= Some(400), "{line}");
        assert!(line["receive_ms"].is_u64(), "{line}");
        assert!(line["validate_ms"].is_u64(), "{line}");
    }
}
