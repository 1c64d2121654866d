//! An answer where a handler panicked.

use std::any::Any;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::Refusal;

/// Ends a panic at the request that it is about: the caller reads that the upload failed, and the
/// program serves on.
pub(super) fn answer(router: Router) -> Router {
    router.layer(CatchPanicLayer::custom(failed))
}

/// What panicked and why is not the caller's business; the panic hook logs where.
fn failed(_: Box<dyn Any + Send>) -> Response {
    Refusal::Panicked.into_response()
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::extract::State;
    use axum::routing::get;
    use bytes::Bytes;
    use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN};
    use http::{Request, Response, StatusCode};
    use http_body_util::{BodyExt as _, Empty};
    use hyper_util::client::legacy::Client;
    use hyper_util::rt::TokioExecutor;
    use serde_json::Value;

    use crate::config::AllowedOrigins;
    use crate::door::Server;
    use crate::service::record::Record;
    use crate::service::{Arrival, Door, Gateway, X_REQUEST_ID, surround};
    use crate::telemetry::{TokenFetches, report_panics};
    use crate::{Config, SystemClock};

    const MESSAGE: &str = "called `unwrap()` on: a very private letter";

    /// A handler that panics in the middle of an upload.
    async fn panicking(State(gateway): State<Arc<Gateway>>) {
        let arrival = Arrival::new(Door::Http, None, None);
        let _record = Record::start(&gateway, &arrival, None);
        panic!("{MESSAGE}");
    }

    fn config() -> Config {
        let vars = [("UPSTREAM_BASE_URL", "https://upstream.example.com")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Config::from_vars(vars).expect("usable settings")
    }

    fn gateway() -> Arc<Gateway> {
        Arc::new(Gateway::new(&config(), Arc::new(SystemClock)).expect("usable settings"))
    }

    /// Serves handlers behind the layers of the real service.
    async fn serve(gateway: Arc<Gateway>) -> SocketAddr {
        let handlers = Router::new()
            .route("/panicking", get(panicking))
            .route("/sound", get(|| async { "sound" }))
            .with_state(gateway);
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = Server::bind(any_port, config().connections);
        let server = server.await.expect("a free port");
        let address = server.address();
        let router = surround(handlers, &AllowedOrigins::Any);
        tokio::spawn(server.serve(router, std::future::pending()));
        address
    }

    async fn ask(address: SocketAddr, path: &str) -> Response<Bytes> {
        let request = Request::get(format!("http://{address}{path}"))
            .header(ORIGIN, "https://shop.example.com")
            .body(Empty::<Bytes>::new())
            .expect("a request");
        let client = Client::builder(TokioExecutor::new()).build_http();
        let (head, body) = client
            .request(request)
            .await
            .expect("an answer")
            .into_parts();
        let body = body.collect().await.expect("a whole answer").to_bytes();
        Response::from_parts(head, body)
    }

    /// Where this thread's log lines go.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Lines {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("no holder panics").clone()).expect("UTF-8")
        }
    }

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no holder panics").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_upload_failure_whose_log_says_only_where_and_the_server_goes_on() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_writer(move || writer.clone())
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        let gateway = gateway();
        let address = serve(Arc::clone(&gateway)).await;
        report_panics();
        let failed = ask(address, "/panicking").await;
        // Back to the usual hook, for the sake of what is asserted here.
        drop(std::panic::take_hook());
        drop(guard);
        let sound = ask(address, "/sound").await;

        assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(failed.headers().contains_key(X_REQUEST_ID));
        assert!(failed.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
        let answer: Value = serde_json::from_slice(failed.body()).expect("JSON");
        assert_eq!(answer["returnCode"], "13");
        assert!(!answer.to_string().contains("private"), "{answer}");
        assert_eq!(
            (sound.status(), &sound.body()[..]),
            (StatusCode::OK, &b"sound"[..])
        );

        let log = lines.text();
        let events: Vec<Value> = log
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        let [panic, upload] = events.as_slice() else {
            panic!("two lines are expected: {log}");
        };
        assert_eq!(
            (&panic["message"], &panic["level"]),
            (&"panic".into(), &"ERROR".into())
        );
        let location = panic["location"].as_str().expect("a location");
        assert!(location.contains("src/service/panics.rs:"), "{location}");
        assert_eq!(upload["outcome"], "panicked");
        assert!(!log.contains("private") && !log.contains("unwrap"), "{log}");

        let metrics = gateway.metrics.prometheus_text(TokenFetches::default());
        assert!(metrics.contains("outcome=\"panicked\""), "{metrics}");
        assert!(metrics.contains("uploads_in_flight 0"), "{metrics}");
    }
}
