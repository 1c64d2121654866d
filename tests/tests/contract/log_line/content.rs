//! What the line says of each way in which an upload ends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{
    Door, Gateway, Request, answers, log_lines, sample, until_reached, upload_line,
    upstream_storing,
};
use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

use super::line_of_refused;
use crate::gateway;

#[tokio::test]
async fn a_mismatch_tells_what_was_declared_and_what_was_found() {
    for door in Door::ALL {
        let gif = b"GIF89a\x01\0\x01\0\0\0\0;".as_slice();
        for (request, file_type, detected, lane) in [
            (Request::upload("JPEG", gif), "JPEG", "image/gif", "json"),
            (Request::raw("image/png", gif), "png", "image/gif", "raw"),
            (
                Request::upload("png", b"plain text"),
                "png",
                "text/plain",
                "json",
            ),
            (
                Request::upload("mp4", b"\x01\x02\x03\x04"),
                "mp4",
                "unknown",
                "json",
            ),
            (
                Request::upload("txt", b"a\0b\x01\x02"),
                "txt",
                "binary",
                "json",
            ),
            (
                Request::upload("jpg", &sample("rgb.png")[..20]),
                "jpg",
                "damaged",
                "json",
            ),
        ] {
            let line = line_of_refused(door, &request).await;
            assert_eq!(line["file_type"], file_type, "{line}");
            assert_eq!(line["detected_type"], detected, "{line}");
            assert_eq!(line["lane"], lane, "{line}");
            assert_eq!(
                (&line["outcome"], &line["status"]),
                (&"refused".into(), &200.into())
            );
            assert_eq!(
                (&line["return_code"], &line["attempts"]),
                (&"3".into(), &0.into())
            );
            assert!(line["validate_ms"].is_u64() && line.get("upstream_ms").is_none());
        }
    }
}

#[tokio::test]
async fn what_was_found_is_told_where_nothing_was_declared() {
    let undeclared = Request::raw("application/octet-stream", &sample("rgb.png"));
    let upstream = upstream_storing().await;
    let gateway = gateway(Door::Http, &upstream.uri(), &[]).await;
    gateway.send(&undeclared).await;
    let line = upload_line(&gateway.stop().await);
    assert_eq!(line["detected_type"], "image/png", "{line}");
    assert!(line.get("file_type").is_none(), "{line}");
}

#[tokio::test]
async fn text_in_a_field_where_it_does_not_belong_is_not_in_the_line() {
    let content = STANDARD.encode("a very private letter to a friend");
    let upload = |file_type: &str, file_stream: &str, channel: &str| {
        Request::json(&json!({
            "fileType": file_type, "fileStream": file_stream, "channel": channel,
        }))
    };
    let repeated = format!(r#"{{"{content}":1,"{content}":2}}"#);
    for request in [
        upload(&content, "YQ==", "WEB"),
        upload("txt", "YQ==", &content),
        upload("jpg", &format!("data:image/{content};base64,YQ=="), "WEB"),
        Request::new(repeated),
    ] {
        let line = line_of_refused(Door::Http, &request).await;
        assert!(!line.to_string().contains(&content[..16]), "{line}");
        assert!(line["reason"].is_string(), "{line}");
    }
    let line = line_of_refused(Door::Http, &upload("exe", "YQ==", "WEB")).await;
    assert_eq!(line["file_type"], "exe");
    let line = line_of_refused(Door::Http, &upload(&content, "YQ==", "WEB")).await;
    assert_eq!(line["file_type"], "other");
}

#[tokio::test]
async fn an_answer_that_is_not_of_the_api_tells_its_status() {
    for door in Door::ALL {
        let upstream = MockServer::start().await;
        answers(
            &upstream,
            ResponseTemplate::new(404).set_body_string("<html>"),
        )
        .await;
        let gateway = gateway(door, &upstream.uri(), &[]).await;
        gateway
            .send(&Request::upload("png", &sample("rgb.png")))
            .await;
        let line = upload_line(&gateway.stop().await);
        assert_eq!(line["outcome"], "failed", "{line}");
        assert_eq!(
            (&line["status"], &line["upstream_status"]),
            (&500.into(), &404.into())
        );
        assert_eq!(line["detected_type"], "image/png", "{line}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_upstream_tells_its_return_code() {
    for door in Door::ALL {
        let upstream = MockServer::start().await;
        let refused = ResponseTemplate::new(200).set_body_json(json!({"returnCode": "3"}));
        answers(&upstream, refused).await;
        let gateway = gateway(door, &upstream.uri(), &[]).await;
        gateway
            .send(&Request::upload("png", &sample("rgb.png")))
            .await;
        let line = upload_line(&gateway.stop().await);
        assert_eq!(line["outcome"], "refused_by_upstream", "{line}");
        assert_eq!(
            (&line["return_code"], &line["upstream_status"]),
            (&"3".into(), &200.into())
        );
    }
}

/// Sends an upload that the upstream never answers, and hangs up once it is there.
async fn hang_up(gateway: &Gateway, upstream: &MockServer) {
    let upload = Request::upload("png", &sample("rgb.png"));
    tokio::select! {
        _ = gateway.send(&upload) => panic!("nothing is answered"),
        () = until_reached(upstream) => {}
    }
}

#[tokio::test]
async fn an_upload_whose_caller_hangs_up_leaves_a_line_too() {
    let upstream = MockServer::start().await;
    let never = ResponseTemplate::new(200).set_delay(std::time::Duration::from_secs(600));
    answers(&upstream, never).await;
    let gateway = gateway(Door::Http, &upstream.uri(), &[]).await;
    hang_up(&gateway, &upstream).await;
    gateway.output().until_said("abandoned").await;
    let line = upload_line(&gateway.stop().await);
    assert_eq!(
        (&line["outcome"], &line["attempts"]),
        (&"abandoned".into(), &1.into())
    );
    assert!(line.get("status").is_none(), "{line}");
}

#[tokio::test]
async fn a_person_may_have_the_lines_as_text() {
    let upstream = upstream_storing().await;
    let settings = [("LOG_FORMAT", "text")];
    let gateway = gateway(Door::Lambda, &upstream.uri(), &settings).await;
    gateway
        .send(&Request::upload("png", &sample("rgb.png")))
        .await;
    let log = gateway.stop().await;
    assert!(log_lines(&log, "upload").is_empty(), "{log}");
    for words in [
        "upload",
        "detected_type=\"image/png\"",
        "outcome=\"stored\"",
    ] {
        assert!(log.contains(words), "{words}: {log}");
    }
}
