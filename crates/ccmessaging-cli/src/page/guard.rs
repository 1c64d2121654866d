//! Protects the page's routes from other sites that the same browser shows.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, StatusCode};

/// Rejects requests of pages from other origins.
pub(super) async fn same_origin(request: Request, next: Next) -> Response {
    if !is_same_origin(request.headers()) {
        return forbidden("this route only serves its own page");
    }
    next.run(request).await
}

/// Rejects requests whose `Host` is not a loopback address: a site could make its own name resolve to
/// 127.0.0.1, and its pages would then be of the same origin.
pub(super) async fn loopback(request: Request, next: Next) -> Response {
    if !is_loopback(request.headers()) {
        return forbidden("this route is only served on a loopback address, such as 127.0.0.1");
    }
    next.run(request).await
}

/// Returns whether the request has no `Origin`, or exactly one, which names the host in `Host`.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else {
        return true;
    };
    if origins.next().is_some() {
        return false;
    }
    let origin = origin.to_str().unwrap_or_default();
    let host = origin
        .strip_prefix("http://")
        .or(origin.strip_prefix("https://"));
    host.is_some() && host == host_of(headers)
}

fn is_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = host_of(headers) else {
        return false;
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    ["127.0.0.1", "localhost", "[::1]"].contains(&name)
}

fn host_of(headers: &HeaderMap) -> Option<&str> {
    headers.get(HOST)?.to_str().ok()
}

fn forbidden(problem: &'static str) -> Response {
    (StatusCode::FORBIDDEN, problem).into_response()
}
