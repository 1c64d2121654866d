//! Unknown paths, other methods, and the path with or without a slash at its end.

use gateway_tests::{Door, Request, sample, upstream_storing};

use crate::{gateway, refused, refused_all};

fn upload() -> Request {
    Request::upload("png", &sample("rgb.png"))
}

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
    .map(|path| upload().path(path));
    refused_all(&[], &requests, |answer| {
        answer.assert_refused(404, "3", &["/apiaccess/ccmessaging/uploadFileStream"]);
    })
    .await;
}

#[tokio::test]
async fn another_method_is_not_allowed_and_the_right_one_is_named() {
    let requests =
        ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"].map(|method| upload().method(method));
    refused_all(&[], &requests, |answer| {
        answer.assert_refused(405, "3", &["POST"]);
        assert_eq!(answer.header("allow"), Some("POST"));
    })
    .await;
}

#[tokio::test]
async fn a_slash_at_the_end_and_a_query_change_nothing() {
    for door in Door::ALL {
        for end in ["/", "?x=1", "/?x=%ff"] {
            let upstream = upstream_storing().await;
            let gateway = gateway(door, &upstream.uri(), &[]).await;
            let path = format!("/apiaccess/ccmessaging/uploadFileStream{end}");
            let answer = gateway.send(&upload().path(&path)).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(answer.json()["returnCode"], "0");
        }
    }
}

#[tokio::test]
async fn a_media_type_that_is_not_taken_is_refused_with_those_that_are() {
    let photo = sample("photo.jpg");
    let requests = [
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/pdf",
        "image/heic",
        "image/*",
        "multipart/mixed; boundary=b",
        "text/html",
        "jpg",
        ";",
        "",
    ]
    .map(|media_type| Request::raw(media_type, &photo));
    let taken = [
        "application/json",
        "multipart/form-data",
        "image/jpeg",
        "application/octet-stream",
    ];
    refused_all(&[], &requests, |answer| {
        answer.assert_refused(415, "3", &taken);
    })
    .await;
}

#[tokio::test]
async fn json_is_known_by_any_of_its_spellings_or_by_none() {
    for door in Door::ALL {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), &[]).await;
        for request in [
            upload().with("content-type", "application/json; charset=utf-8"),
            upload().with("content-type", "Application/JSON"),
            upload().with("content-type", "text/json"),
            upload().without("content-type"),
        ] {
            let answer = gateway.send(&request).await;
            assert_eq!(answer.json()["returnCode"], "0", "{request:?}");
        }
    }
}

#[tokio::test]
async fn a_compressed_body_is_refused() {
    for encoding in ["gzip", "br", "identity, gzip"] {
        refused(&upload().with("content-encoding", encoding), |answer| {
            answer.assert_refused(415, "3", &["Content-Encoding"]);
        })
        .await;
    }
}
