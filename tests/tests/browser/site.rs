//! A site with the package in a folder, on another origin than the gateway.

use std::path::Path;

use axum::Router;
use axum::extract::Path as RequestPath;
use axum::response::Html;
use axum::routing::get;
use http::header::CONTENT_TYPE;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::browser::Browser;
use crate::server::Server;

const PAGE: &str = include_str!("site/index.html");
const ATTEMPT: &str = include_str!("site/attempt.js");

/// The running site; it ends when dropped.
pub(crate) struct Site {
    origin: String,
    server: JoinHandle<()>,
}

impl Site {
    /// Starts it on a free port.
    pub(crate) async fn start() -> Self {
        let script = |content: String| ([(CONTENT_TYPE, "text/javascript")], content);
        let routes = Router::new()
            .route("/", get(async || Html(PAGE)))
            .route("/attempt.js", get(async move || script(ATTEMPT.to_owned())))
            .route(
                "/ccmessaging-upload/{*path}",
                get(async move |RequestPath(path): RequestPath<String>| {
                    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web");
                    script(std::fs::read_to_string(package.join(path)).expect("a module"))
                }),
            );
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let server = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("a server");
        });
        Self {
            origin: format!("http://{address}"),
            server,
        }
    }

    /// Its scheme, host and port.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Opens its page.
    pub(crate) async fn open(&self, browser: &Browser) {
        let opened = browser.client().goto(&self.origin).await;
        opened.unwrap_or_else(|error| panic!("the page does not open: {error}"));
    }

    /// Uploads a file from its page, which must be open, and gives what the page learns of it.
    pub(crate) async fn attempt(
        &self,
        browser: &Browser,
        gateway: &Server,
        token: &str,
        (name, content): (&str, &str),
    ) -> Value {
        const SCRIPT: &str = "
            const done = arguments[arguments.length - 1];
            import('/attempt.js')
              .then(({ attempt }) => attempt(...arguments))
              .then(done, (error) => done(String(error)));";
        let arguments = [gateway.origin(), token, name, content].map(Value::from);
        let ran = browser.client().execute_async(SCRIPT, arguments.to_vec());
        ran.await
            .unwrap_or_else(|error| panic!("the upload does not end: {error}"))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}
