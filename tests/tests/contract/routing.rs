//! Unknown paths, other methods, and the path with or without a slash at its end.

use gateway_tests::{Platform, Request, sample};

use crate::{each_refused, judged, refused, storing};

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
    refused(&requests, 404, "3", &[PATH]).await;
}

#[tokio::test]
async fn another_method_is_not_allowed_and_the_right_one_is_named() {
    let methods = ["PUT", "DELETE", "PATCH", "OPTIONS"];
    judged(
        &[],
        &methods.map(|method| Request::png().method(method)),
        |answer| {
            answer.assert_refused(405, "3", &["GET, POST"]);
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
        "image/*",
        "image/unknown",
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
async fn a_media_type_of_an_unsupported_format_is_rejected_with_the_remedy_of_that_format() {
    let cases = [
        ("image/heic", "HEIC photo: convert to JPG"),
        ("IMAGE/HEIF; q=1", "HEIC photo: convert to JPG"),
        ("image/avif", "convert the image to JPG or PNG"),
        ("image/webp", "convert the image to JPG or PNG"),
        ("audio/x-wav", "convert the audio to MP3 or AAC"),
        ("audio/ogg; codecs=opus", "convert the audio to MP3 or AAC"),
        ("video/webm", "convert the video to MP4"),
        ("video/3gpp", "3GP video: convert to MP4"),
    ]
    .map(|(media_type, words)| {
        let request = Request::raw(media_type, &sample("refused/heic.jpg"));
        (request, ["unsupported media type; ", words])
    });
    each_refused(cases, 415, "3").await;
}

#[tokio::test]
async fn a_compressed_body_is_refused() {
    let encodings = ["gzip", "br", "identity, gzip"];
    let requests = encodings.map(|encoding| Request::png().with("content-encoding", encoding));
    refused(&requests, 415, "3", &["Content-Encoding"]).await;
}
