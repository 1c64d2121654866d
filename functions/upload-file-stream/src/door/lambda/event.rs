//! Makes an event safe for `lambda_http` to convert.
//!
//! The conversion panics on a body that is marked as Base64 and is not, and on a host, path or
//! query that makes no URL. The service needs of all these only body and path, so the body is taken
//! out to be decoded here, and the rest is taken out for good.

use http::HeaderMap;
use http::header::HOST;
use lambda_http::aws_lambda_events::query_map::QueryMap;
use lambda_http::request::LambdaRequest;

use super::segmented_body::SegmentedBody;
use super::text::BodyText;

const X_FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Takes out what may not convert, and reads the body: the parked one, if there is one, else the
/// event's own. `None` if it is marked as Base64 and is not: then the event is to be refused.
pub(super) fn take_body(
    event: &mut LambdaRequest,
    parked: Option<BodyText>,
) -> Option<SegmentedBody> {
    let (is_base64_encoded, own) = match event {
        LambdaRequest::ApiGatewayV1(event) => {
            event.query_string_parameters = QueryMap::default();
            event.multi_value_query_string_parameters = QueryMap::default();
            event.request_context.domain_name = None;
            make_path_absolute(&mut event.path);
            drop_host(&mut event.headers);
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
            (event.is_base64_encoded, event.body.take())
        }
        // The type is open; no other variant is compiled in.
        _ => return None,
    };
    let text = parked.unwrap_or_else(|| own.unwrap_or_default().into());
    if is_base64_encoded {
        Some(SegmentedBody::new([text.decode_base64()?]))
    } else {
        Some(SegmentedBody::new([text.into_plain()]))
    }
}

fn drop_host(headers: &mut HeaderMap) {
    headers.remove(HOST);
    headers.remove(X_FORWARDED_PROTO);
}

fn make_path_absolute(path: &mut Option<String>) {
    match path {
        Some(path) if path.starts_with('/') => {}
        _ => *path = Some("/".to_owned()),
    }
}
