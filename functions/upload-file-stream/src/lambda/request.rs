//! Converts an event to the service's request.
//!
//! `lambda_http`'s conversion panics if a body marked as Base64 is not valid Base64, or if host, path
//! and query do not form a valid URL. The service only needs body and path, so the body is removed and
//! decoded here, and host and query are dropped.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use bytes::Bytes;
use ccmessaging_client::Deadline;
use http::header::HOST;
use http::{HeaderMap, Uri};
use lambda_http::aws_lambda_events::query_map::QueryMap;
use lambda_http::request::{LambdaRequest, RequestContext as EventContext};
use lambda_http::{Request, RequestExt as _};

use super::extract_body::EventBody;
use super::handover::Extracted;
use ccmessaging_gateway::{Malformed, Platform, RequestContext};

const X_FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Removes what `lambda_http` may fail to convert, and returns the decoded body: the extracted one, or
/// else the event's own.
///
/// # Errors
///
/// The event exceeds a limit, or its body is marked as Base64 but is not valid Base64.
pub(super) fn take_body(
    event: &mut LambdaRequest,
    extracted: Extracted,
) -> Result<Bytes, Malformed> {
    let (is_base64_encoded, own) = match event {
        LambdaRequest::ApiGatewayV1(event) => {
            event.query_string_parameters = QueryMap::default();
            event.multi_value_query_string_parameters = QueryMap::default();
            event.request_context.domain_name = None;
            make_path_absolute(&mut event.path);
            drop_host(&mut event.headers);
            drop_repeated(&mut event.headers, &event.multi_value_headers);
            (event.is_base64_encoded, event.body.take())
        }
        LambdaRequest::ApiGatewayV2(event) => {
            event.raw_query_string = None;
            event.query_string_parameters = QueryMap::default();
            event.request_context.domain_name = None;
            make_path_absolute(&mut event.raw_path);
            drop_host(&mut event.headers);
            (event.is_base64_encoded, event.body.take())
        }
        LambdaRequest::Alb(event) => {
            event.query_string_parameters = QueryMap::default();
            event.multi_value_query_string_parameters = QueryMap::default();
            make_path_absolute(&mut event.path);
            drop_host(&mut event.headers);
            drop_repeated(&mut event.headers, &event.multi_value_headers);
            (event.is_base64_encoded, event.body.take())
        }
        // `LambdaRequest` is non-exhaustive; other variants are behind disabled features.
        _ => return Err(Malformed::Event),
    };
    if let Some(malformed) = extracted.malformed {
        return Err(malformed);
    }
    let body = extracted.body;
    let body = body.unwrap_or_else(|| EventBody::from(own.unwrap_or_default()));
    if is_base64_encoded {
        body.decode_base64().ok_or(Malformed::Event)
    } else {
        Ok(body.into_plain())
    }
}

fn drop_host(headers: &mut HeaderMap) {
    headers.remove(HOST);
    headers.remove(X_FORWARDED_PROTO);
}

/// Removes from `single` the headers that `several` contains with all values. Otherwise `lambda_http`
/// would use the single value, and a header that was sent twice would not be detected.
pub(super) fn drop_repeated(single: &mut HeaderMap, several: &HeaderMap) {
    for name in several.keys() {
        single.remove(name);
    }
}

fn make_path_absolute(path: &mut Option<String>) {
    match path {
        Some(path) if path.starts_with('/') => {}
        _ => *path = Some("/".to_owned()),
    }
}

/// Adds the body, the invocation's deadline and its identifier, and strips the API's stage from the
/// path.
pub(super) fn from_lambda(request: Request, body: Result<Bytes, Malformed>) -> http::Request<Body> {
    let path = path_without_stage(&request);
    let context = request.lambda_context_ref().map_or_else(
        || RequestContext::new(Platform::Lambda, None, None),
        |context| {
            let deadline = deadline(context.deadline, SystemTime::now());
            RequestContext::new(Platform::Lambda, Some(&context.request_id), deadline)
        },
    );
    let (mut head, _) = request.into_parts();
    head.uri = path;
    head.extensions.insert(context);
    let body = match body {
        Ok(body) => Body::from(body),
        Err(malformed) => {
            head.extensions.insert(malformed);
            Body::empty()
        }
    };
    http::Request::from_parts(head, body)
}

/// Returns the path without the stage: API Gateway prepends any stage but `$default`.
fn path_without_stage(request: &Request) -> Uri {
    let path = request.uri().path();
    let stage = match request.request_context_ref() {
        Some(EventContext::ApiGatewayV1(context)) => context.stage.as_deref(),
        Some(EventContext::ApiGatewayV2(context)) => context.stage.as_deref(),
        _ => None,
    };
    stage
        .and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage))
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(path)
        .parse()
        .unwrap_or_default()
}

/// Returns the deadline for an invocation that the platform ends at this time (milliseconds since
/// 1970). A time in the past is ignored: `cargo lambda watch` sends such a constant.
fn deadline(epoch_ms: u64, now: SystemTime) -> Option<Deadline> {
    let cut_off = UNIX_EPOCH.checked_add(Duration::from_millis(epoch_ms))?;
    let remaining = cut_off.duration_since(now).ok()?;
    Some(Deadline::with_reserve(remaining))
}
