//! Events as large as Lambda hands out, with bodies in every form in which clients write them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Platform, Request, http_api_event, received, upload_json};
use serde_json::{Value, json};

use super::store;
use crate::storing;

/// A text file that makes a body of 5.8 MB in JSON.
const LARGE_FILE_BYTES: usize = 4_349_000;

/// One that passes even with every slash of its Base64 escaped.
const FILE_BYTES: usize = 2_900_000;

/// A text in which every line differs, so that no piece of it can be taken for another.
fn text_file(bytes: usize) -> Vec<u8> {
    let mut file = Vec::with_capacity(bytes + 32);
    for line in 0.. {
        if file.len() >= bytes {
            break;
        }
        file.extend_from_slice(format!("{line},???>>>\n").as_bytes());
    }
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
    let service = storing(Platform::Lambda, &[]).await;
    for (index, request) in requests.iter().enumerate() {
        store(&service.gateway, &http_api_event(request)).await;
        let received = received(&service.upstream).await;
        assert_eq!(received.len(), index + 1);
        let body: Value = received[index].body_json().expect("JSON");
        assert!(body == upload_json("txt", &file), "{index}");
    }
}

#[tokio::test]
async fn one_instance_serves_events_of_every_size_one_after_the_other() {
    let service = storing(Platform::Lambda, &[]).await;
    let large = http_api_event(&Request::upload("txt", &text_file(LARGE_FILE_BYTES)));
    let small = http_api_event(&Request::png());
    for event in [&large, &small, &large, &small] {
        store(&service.gateway, event).await;
    }
    let received = received(&service.upstream).await;
    let lengths: Vec<_> = received.iter().map(|request| request.body.len()).collect();
    assert_eq!(lengths[0], lengths[2]);
    assert_eq!(lengths[1], lengths[3]);
    assert!(lengths[0] > 5_700_000 && lengths[1] < 10_000, "{lengths:?}");
}
