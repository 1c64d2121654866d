//! Limits at one less, exactly, and one more.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Door, HeldUpstream, Request, assert_untouched, sample, upstream_storing};
use serde_json::json;

use crate::{gateway, refused_all};

/// An upload whose body has this many bytes.
fn upload_of(body_bytes: usize) -> Request {
    let mut body = json!({
        "fileType": "txt",
        "fileStream": STANDARD.encode(sample("utf-8.txt")),
        "channel": "WEB",
    })
    .to_string()
    .into_bytes();
    assert!(body.len() <= body_bytes);
    body.resize(body_bytes, b' ');
    Request::new(body)
}

#[tokio::test]
async fn a_body_of_the_limit_passes_and_one_byte_more_does_not() {
    let settings = [("MAX_BODY_BYTES", "100000")];
    for door in Door::ALL {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), &settings).await;
        for bytes in [99_999, 100_000] {
            let answer = gateway.send(&upload_of(bytes)).await;
            assert_eq!(answer.json()["returnCode"], "0", "{bytes}");
        }
    }
    let requests = [upload_of(100_001), upload_of(1_000_000)];
    refused_all(&settings, &requests, |answer| {
        answer.assert_refused(413, "3", &["100000 bytes"]);
    })
    .await;
}

#[tokio::test]
async fn a_body_without_a_declared_length_is_counted() {
    let settings = [("MAX_BODY_BYTES", "100000")];
    let upstream = upstream_storing().await;
    let gateway = gateway(Door::Http, &upstream.uri(), &settings).await;
    for (bytes, status) in [(100_000, 200), (100_001, 413)] {
        let answer = gateway.send_chunked(&upload_of(bytes)).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let received = upstream.received_requests().await.expect("recording is on");
    assert_eq!(received.len(), 1);
}

#[tokio::test]
async fn the_default_body_limit_is_six_mebibytes() {
    let upstream = upstream_storing().await;
    let gateway = gateway(Door::Http, &upstream.uri(), &[]).await;
    let answer = gateway.send(&upload_of(6 * 1024 * 1024)).await;
    assert_eq!(answer.json()["returnCode"], "0");
    let answer = gateway.send(&upload_of(6 * 1024 * 1024 + 1)).await;
    answer.assert_refused(413, "3", &["6291456 bytes"]);
}

#[tokio::test]
async fn an_upload_more_than_fit_is_answered_at_once_and_may_come_again() {
    let mut upstream = HeldUpstream::start().await;
    let settings = [("MAX_UPLOADS_IN_FLIGHT", "1")];
    let gateway = gateway(Door::Http, upstream.uri(), &settings).await;
    let request = upload_of(1_000);
    let (first, second) = tokio::join!(gateway.send(&request), async {
        upstream.until_holding(1).await;
        let answer = gateway.send(&request).await;
        upstream.assert_no_more();
        upstream.release();
        answer
    });
    assert_eq!(first.json()["returnCode"], "0");
    second.assert_refused(503, "13", &["full", "again"]);
    assert_eq!(second.header("retry-after"), Some("1"));
    assert_eq!(gateway.send(&request).await.json()["returnCode"], "0");
}

#[tokio::test]
async fn a_file_of_its_familys_limit_passes_and_one_byte_more_does_not() {
    let cases = [
        ("MAX_IMAGE_BYTES", "png", "rgb.png", "image"),
        ("MAX_AUDIO_BYTES", "mp3", "cbr.mp3", "audio"),
        ("MAX_VIDEO_BYTES", "mp4", "h264-aac.mp4", "video"),
        ("MAX_TEXT_BYTES", "csv", "bmi.csv", "text"),
    ];
    for (setting, file_type, name, family) in cases {
        let file = sample(name);
        let limit = |bytes: usize| bytes.to_string();
        for (limit, passes) in [
            (limit(file.len() - 1), false),
            (limit(file.len()), true),
            (limit(file.len() + 1), true),
        ] {
            let upstream = upstream_storing().await;
            let gateway = gateway(Door::Http, &upstream.uri(), &[(setting, &limit)]).await;
            let answer = gateway.send(&Request::upload(file_type, &file)).await;
            if passes {
                assert_eq!(answer.json()["returnCode"], "0", "{}", answer.text);
            } else {
                answer.assert_refused(200, "3", &["fileStream", family, &limit]);
                assert_untouched(&upstream).await;
            }
        }
    }
}
