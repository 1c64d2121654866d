//! A request that is dropped while the upstream works on it logs how often it was sent, and its span has an
//! outcome.

use std::sync::Arc;

use axum::body::Body;
use ccmessaging_client::{CCMESSAGING_TOKEN, UPLOAD_PATH, X_APP_KEY};
use ccmessaging_gateway::{Config, Gateway, router};
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tower::ServiceExt as _;
use tracing_subscriber::fmt::format::FmtSpan;

const UPLOAD: &str = r#"{"fileType":"txt","fileStream":"aGVsbG8=","channel":"WEB"}"#;
const MESSAGE: &str = r#"{"channel":"WEB","controlType":"CHAT","from":"a","to":"b","mediaType":"TEXT","sourceType":"CUSTOMER","content":"hello"}"#;

#[tokio::test]
async fn an_abandoned_request_logs_its_attempts_and_its_span_has_an_outcome() {
    let log = tempfile::NamedTempFile::new().expect("a file");
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(log.reopen().expect("the file"))
        .finish();
    let _subscribed = tracing::subscriber::set_default(subscriber);
    let upstream = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", upstream.local_addr().expect("an address"));
    let vars = [
        ("UPSTREAM_BASE_URL", url.as_str()),
        ("UPSTREAM_ALLOW_HTTP", "true"),
        ("CHAT_CALLS", "send"),
    ];
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::from_vars(vars).expect("usable settings");
    let gateway = Gateway::new(&config).expect("usable settings");
    let router = router(Arc::new(gateway));

    for (path, body) in [
        (UPLOAD_PATH, UPLOAD),
        ("/apiaccess/ccmessaging/send", MESSAGE),
    ] {
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/json")
            .header(CCMESSAGING_TOKEN, "session")
            .header(X_APP_KEY, "key")
            .header(AUTHORIZATION, "Bearer access")
            .body(Body::from(body))
            .expect("a request");
        let received = async {
            let (mut connection, _) = upstream.accept().await.expect("a connection");
            connection.read_u8().await.expect("a request")
        };
        tokio::select! {
            response = router.clone().oneshot(request) => panic!("{response:?}"),
            _ = received => {}
        }
    }

    let log = std::fs::read_to_string(log.path()).expect("UTF-8");
    let lines = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    let lines: Vec<Value> = lines.collect();
    let (closed, lines): (Vec<_>, Vec<_>) = lines
        .into_iter()
        .partition(|line| line["message"] == "close");
    for name in ["upload", "chat call"] {
        let span = closed.iter().find(|line| line["span"]["name"] == name);
        let span = span.expect("a span that was closed");
        assert_eq!(span["span"]["outcome"], "abandoned", "{span}");
    }
    let messages: Vec<_> = lines.iter().map(|line| &line["message"]).collect();
    assert_eq!(messages, ["upload", "chat call"], "{log}");
    for line in lines {
        assert_eq!(line["outcome"], "abandoned", "{line}");
        assert_eq!(line["attempts"], 1, "{line}");
    }
}
