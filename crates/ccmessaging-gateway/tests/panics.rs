//! A panic fails only its upload or call, and its message is neither logged nor returned.
//!
//! The only test in its program, because the panic hook and the subscriber are global.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::Poll;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use ccmessaging_client::{CCMESSAGING_TOKEN, UPLOAD_PATH};
use ccmessaging_gateway::{
    Config, Gateway, HEALTH_PATH, METRICS_PATH, X_REQUEST_ID, metrics_router, report_panics, router,
};
use futures_util::stream;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, ORIGIN};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// The defect: a body that panics with a confidential message when it is read.
fn broken_body() -> Body {
    Body::from_stream(stream::poll_fn(
        |_| -> Poll<Option<Result<Bytes, Infallible>>> {
            panic!("called `unwrap()` on: a very private letter");
        },
    ))
}

fn config() -> Config {
    let vars = [
        ("UPSTREAM_BASE_URL", "https://upstream.example.com"),
        ("APP_KEY", "key"),
        ("APP_SECRET", "secret"),
        ("ALLOWED_ORIGINS", "https://shop.example.com"),
        ("CHAT_CALLS", "send,history"),
        ("CHAT_IDENTITY", "upstream"),
    ];
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Config::from_vars(vars).expect("usable settings")
}

async fn ask(router: &Router, request: http::request::Builder, body: Body) -> Response<Bytes> {
    let request = request.body(body).expect("a request");
    let answer = router.clone().oneshot(request).await;
    let (head, body) = answer.expect("an answer").into_parts();
    let body = body.collect().await.expect("a whole answer").to_bytes();
    Response::from_parts(head, body)
}

#[tokio::test]
async fn panic_fails_only_its_upload_and_logs_only_its_location() {
    let log = tempfile::NamedTempFile::new().expect("a file");
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_writer(log.reopen().expect("the file"))
        .init();
    let gateway = Gateway::new(&config()).expect("usable settings");
    let gateway = Arc::new(gateway);
    let service = router(Arc::clone(&gateway));
    let metrics = metrics_router(gateway);

    let usual_hook = std::panic::take_hook();
    report_panics();
    let upload = Request::post(UPLOAD_PATH)
        .header(ORIGIN, "https://shop.example.com")
        .header(CONTENT_TYPE, "application/json")
        .header(CCMESSAGING_TOKEN, "session");
    let failed = ask(&service, upload, broken_body()).await;
    let send = Request::post("/apiaccess/ccmessaging/send")
        .header(CONTENT_TYPE, "application/json")
        .header(CCMESSAGING_TOKEN, "session");
    let failed_send = ask(&service, send, broken_body()).await;
    let history = Request::post("/apiaccess/ccmessaging/queryHistoryChatMessage")
        .header(CONTENT_TYPE, "application/json")
        .header(CCMESSAGING_TOKEN, "session");
    let failed_history = ask(&service, history, broken_body()).await;
    // Back to the usual hook, for the sake of what is asserted here.
    std::panic::set_hook(usual_hook);
    let health = ask(&service, Request::get(HEALTH_PATH), Body::empty()).await;
    let metrics = ask(&metrics, Request::get(METRICS_PATH), Body::empty()).await;

    assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(failed.headers().contains_key(X_REQUEST_ID));
    assert!(failed.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
    let answer: Value = serde_json::from_slice(failed.body()).expect("JSON");
    assert_eq!(answer["returnCode"], "13");
    assert!(!answer.to_string().contains("private"), "{answer}");
    assert_eq!(health.status(), StatusCode::OK);
    // Only a message must not be sent twice.
    for (failed, remedy) in [
        (failed_send, "check the chat before you send it again"),
        (failed_history, "try again later"),
    ] {
        assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let answer: Value = serde_json::from_slice(failed.body()).expect("JSON");
        assert_eq!(answer["reasonCode"], "internal_error");
        let sentence = answer["resultDesc"].as_str().expect("a sentence");
        assert!(sentence.ends_with(remedy), "{sentence}");
    }

    let log = std::fs::read_to_string(log.path()).expect("UTF-8");
    let events: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let [panic, upload, _, send, _, history] = events.as_slice() else {
        panic!("six lines are expected: {log}");
    };
    assert_eq!(
        (&panic["message"], &panic["level"]),
        (&"panic".into(), &"ERROR".into())
    );
    let location = panic["location"].as_str().expect("a location");
    assert!(location.contains("tests/panics.rs:"), "{location}");
    for request in [upload, send, history] {
        assert_eq!(request["outcome"], "panicked");
    }
    assert!(!log.contains("private") && !log.contains("unwrap"), "{log}");

    let metrics = String::from_utf8(metrics.into_body().into()).expect("UTF-8");
    let panicked = metrics
        .lines()
        .filter(|line| line.contains("outcome=\"panicked\"") && line.ends_with(" 1"));
    assert_eq!(panicked.count(), 3, "{metrics}");
    assert!(metrics.contains("uploads_in_flight 0"), "{metrics}");
    assert!(metrics.contains("chat_calls_in_flight 0"), "{metrics}");
}
