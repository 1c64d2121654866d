//! Downloads of a session: files, and why there is none.

use ccmessaging_client::SessionError;
use ccmessaging_core::FileType;
use ccmessaging_core::chat::{DownloadRequest, DownloadType, ResponseError};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::server::{header, json_response, open, received, respond, start};

const CALL: &str = "downloadFileStream";

/// Downloads a file of at most five bytes from a server with this response.
async fn download(response: ResponseTemplate) -> Result<Vec<u8>, SessionError> {
    let server = start().await;
    respond(&server, CALL, response, None).await;
    let request = DownloadRequest::local("b6ed", DownloadType::Pdf).expect("valid");
    let file = open(&server).await.download(&request, 5).await;
    file.map(|file| file.to_vec())
}

async fn rejected(status: u16, body: &Value) -> SessionError {
    let file = download(json_response(status, body)).await;
    file.expect_err("no file")
}

#[tokio::test]
async fn files_of_both_kinds_are_returned() {
    let server = start().await;
    let file =
        json!({"fileStream": "aGVsbG8=", "resultCode": "0", "fileUrl": "https://example.com"});
    respond(&server, CALL, json_response(200, &file), None).await;
    let session = open(&server).await;
    let local = DownloadRequest::local("b6ed", DownloadType::Pdf).expect("valid");
    let library = DownloadRequest::library("b6ed", FileType::Jpg).expect("valid");
    for request in [&local, &library] {
        assert_eq!(session.download(request, 5).await.expect("a file"), "hello");
    }
    let sent: Vec<Value> = received(&server, CALL)
        .await
        .iter()
        .map(|request| request.body_json().expect("JSON"))
        .collect();
    assert_eq!(
        sent,
        [
            json!({"fileId": "local/b6ed", "channel": "WEB", "fileType": "pdf"}),
            json!({"fileId": "b6ed", "channel": "WEB", "fileType": "jpg", "multiMedia": "multiMedia"}),
        ]
    );
    let alone = download(json_response(200, &json!({"fileStream": "aGVsbG8="}))).await;
    assert_eq!(alone.expect("a file"), b"hello");
}

#[tokio::test]
async fn a_file_that_does_not_exist_is_told_apart() {
    for (status, body) in [
        (
            200,
            json!({"resultCode": "401", "resultDesc": "objectKey is null!"}),
        ),
        (200, json!({"resultCode": "0"})),
        (200, json!({"resultCode": "0", "fileStream": ""})),
        (404, json!({"resultCode": "13"})),
        (404, json!({"returnCode": "13"})),
    ] {
        let error = rejected(status, &body).await;
        assert!(
            matches!(error, SessionError::FileNotFound { .. }),
            "{body}: {error:?}"
        );
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn a_rejected_download_has_its_result() {
    for (status, code, is_transient) in [
        (200, "13", false),
        (200, "2", false),
        (400, "13", false),
        (403, "13", false),
        (500, "13", true),
        (503, "13", true),
        (429, "13", true),
    ] {
        let body = json!({"resultCode": code, "resultDesc": "why", "fileStream": null});
        let error = rejected(status, &body).await;
        assert_eq!(error.is_transient(), is_transient, "{status}");
        match error {
            SessionError::ChatRejected {
                call,
                status: found,
                result_code,
                result_desc,
                ..
            } => {
                assert_eq!((call, found.as_u16()), (CALL, status));
                assert_eq!(result_code.as_deref(), Some(code));
                assert_eq!(result_desc.as_deref(), Some("why"));
            }
            other => panic!("{status}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_404_of_the_api_fabric_is_not_a_missing_file() {
    let body = json!({"error_code": "APIG.0101", "error_msg": "The API does not exist"});
    let error = rejected(404, &body).await;
    let SessionError::ChatRejected {
        status,
        result_code,
        ..
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!((status.as_u16(), result_code), (404, None));
}

#[tokio::test]
async fn an_unusable_file_is_an_error_with_a_source() {
    let large = "aGVsbG8h".to_owned();
    let very_large = "aGVs".repeat(10_000);
    for file in [large, very_large] {
        let error = rejected(200, &json!({"resultCode": "0", "fileStream": file})).await;
        let SessionError::InvalidResponse { source, .. } = &error else {
            panic!("{error:?}");
        };
        assert_eq!(*source, ResponseError::TooLarge { limit_bytes: 5 });
        assert!(
            error.causes().ends_with("the file has more than 5 bytes"),
            "{}",
            error.causes()
        );
    }
    let error = rejected(200, &json!({"resultCode": "0", "fileStream": "???"})).await;
    assert!(matches!(
        error,
        SessionError::InvalidResponse {
            source: ResponseError::NotBase64(_),
            ..
        }
    ));
    let html = download(ResponseTemplate::new(502).set_body_string("<html>")).await;
    let error = html.expect_err("no file");
    assert!(
        matches!(error, SessionError::Call(_)) && error.is_transient(),
        "{error:?}"
    );
}

#[tokio::test]
async fn rejected_tokens_are_renewed_once_and_failures_are_repeated() {
    let server = start().await;
    let rejection = json_response(401, &json!({"resultCode": "401"}));
    respond(&server, CALL, rejection, Some(1)).await;
    let busy = json_response(503, &json!({"resultCode": "13"}));
    respond(&server, CALL, busy, Some(1)).await;
    let file = json!({"fileStream": "aGVsbG8=", "resultCode": "0"});
    respond(&server, CALL, json_response(200, &file), None).await;
    let request = DownloadRequest::local("b6ed", DownloadType::Pdf).expect("valid");
    let file = open(&server).await.download(&request, 5).await;
    assert_eq!(file.expect("a file"), "hello");
    let sent = received(&server, CALL).await;
    assert_eq!(
        header(&sent, "ccmessaging-token"),
        ["session-1", "session-2", "session-2"]
    );
    assert_eq!(
        header(&sent, "authorization"),
        ["Bearer access-1", "Bearer access-1", "Bearer access-1"]
    );
}
