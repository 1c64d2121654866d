//! Makes an event safe for `lambda_http` to convert.
//!
//! The conversion panics on a body that is marked as Base64 and is not, and on a host, path or
//! query that makes no URL. The service needs of all these only the path, so the rest is taken out.

use http::HeaderMap;
use http::header::HOST;
use lambda_http::aws_lambda_events::query_map::QueryMap;
use lambda_http::request::LambdaRequest;

const X_FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Takes out what may not convert. `false` if that includes the body: then the event is to be
/// refused.
pub(super) fn make_convertible(event: &mut LambdaRequest) -> bool {
    match event {
        LambdaRequest::ApiGatewayV1(event) => {
            event.query_string_parameters = QueryMap::default();
            event.multi_value_query_string_parameters = QueryMap::default();
            event.request_context.domain_name = None;
            make_path_absolute(&mut event.path);
            drop_host(&mut event.headers);
            check_body(event.is_base64_encoded, &mut event.body)
        }
        LambdaRequest::ApiGatewayV2(event) => {
            event.raw_query_string = None;
            event.query_string_parameters = QueryMap::default();
            event.request_context.domain_name = None;
            make_path_absolute(&mut event.raw_path);
            drop_host(&mut event.headers);
            check_body(event.is_base64_encoded, &mut event.body)
        }
        LambdaRequest::Alb(event) => {
            event.query_string_parameters = QueryMap::default();
            event.multi_value_query_string_parameters = QueryMap::default();
            make_path_absolute(&mut event.path);
            drop_host(&mut event.headers);
            check_body(event.is_base64_encoded, &mut event.body)
        }
        // The type is open; no other variant is compiled in.
        _ => false,
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

/// Whether the body converts; if not, it is dropped.
fn check_body(is_base64_encoded: bool, body: &mut Option<String>) -> bool {
    let is_sound = !is_base64_encoded
        || body
            .as_deref()
            .is_none_or(|text| base64_simd::STANDARD.check(text.as_bytes()).is_ok());
    if !is_sound {
        *body = None;
    }
    is_sound
}
