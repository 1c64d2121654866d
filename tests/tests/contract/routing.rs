//! Unknown paths, other methods, and the path with or without a slash at its end.

use gateway_tests::{Platform, Request, sample};

use crate::{judged, refused, storing};

const PATH: &str = "/apiaccess/ccmessaging/uploadFileStream";

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let requests = [
        "/",
        "/apiaccess/ccmessaging",
        "/apiaccess/ccmessaging/uploadFileStream/more",
        "/apiaccess/ccmessaging/uploadfilestream",
        "/apiaccess/ccmessaging/applyToken",
        "/apiaccess//ccmessaging/uploadFileStream",
    ]
    .map(|path| Request::png().path(path));
    refused(&requests, 404, "3", &["a path that ends in", PATH]).await;
}

#[tokio::test]
async fn another_method_is_not_allowed_and_the_right_one_is_named() {
    let methods = ["PUT", "DELETE", "PATCH", "OPTIONS"];
    judged(
        &[],
        &methods.map(|method| Request::png().method(method)),
        |answer| {
            answer.assert_refused(405, "3", &["GET, POST; use a supported method"]);
            assert_eq!(answer.header("allow"), Some("GET, POST"));
        },
    )
    .await;
}

#[tokio::test]
async fn the_response_to_an_upload_lists_no_methods() {
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        let answer = service.gateway.send(&Request::png()).await;
        assert_eq!((answer.status, answer.header("allow")), (200, None));
    }
}

#[tokio::test]
async fn a_trailing_slash_a_query_and_any_json_media_type_are_accepted() {
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        for request in [
            Request::png().path(&format!("{PATH}/")),
            Request::png().path(&format!("{PATH}?x=1")),
            Request::png().path(&format!("{PATH}/?x=%ff")),
            Request::png().with("content-type", "application/json; charset=utf-8"),
            Request::png().with("content-type", "Application/JSON"),
            Request::png().with("content-type", "text/json"),
            Request::png().without("content-type"),
        ] {
            service.store(&request).await;
        }
    }
}

#[tokio::test]
async fn an_unsupported_media_type_is_rejected_with_the_supported_ones() {
    let photo = sample("photo.jpg");
    let requests = [
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/pdf",
        "image/heic",
        "image/*",
        "multipart/mixed; boundary=b",
        "jpg",
        ";",
    ]
    .map(|media_type| Request::raw(media_type, &photo));
    let taken = [
        "application/json",
        "multipart/form-data",
        "image/jpeg",
        "application/octet-stream",
    ];
    refused(&requests, 415, "3", &taken).await;
}

#[tokio::test]
async fn a_compressed_body_is_refused() {
    let encodings = ["gzip", "br", "identity, gzip"];
    let requests = encodings.map(|encoding| Request::png().with("content-encoding", encoding));
    refused(&requests, 415, "3", &["Content-Encoding"]).await;
}
