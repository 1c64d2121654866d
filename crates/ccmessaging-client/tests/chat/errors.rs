//! What errors of a session contain for the contact centre's support.

use ccmessaging_client::SessionError;
use ccmessaging_core::chat::{DownloadRequest, DownloadType, PollRequest};
use ccmessaging_core::{Policy, UploadRequest};
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::server::{json_response, open, respond, respond_first, start};

/// A server whose response to `call` has a request identifier.
async fn responding(call: &str, status: u16, body: &Value) -> MockServer {
    let server = start().await;
    let response = json_response(status, body).insert_header("x-request-id", call);
    respond(&server, call, response, None).await;
    server
}

async fn upload(server: &MockServer) -> SessionError {
    let upload = UploadRequest::from_file("hello", "txt").validate(&Policy::default());
    let payload = upload.expect("a text").into_payload();
    let result = open(server).await.upload(&payload).await;
    result.expect_err("rejected")
}

async fn send(server: &MockServer) -> SessionError {
    let result = open(server).await.send_text("hello").await;
    result.expect_err("rejected")
}

async fn poll(server: &MockServer) -> SessionError {
    let request = PollRequest::new("42").expect("valid");
    let result = open(server).await.poll(&request).await;
    result.expect_err("rejected")
}

async fn download(server: &MockServer) -> SessionError {
    let request = DownloadRequest::local("b6ed", DownloadType::Pdf).expect("valid");
    let result = open(server).await.download(&request, 5).await;
    result.expect_err("rejected")
}

#[tokio::test]
async fn errors_have_the_request_id() {
    let failure = json!({"resultCode": "3"});
    let rejected = upload(&responding("uploadFileStream", 400, &failure).await).await;
    assert!(matches!(rejected, SessionError::Rejected { .. }));
    assert_eq!(rejected.request_id(), Some("uploadFileStream"));

    let rejected = send(&responding("send", 400, &failure).await).await;
    assert!(matches!(rejected, SessionError::ChatRejected { .. }));
    assert_eq!(rejected.request_id(), Some("send"));

    let rejected = poll(&responding("poll", 401, &failure).await).await;
    assert!(matches!(rejected, SessionError::TokenRejected { .. }));
    assert_eq!(rejected.request_id(), Some("poll"));

    let messages = json!({"resultCode": "0", "downlinkMessages": 1});
    let invalid = poll(&responding("poll", 200, &messages).await).await;
    assert!(matches!(invalid, SessionError::InvalidResponse { .. }));
    assert_eq!(invalid.request_id(), Some("poll"));

    let undocumented = poll(&responding("poll", 200, &json!([])).await).await;
    assert!(matches!(undocumented, SessionError::Call(_)));
    assert_eq!(undocumented.request_id(), Some("poll"));

    let missing = download(&responding("downloadFileStream", 404, &failure).await).await;
    assert!(matches!(missing, SessionError::FileNotFound { .. }));
    assert_eq!(missing.request_id(), Some("downloadFileStream"));

    let file = json!({"resultCode": "0", "fileStream": "aGVsbG8h"});
    let too_large = download(&responding("downloadFileStream", 200, &file).await).await;
    assert!(matches!(too_large, SessionError::InvalidResponse { .. }));
    assert_eq!(too_large.request_id(), Some("downloadFileStream"));
}

#[tokio::test]
async fn rejections_have_the_services_description() {
    let failure = json!({"returnCode": "3", "returnDesc": "why"});
    match upload(&responding("uploadFileStream", 400, &failure).await).await {
        SessionError::Rejected { return_desc, .. } => {
            assert_eq!(return_desc.as_deref(), Some("why"));
        }
        other => panic!("{other:?}"),
    }

    let server = start().await;
    respond(&server, "poll", json_response(401, &json!({})), None).await;
    let session = open(&server).await;
    let failure = json!({"resultCode": "3", "resultDesc": "why"});
    let failure = json_response(400, &failure).insert_header("x-request-id", "applyToken");
    respond_first(&server, "applyToken", failure).await;
    let request = PollRequest::new("42").expect("valid");
    let error = session.poll(&request).await.expect_err("no session");
    assert_eq!(error.request_id(), Some("applyToken"));
    // The description may quote the request, so it is not part of the message.
    assert!(!error.to_string().contains("why"), "{error}");
    match error {
        SessionError::NoSession { result_desc, .. } => {
            assert_eq!(result_desc.as_deref(), Some("why"));
        }
        other => panic!("{other:?}"),
    }
}
