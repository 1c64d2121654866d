//! The body of a rejection.

use axum::response::IntoResponse as _;
use ccmessaging_core::{Policy, UploadRequest};
use ccmessaging_gateway::{BodyError, Rejection};
use http_body_util::BodyExt as _;

async fn body(rejection: Rejection) -> String {
    let body = rejection.into_response().into_body();
    let bytes = body.collect().await.expect("a body in memory").to_bytes();
    String::from_utf8(bytes.to_vec()).expect("JSON is UTF-8")
}

#[tokio::test]
async fn details_are_omitted_if_there_are_none() {
    assert_eq!(
        body(Rejection::Panicked).await,
        format!(
            r#"{{"returnCode":"13","returnDesc":"{}","reasonCode":"internal_error"}}"#,
            Rejection::Panicked
        )
    );
}

#[tokio::test]
async fn details_follow_the_reason() {
    let body = body(Rejection::Body(BodyError::TooLarge { limit_bytes: 7 })).await;
    let expected = r#","reasonCode":"too_large","details":{"limitBytes":7,"field":"body"}}"#;
    assert!(
        body.starts_with(r#"{"returnCode":"3","returnDesc":""#),
        "{body}"
    );
    assert!(body.ends_with(expected), "{body}");
}

#[tokio::test]
async fn quoted_values_are_escaped() {
    let json = r#"{"fileType":"a\"b","fileStream":"YQ==","channel":"WEB"}"#;
    let request = UploadRequest::from_json(json).expect("a complete request");
    let error = request.validate(&Policy::default()).expect_err("no type");
    let sentence = error.to_string();
    let body = body(error.into()).await;
    let value: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(value["returnDesc"], sentence);
    assert_eq!(value["returnCode"], "3");
    assert_eq!(value["reasonCode"], "unsupported_type");
}
