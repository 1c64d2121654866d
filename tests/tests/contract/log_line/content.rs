//! The log line for each way in which an upload ends.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{
    Platform, Request, Wire, answering, assert_untouched, log_lines, sample, stored, upload_line,
};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::lines_of_refused;
use crate::{gateway, storing};

/// The field for the format of the body.
const FORMAT: &str = "format";

#[tokio::test]
async fn upstream_ms_is_at_least_the_upstreams_delay() {
    let answer = ResponseTemplate::new(200).set_body_string(stored());
    let upstream = answering(answer.set_delay(Duration::from_millis(300))).await;
    let gateway = gateway(Platform::Http, &upstream.uri(), &[]).await;
    gateway.send(&Request::png()).await.assert_stored();
    let line = upload_line(&gateway.stop().await);
    assert!(line["upstream_ms"].as_u64() >= Some(300), "{line}");
}

#[tokio::test]
async fn an_upload_leaves_one_line_and_no_secret_in_the_log_at_any_level() {
    for level in ["info", "trace"] {
        for platform in Platform::ALL {
            let service = storing(platform, &[("LOG_LEVEL", level)]).await;
            let request = Request::upload("txt", b"a very private letter");
            service.store(&request).await;
            let refused = request.with("authorization", "Basic private-password");
            assert_eq!(service.refuse(&refused).await.status, 401);

            let log = service.gateway.stop().await;
            for line in log.lines() {
                let line: Result<Value, _> = serde_json::from_str(line);
                line.expect("every line is JSON");
            }
            let lines = log_lines(&log, "upload");
            assert_eq!(lines.len(), 2, "{log}");
            for (name, value) in [
                ("outcome", json!("stored")),
                (FORMAT, json!("json")),
                ("file_type", json!("txt")),
                ("decoded_bytes", json!(21)),
                ("return_code", json!("0")),
                ("upstream_status", json!(200)),
            ] {
                assert_eq!(lines[0][name], value, "{name}");
            }
            assert_eq!(lines[1]["outcome"], "refused");
            assert_eq!(lines[1]["status"], 401);
            for secret in [
                "session-token-of-the-test",
                "app-key-of-the-test",
                "access-token-of-the-test",
                "private-password",
                "private letter",
                "YSB2ZXJ5IHByaXZhdGUgbGV0dGVy",
            ] {
                assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
            }
        }
    }
}

#[tokio::test]
async fn a_mismatch_logs_the_declared_and_the_detected_type() {
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;".as_slice();
    let json = |file_type, file, detected| {
        let request = Request::upload(file_type, file);
        (request, file_type, detected, "json")
    };
    let cases = [
        json("JPEG", gif, "image/gif"),
        (Request::raw("image/png", gif), "png", "image/gif", "raw"),
        json("png", b"plain text", "text/plain"),
        json("mp4", b"\x01\x02\x03\x04", "unknown"),
        json("txt", b"a\0b\x01\x02", "binary"),
        json("jpg", &sample("rgb.png")[..20], "damaged"),
    ];
    let requests = cases.each_ref().map(|(request, ..)| request.clone());
    for platform in Platform::ALL {
        let lines = lines_of_refused(platform, &requests).await;
        for (line, (_, file_type, detected, format)) in lines.iter().zip(&cases) {
            for (name, value) in [
                ("file_type", json!(file_type)),
                ("detected_type", json!(detected)),
                (FORMAT, json!(format)),
                ("outcome", json!("refused")),
                ("status", json!(200)),
                ("return_code", json!("3")),
                ("attempts", json!(0)),
            ] {
                assert_eq!(line[name], value, "{name}: {line}");
            }
            assert!(line["validate_ms"].is_u64() && line.get("upstream_ms").is_none());
        }
    }
}

#[tokio::test]
async fn the_detected_type_is_logged_if_none_was_declared() {
    let undeclared = Request::raw("application/octet-stream", &sample("rgb.png"));
    let service = storing(Platform::Http, &[]).await;
    service.store(&undeclared).await;
    let line = upload_line(&service.gateway.stop().await);
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
    let requests = [
        upload(&content, "YQ==", "WEB"),
        upload("txt", "YQ==", &content),
        upload("jpg", &format!("data:image/{content};base64,YQ=="), "WEB"),
        Request::new(format!(r#"{{"{content}":1,"{content}":2}}"#)),
        upload("exe", "YQ==", "WEB"),
        upload("eightlet", "YQ==", "WEB"),
        upload("ninelette", "YQ==", "WEB"),
        upload("e-x-e", "YQ==", "WEB"),
    ];
    let lines = lines_of_refused(Platform::Http, &requests).await;
    for line in &lines {
        assert!(!line.to_string().contains(&content[..16]), "{line}");
        assert!(line["reason"].is_string(), "{line}");
    }
    assert_eq!(lines[0]["file_type"], "other");
    assert_eq!(lines[4]["file_type"], "exe");
    assert_eq!(lines[5]["file_type"], "eightlet");
    assert_eq!(lines[6]["file_type"], "other");
    assert_eq!(lines[7]["file_type"], "other");
}

#[tokio::test]
async fn an_upstream_rejection_logs_its_status_and_code() {
    let page = ResponseTemplate::new(404).set_body_string("<html>");
    let refusal = ResponseTemplate::new(200).set_body_json(json!({"returnCode": "3"}));
    for (answer, outcome, status, upstream_status, code) in [
        (page, "failed", 500, 404, "13"),
        (refusal, "refused_by_upstream", 200, 200, "3"),
    ] {
        let upstream = answering(answer).await;
        for platform in Platform::ALL {
            let gateway = gateway(platform, &upstream.uri(), &[]).await;
            gateway.send(&Request::png()).await;
            let line = upload_line(&gateway.stop().await);
            assert_eq!(line["outcome"], outcome, "{line}");
            assert_eq!(line["status"], status, "{line}");
            assert_eq!(line["upstream_status"], upstream_status, "{line}");
            assert_eq!(line["return_code"], code, "{line}");
            assert_eq!(line["detected_type"], "image/png", "{line}");
        }
    }
}

#[tokio::test]
async fn an_upload_whose_caller_hangs_up_leaves_a_line_too() {
    let service = storing(Platform::Http, &[]).await;
    let message = Request::png().to_bytes();
    let mut wire = Wire::open(service.gateway.address()).await;
    wire.send(&message[..message.len() - 1]).await;
    drop(wire);
    service.gateway.until_said("abandoned").await;
    assert_untouched(&service.upstream).await;
    let line = upload_line(&service.gateway.stop().await);
    assert_eq!(line["outcome"], "abandoned");
    assert_eq!(line["attempts"], 0);
    assert_eq!(line["reason_code"], "body_incomplete");
}

#[tokio::test]
async fn a_person_may_have_the_lines_as_text() {
    let service = storing(Platform::Lambda, &[("LOG_FORMAT", "text")]).await;
    service.store(&Request::png()).await;
    let log = service.gateway.stop().await;
    assert!(log_lines(&log, "upload").is_empty(), "{log}");
    for words in [
        "upload",
        "detected_type=\"image/png\"",
        "outcome=\"stored\"",
    ] {
        assert!(log.contains(words), "{words}: {log}");
    }
}
