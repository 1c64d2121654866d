//! Events of an API that decodes binary bodies as text, because their media types are not in its list of binary media types.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Form, Platform, Request, assert_untouched, log_lines, sample, upload_json};
use serde_json::{Value, json};

use super::committed_events::read;
use super::{answer, store};
use crate::storing;

/// The event of a REST API that passes this request on as text.
fn as_text(trigger: &str, map: &str, request: &Request) -> Value {
    let mut event = read(trigger);
    let content_type = request
        .headers
        .iter()
        .find(|(name, _)| name == "content-type");
    let content_type = json!(content_type.expect("a media type").1);
    let headers = event[map].as_object_mut().expect("headers");
    headers.retain(|name, _| !name.eq_ignore_ascii_case("content-type"));
    let is_list = map == "multiValueHeaders";
    let value = if is_list {
        json!([content_type])
    } else {
        content_type
    };
    headers.insert("content-type".to_owned(), value);
    event["body"] = json!(String::from_utf8_lossy(&request.body));
    event["isBase64Encoded"] = json!(false);
    event
}

#[tokio::test]
async fn a_body_that_the_api_decoded_is_refused_and_logged() {
    let service = storing(Platform::Lambda, &[]).await;
    let (photo, film) = (sample("photo.jpg"), sample("h264-aac.mp4"));
    let requests = [
        Form::new()
            .file("photo.jpg", "image/jpeg", &photo)
            .request(),
        Form::new().file("film.mp4", "video/mp4", &film).request(),
        Request::raw("image/jpeg", &photo),
        Request::raw("Video/MP4; x=1", &film),
        Request::raw("application/octet-stream", &film),
    ];
    let triggers = [
        ("rest-api-v1", "multiValueHeaders"),
        ("http-api-v2", "headers"),
        ("alb", "headers"),
    ];
    let mut count = 0;
    for request in &requests {
        for (trigger, map) in triggers {
            let event = as_text(trigger, map, request);
            let (status, answer) = answer(&service.gateway, &event).await;
            let reason = &answer["reasonCode"];
            assert_eq!(
                (status, reason),
                (400, &json!("malformed_event")),
                "{trigger}"
            );
            let sentence = answer["returnDesc"].as_str().expect("a sentence");
            assert!(sentence.contains("binary media types"), "{sentence}");
            count += 1;
        }
    }
    assert_untouched(&service.upstream).await;
    let log = service.gateway.stop().await;
    let message = "the API decoded a file as text; add multipart/form-data and the media types of files to its binary media types";
    let lines = log_lines(&log, message);
    assert_eq!(lines.len(), count, "{log}");
    assert!(lines.iter().all(|line| line["request_id"].is_string()));
}

#[tokio::test]
async fn a_text_whose_letters_the_api_replaced_is_refused_and_logged() {
    let service = storing(Platform::Lambda, &[]).await;
    let texts = [sample("windows-1252.csv"), sample("gb18030.txt")];
    let mut count = 0;
    for text in &texts {
        for media_type in [
            "text/csv",
            "text/plain; charset=windows-1252",
            "text/markdown",
        ] {
            for (trigger, map) in [
                ("rest-api-v1", "multiValueHeaders"),
                ("http-api-v2", "headers"),
                ("alb", "headers"),
            ] {
                let event = as_text(trigger, map, &Request::raw(media_type, text));
                let (status, answer) = answer(&service.gateway, &event).await;
                let reason = &answer["reasonCode"];
                assert_eq!((status, reason), (200, &json!("damaged_in_transit")));
                let sentence = answer["returnDesc"].as_str().expect("a sentence");
                assert!(sentence.contains("binary media types"), "{sentence}");
                count += 1;
            }
        }
    }
    assert_untouched(&service.upstream).await;
    let log = service.gateway.stop().await;
    let message = "the API decoded a file as text; add multipart/form-data and the media types of files to its binary media types";
    assert_eq!(log_lines(&log, message).len(), count, "{log}");
}

#[tokio::test]
async fn a_text_in_base64_keeps_its_replacement_characters() {
    let service = storing(Platform::Lambda, &[]).await;
    let text = "Zo\u{fffd};K\u{fffd}ln\r\n";
    for request in [
        Request::raw("text/csv", text.as_bytes()),
        Request::upload("csv", text.as_bytes()),
    ] {
        let mut event = as_text("rest-api-v1", "multiValueHeaders", &request);
        event["body"] = json!(STANDARD.encode(&request.body));
        event["isBase64Encoded"] = json!(true);
        store(&service.gateway, &event).await;
    }
    // An additional field does not belong to the file.
    let mut json = upload_json("csv", b"a;b\n");
    json["caption"] = json!("caf\u{fffd}");
    let request = Request::json(&json);
    store(
        &service.gateway,
        &as_text("http-api-v2", "headers", &request),
    )
    .await;
}

#[tokio::test]
async fn text_that_an_api_passes_on_as_text_is_stored() {
    let service = storing(Platform::Lambda, &[]).await;
    let text = "Zo\u{eb} and 10 \u{20ac}\r\n";
    for (request, trigger) in [
        (Request::raw("text/plain", text.as_bytes()), "http-api-v2"),
        (
            Request::raw("text/csv; charset=utf-8", text.as_bytes()),
            "http-api-v2",
        ),
    ] {
        store(&service.gateway, &as_text(trigger, "headers", &request)).await;
    }
    // A form of plain text is not destroyed.
    let form = Form::new()
        .file("a.csv", "text/csv", &sample("bmi.csv"))
        .request();
    store(
        &service.gateway,
        &as_text("rest-api-v1", "multiValueHeaders", &form),
    )
    .await;
}
