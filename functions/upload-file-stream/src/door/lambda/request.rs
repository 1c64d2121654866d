//! From `lambda_http`'s request to the service's.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use http::Uri;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt as _};

use super::segmented_body::SegmentedBody;
use crate::Deadline;
use crate::service::{Arrival, Door, Malformed};

/// Puts the body in, which has come past the request, notes the invocation's deadline and
/// identifier, and takes the API's stage off the path. Without a body the event was malformed.
pub(super) fn from_lambda(request: Request, body: Option<SegmentedBody>) -> http::Request<Body> {
    let path = path_without_stage(&request);
    let arrival = request.lambda_context_ref().map_or_else(
        || Arrival::new(Door::Lambda, None, None),
        |context| {
            let deadline = deadline(context.deadline, SystemTime::now());
            Arrival::new(Door::Lambda, Some(&context.request_id), deadline)
        },
    );
    let (mut head, _) = request.into_parts();
    head.uri = path;
    head.extensions.insert(arrival);
    if body.is_none() {
        head.extensions.insert(Malformed::Event);
    }
    http::Request::from_parts(head, body.map_or_else(Body::empty, Body::new))
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
