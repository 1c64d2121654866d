//! Events as large as Lambda hands out, with bodies in every form in which clients write them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Door, Request, http_api_event, received_body, sample, upstream_storing};
use serde_json::json;

use super::answer;
use crate::gateway;

/// A text file that makes a body of 5.8 MB in JSON.
const LARGE_FILE_BYTES: usize = 4_349_000;

/// One that passes even with every slash of its Base64 escaped.
const FILE_BYTES: usize = 2_900_000;

/// A text in which every line differs, so that no piece of it can be taken for another.
fn text_file(bytes: usize) -> Vec<u8> {
    let mut file: Vec<u8> = (0..)
        .flat_map(|line| format!("{line},???>>>\n").into_bytes())
        .take(bytes)
        .collect();
    file.truncate(bytes);
    file
}

#[tokio::test]
async fn a_large_body_arrives_as_it_was_sent() {
    let file = text_file(FILE_BYTES);
    let base64 = STANDARD.encode(&file);
    let json = |file_stream: &str, slash: &str| {
        let body = json!({"fileType": "txt", "fileStream": file_stream, "channel": "WEB"});
        Request::new(body.to_string().replace('/', slash))
    };
    assert!(base64.contains('/'));
    let requests = [
        json(&base64, "/"),
        // As PHP writes it.
        json(&base64, "\\/"),
        json(&base64, "\\u002f"),
        json(&format!("data:text/plain;base64,{base64}"), "/"),
        Request::raw("text/plain", &file),
        // Without a text type, the event holds the body in Base64.
        Request::raw("application/octet-stream", &file).with("x-file", "a.txt"),
    ];
    for (index, request) in requests.iter().enumerate() {
        let upstream = upstream_storing().await;
        let gateway = gateway(Door::Lambda, &upstream.uri(), &[]).await;
        let event = http_api_event(request);
        let (status, answer) = answer(gateway.runtime().invoke(&event).await);
        assert_eq!(
            (status, &answer["returnCode"]),
            (200, &json!("0")),
            "{index}: {answer}"
        );
        let body = received_body(&upstream).await;
        assert!(body["fileStream"] == base64, "{index}");
    }
}

#[tokio::test]
async fn one_instance_serves_events_of_every_size_one_after_the_other() {
    let upstream = upstream_storing().await;
    let gateway = gateway(Door::Lambda, &upstream.uri(), &[]).await;
    let large = http_api_event(&Request::upload("txt", &text_file(LARGE_FILE_BYTES)));
    let small = http_api_event(&Request::upload("png", &sample("rgb.png")));
    for event in [&large, &small, &large, &small] {
        let (_, answer) = answer(gateway.runtime().invoke(event).await);
        assert_eq!(answer["returnCode"], "0", "{answer}");
    }
    let received = upstream.received_requests().await.expect("recording is on");
    let lengths: Vec<_> = received.iter().map(|request| request.body.len()).collect();
    assert_eq!(lengths[0], lengths[2]);
    assert_eq!(lengths[1], lengths[3]);
    assert!(lengths[0] > 5_700_000 && lengths[1] < 10_000, "{lengths:?}");
}
