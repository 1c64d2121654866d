//! What the local gateway serves besides the API: its description, the upload page and what that
//! needs.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ccmessaging_sandbox::Sandbox;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue};
use serde_json::json;

/// A file of the page, compiled in.
struct Asset {
    path: &'static str,
    media_type: &'static str,
    content: &'static str,
}

const ASSETS: [Asset; 5] = [
    Asset {
        path: "/",
        media_type: "text/html; charset=utf-8",
        content: include_str!("../assets/index.html"),
    },
    Asset {
        path: "/page.css",
        media_type: "text/css; charset=utf-8",
        content: include_str!("../assets/page.css"),
    },
    Asset {
        path: "/page.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../assets/page.js"),
    },
    Asset {
        path: "/upload-file-stream.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../assets/upload-file-stream.js"),
    },
    Asset {
        path: "/favicon.svg",
        media_type: "image/svg+xml",
        content: include_str!("../assets/favicon.svg"),
    },
];

/// The API's description for programs.
const DESCRIPTION: Asset = Asset {
    path: "/openapi.json",
    media_type: "application/json",
    content: upload_file_stream::OPENAPI_JSON,
};

/// The page runs and loads what its own origin serves, and nothing else; it cannot be framed.
/// `blob:` shows a file that was chosen but not sent yet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// The route of the API's description.
pub(crate) fn description() -> Router {
    Router::new().route(DESCRIPTION.path, get(async || DESCRIPTION.response()))
}

/// The page's routes. It is for a simulated upstream only, because whoever reaches it gets session
/// tokens: those of a simulated upstream are worth nothing.
pub(crate) fn router(sandbox: Arc<Sandbox>) -> Router {
    ASSETS
        .iter()
        .fold(Router::new(), |router, asset| {
            router.route(asset.path, get(async || asset.response()))
        })
        .route("/session", get(session))
        .with_state(sandbox)
}

impl Asset {
    fn response(&self) -> Response {
        let headers = [
            header(CONTENT_TYPE, self.media_type),
            header(CONTENT_SECURITY_POLICY, POLICY),
            header(X_CONTENT_TYPE_OPTIONS, "nosniff"),
            header(REFERRER_POLICY, "no-referrer"),
            // The next build may serve another page at the same address.
            header(CACHE_CONTROL, "no-store"),
        ];
        (headers, self.content).into_response()
    }
}

/// A fresh `ccmessaging-token` in the words of `applyToken`.
async fn session(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let answer = json!({"resultCode": "0", "token": sandbox.issue_session_token()});
    let headers = [
        header(CONTENT_TYPE, "application/json"),
        header(CACHE_CONTROL, "no-store"),
    ];
    (headers, answer.to_string()).into_response()
}

fn header(name: HeaderName, value: &'static str) -> (HeaderName, HeaderValue) {
    (name, HeaderValue::from_static(value))
}
