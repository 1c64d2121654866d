//! From `lambda_http`'s request to the service's.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use bytes::Bytes;
use http::Uri;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt as _};

use crate::Deadline;
use crate::service::{Arrival, Door};

/// Hands over the body without a copy, notes the invocation's deadline and identifier, and takes
/// the API's stage off the path.
pub(super) fn from_lambda(request: Request) -> http::Request<Body> {
    let path = path_without_stage(&request);
    let arrival = request.lambda_context_ref().map_or_else(
        || Arrival::new(Door::Lambda, None, None),
        |context| {
            let deadline = deadline(context.deadline, SystemTime::now());
            Arrival::new(Door::Lambda, Some(&context.request_id), deadline)
        },
    );
    let (mut head, body) = request.into_parts();
    head.uri = path;
    head.extensions.insert(arrival);
    let body = match body {
        lambda_http::Body::Text(text) => Bytes::from(text),
        lambda_http::Body::Binary(bytes) => Bytes::from(bytes),
        _ => Bytes::new(),
    };
    http::Request::from_parts(head, Body::from(body))
}

/// The path as the API's user wrote it: a stage other than `$default` stands in front of it.
fn path_without_stage(request: &Request) -> Uri {
    let path = request.uri().path();
    let stage = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV1(context)) => context.stage.as_deref(),
        Some(RequestContext::ApiGatewayV2(context)) => context.stage.as_deref(),
        _ => None,
    };
    stage
        .and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage))
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(path)
        .parse()
        .unwrap_or_default()
}

/// The deadline of an invocation that the platform cuts off at this time (milliseconds since
/// 1970). One in the past is no deadline: `cargo lambda watch` sends such a constant.
fn deadline(epoch_ms: u64, now: SystemTime) -> Option<Deadline> {
    let cut_off = UNIX_EPOCH.checked_add(Duration::from_millis(epoch_ms))?;
    let remaining = cut_off.duration_since(now).ok()?;
    Some(Deadline::before_cut_off(remaining))
}
