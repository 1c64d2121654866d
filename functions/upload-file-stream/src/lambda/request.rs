//! Converts an event to a request for the service.
//!
//! `lambda_http`'s conversion panics if the body is not valid Base64 although `isBase64Encoded` is true,
//! and if host, path or query do not form a URL. The service only needs the body, the path and the query,
//! so body and query are taken out first, and the host is removed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use bytes::Bytes;
use ccmessaging_client::Deadline;
use ccmessaging_core::{Conversion, Family, FileType};
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, Uri};
use lambda_http::request::{LambdaRequest, RequestContext as EventContext};
use lambda_http::{Request, RequestExt as _};
use memchr::memmem;

use super::body_layer::Extracted;
use super::extract_body::EventBody;
use ccmessaging_gateway::{Malformed, Platform, RequestContext};

/// The replacement of a sequence of bytes that is not UTF-8: U+FFFD.
const REPLACEMENT_CHARACTER: &[u8] = "\u{fffd}".as_bytes();

/// Replaces a query that is not valid in a URL. It is not percent-encoded either, so that the calls that have a
/// query reject it as malformed; without it, they would report a missing parameter. Uploads ignore the query.
const MALFORMED_QUERY: &str = "%";

const MULTIPART: &str = "multipart/";
const TEXT: &str = "text/";
const TEXT_JSON: &str = "text/json";

const X_FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Removes the parts whose conversion may panic, and returns the body: the extracted one, or else the
/// event's own.
///
/// # Errors
///
/// The event must be rejected: it exceeds a limit, its body is not valid Base64 although
/// `isBase64Encoded` is true, or its body was decoded as text although it contains binary data.
pub(super) fn take_body(
    event: &mut LambdaRequest,
    extracted: Extracted,
) -> Result<Bytes, Malformed> {
    let (is_base64_encoded, own) = match event {
        LambdaRequest::ApiGatewayV1(event) => {
            event.request_context.domain_name = None;
            make_path_absolute(&mut event.path);
            drop_host(&mut event.headers);
            drop_repeated(&mut event.headers, &event.multi_value_headers);
            (event.is_base64_encoded, event.body.take())
        }
        LambdaRequest::ApiGatewayV2(event) => {
            event.request_context.domain_name = None;
            make_path_absolute(&mut event.raw_path);
            drop_host(&mut event.headers);
            (event.is_base64_encoded, event.body.take())
        }
        LambdaRequest::Alb(event) => {
            make_path_absolute(&mut event.path);
            drop_host(&mut event.headers);
            drop_repeated(&mut event.headers, &event.multi_value_headers);
            (event.is_base64_encoded, event.body.take())
        }
        // The enum is non-exhaustive, but no other variant is compiled in.
        _ => return Err(Malformed::Event),
    };
    if let Some(malformed) = extracted.malformed {
        return Err(malformed);
    }
    let body = extracted.body;
    let body = body.unwrap_or_else(|| EventBody::from(own.unwrap_or_default()));
    if is_base64_encoded {
        return body.decode_base64().ok_or(Malformed::Event);
    }
    let body = body.into_plain();
    if memmem::find(&body, REPLACEMENT_CHARACTER).is_some()
        && let Some(malformed) = decoded_file(event)
    {
        return Err(malformed);
    }
    Ok(body)
}

/// Returns why an event whose body contains a replacement character must be rejected: its media type is
/// that of a file or a form. An API passes such a body on as text unless the type is one of its binary media
/// types, and replaces what is not UTF-8. A text that contained the character before is rarer than one that
/// lost its letters, and the event does not distinguish them. JSON is not affected: Base64 is ASCII.
fn decoded_file(event: &LambdaRequest) -> Option<Malformed> {
    let maps: [Option<&HeaderMap>; 2] = match event {
        LambdaRequest::ApiGatewayV1(event) => {
            [Some(&event.headers), Some(&event.multi_value_headers)]
        }
        LambdaRequest::ApiGatewayV2(event) => [Some(&event.headers), None],
        LambdaRequest::Alb(event) => [Some(&event.headers), Some(&event.multi_value_headers)],
        _ => [None, None],
    };
    let values = maps
        .into_iter()
        .flatten()
        .flat_map(|headers| headers.get_all(CONTENT_TYPE));
    let mut media_types = values.filter_map(|value| value.to_str().ok());
    media_types.find_map(|media_type| {
        let begins = |start: &str| {
            let head = media_type.get(..start.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(start))
        };
        let file_type = FileType::from_media_type(media_type);
        let is_text = file_type.map_or_else(
            || begins(TEXT) && !begins(TEXT_JSON),
            |it| it.family() == Family::Text,
        );
        let is_binary = file_type.is_some()
            || Conversion::from_media_type(media_type).is_some()
            || FileType::is_generic_media_type(media_type)
            || begins(MULTIPART);
        match (is_text, is_binary) {
            (true, _) => Some(Malformed::DecodedText),
            (false, true) => Some(Malformed::DecodedBody),
            (false, false) => None,
        }
    })
}

fn drop_host(headers: &mut HeaderMap) {
    headers.remove(HOST);
    headers.remove(X_FORWARDED_PROTO);
}

/// Removes the headers that `multi_value` contains with all their values. `lambda_http` would use the
/// single value instead, which hides that a header was sent twice.
pub(super) fn drop_repeated(single: &mut HeaderMap, multi_value: &HeaderMap) {
    for name in multi_value.keys() {
        single.remove(name);
    }
}

fn make_path_absolute(path: &mut Option<String>) {
    match path {
        Some(path) if path.starts_with('/') => {}
        _ => *path = Some("/".to_owned()),
    }
}

/// Inserts query and body, adds the invocation's deadline and identifier, and removes the API's stage from the
/// path.
pub(super) fn from_lambda(
    request: Request,
    query: &str,
    body: Result<Bytes, Malformed>,
) -> http::Request<Body> {
    let path = path_without_stage(&request);
    let uri = if query.is_empty() {
        path
    } else {
        with_query(&path, query)
            .or_else(|| with_query(&path, MALFORMED_QUERY))
            .unwrap_or(path)
    };
    let context = request.lambda_context_ref().map_or_else(
        || RequestContext::new(Platform::Lambda, None, None),
        |context| {
            let deadline = deadline(context.deadline, SystemTime::now());
            RequestContext::new(Platform::Lambda, Some(&context.request_id), deadline)
        },
    );
    let (mut head, _) = request.into_parts();
    head.uri = uri;
    let request_id = context.request_id.clone();
    head.extensions.insert(context);
    let body = match body {
        Ok(body) => Body::from(body),
        Err(malformed) => {
            if matches!(malformed, Malformed::DecodedBody | Malformed::DecodedText) {
                tracing::warn!(
                    request_id,
                    "the API decoded a file as text; add multipart/form-data and the media types of files to its binary media types"
                );
            }
            head.extensions.insert(malformed);
            Body::empty()
        }
    };
    http::Request::from_parts(head, body)
}

/// Returns the path with the query; `None` if that is not a valid URL.
fn with_query(path: &Uri, query: &str) -> Option<Uri> {
    format!("{path}?{query}").parse().ok()
}

/// Returns the path as the client sent it: events prefix it with a stage other than `$default`.
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

/// Returns the deadline of an invocation that the platform ends at this time, in milliseconds since
/// 1970. A time in the past is ignored: `cargo lambda watch` sends such a constant.
fn deadline(epoch_ms: u64, now: SystemTime) -> Option<Deadline> {
    let platform_deadline = UNIX_EPOCH.checked_add(Duration::from_millis(epoch_ms))?;
    let remaining = platform_deadline.duration_since(now).ok()?;
    Some(Deadline::with_reserve(remaining))
}
