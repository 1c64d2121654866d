//! The query of an event. Only `poll` has one, and its values must survive unchanged.

use lambda_http::aws_lambda_events::query_map::QueryMap;
use lambda_http::request::LambdaRequest;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Takes the query out of an event and returns it as in a URL.
///
/// `lambda_http` would decode and encode it again, and panics if the result is not a valid URL.
pub(super) fn take_query(event: &mut LambdaRequest) -> String {
    match event {
        LambdaRequest::ApiGatewayV1(event) => {
            let single = std::mem::take(&mut event.query_string_parameters);
            let multi = std::mem::take(&mut event.multi_value_query_string_parameters);
            // A REST API decodes names and values.
            join(&single, &multi, |text| {
                utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
            })
        }
        LambdaRequest::ApiGatewayV2(event) => event.raw_query_string.take().unwrap_or_default(),
        LambdaRequest::Alb(event) => {
            let single = std::mem::take(&mut event.query_string_parameters);
            let multi = std::mem::take(&mut event.multi_value_query_string_parameters);
            // A load balancer leaves them as the client sent them.
            join(&single, &multi, str::to_owned)
        }
        // The enum is non-exhaustive, but no other variant is compiled in.
        _ => String::new(),
    }
}

/// Joins the parameters. `multi` contains all values of each name, if the trigger fills it.
fn join(single: &QueryMap, multi: &QueryMap, encode: impl Fn(&str) -> String) -> String {
    let parameters = if multi.is_empty() { single } else { multi };
    let pairs = parameters.iter();
    let pairs = pairs.map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}
