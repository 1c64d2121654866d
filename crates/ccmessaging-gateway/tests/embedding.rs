//! The gateway within another application.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use ccmessaging_client::{CCMESSAGING_TOKEN, UPLOAD_PATH};
use ccmessaging_gateway::{Config, Gateway, HEALTH_PATH, Outcome, UploadOutcome, router};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use tower::ServiceExt as _;

fn gateway() -> Arc<Gateway> {
    let vars = [
        ("UPSTREAM_BASE_URL", "https://upstream.example.com"),
        ("APP_KEY", "key"),
        ("APP_SECRET", "secret"),
    ];
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::from_vars(vars).expect("usable settings");
    Arc::new(Gateway::new(&config).expect("usable settings"))
}

fn upload(prefix: &str) -> Request {
    Request::post(format!("{prefix}{UPLOAD_PATH}"))
        .header(CONTENT_TYPE, "application/json")
        .header(CCMESSAGING_TOKEN, "session")
        .body(Body::from(
            r#"{"fileType":"png","fileStream":"aGVsbG8=","channel":"WEB"}"#,
        ))
        .expect("a request")
}

async fn send(application: &Router, request: Request) -> Response {
    let response = application.clone().oneshot(request).await;
    response.expect("a response")
}

#[test]
fn a_main_that_returns_a_configuration_error_prints_its_sentence() {
    let error = Config::from_vars([]).expect_err("no upstream");
    assert!(
        error
            .to_string()
            .starts_with("UPSTREAM_BASE_URL is not set: set it to ")
    );
    assert_eq!(format!("{error:?}"), error.to_string());
}

#[tokio::test]
async fn middleware_reads_how_an_upload_ended() {
    async fn audit(request: Request, next: Next) -> Response {
        let mut response = next.run(request).await;
        if let Some(ended) = response.extensions().get::<UploadOutcome>() {
            let audit = format!(
                "{} {}",
                ended.outcome.name(),
                ended.reason_code.unwrap_or("none")
            );
            let audit = HeaderValue::try_from(audit).expect("ASCII");
            response.headers_mut().insert("x-audit", audit);
        }
        response
    }

    let application = router(gateway()).layer(from_fn(audit));
    let response = send(&application, upload("")).await;
    assert_eq!(response.headers()["x-audit"], "refused content_mismatch");
    let health = Request::get(HEALTH_PATH).body(Body::empty());
    let health = send(&application, health.expect("a request")).await;
    assert!(!health.headers().contains_key("x-audit"));
}

#[tokio::test]
async fn an_application_with_its_own_fallback_nests_the_gateway() {
    let application = Router::new()
        .route("/", get(|| async { "the chat" }))
        .nest("/aicc", router(gateway()))
        .fallback(|| async { (StatusCode::NOT_FOUND, "no such page") });
    let response = send(&application, upload("/aicc")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let outcome = response.extensions().get::<UploadOutcome>();
    assert_eq!(outcome.expect("an outcome").outcome, Outcome::Refused);
    let elsewhere = Request::get("/elsewhere").body(Body::empty());
    let response = send(&application, elsewhere.expect("a request")).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(response.extensions().get::<UploadOutcome>().is_none());
}
