//! Which trace headers are forwarded, and which trace ID is logged.

use ccmessaging_gateway::{TRACEPARENT, TRACESTATE, TraceContext};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn read(headers: &[(HeaderName, &str)]) -> Option<TraceContext> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header's value");
        map.append(name, value);
    }
    TraceContext::from_headers(&map)
}

fn forwarded(headers: &[(HeaderName, &str)]) -> Vec<(HeaderName, String)> {
    let context = read(headers);
    let headers = context.iter().flat_map(TraceContext::headers);
    headers
        .map(|(name, value)| (name, value.to_str().expect("visible").to_owned()))
        .collect()
}

#[test]
fn both_headers_are_forwarded_as_received() {
    let longest = "v".repeat(512);
    for (parent, state) in [
        (PARENT, "rojo=00f067aa0ba902b7, congo=t61rcWkgMzE"),
        ("cc-anything", "ROJO"),
        (&longest, &longest),
    ] {
        let headers = [(TRACEPARENT, parent), (TRACESTATE, state)];
        let expected = headers
            .clone()
            .map(|(name, value)| (name, value.to_owned()));
        assert_eq!(forwarded(&headers), expected);
    }
}

#[test]
fn nothing_is_forwarded_without_one_usable_traceparent() {
    let long = "v".repeat(513);
    let joined = format!("{PARENT},{PARENT}");
    for parent in ["", "ü", &long, &joined] {
        let headers = [(TRACEPARENT, parent), (TRACESTATE, "rojo=1")];
        assert_eq!(forwarded(&headers), [], "{parent:?}");
    }
    let twice = [
        (TRACEPARENT, PARENT),
        (TRACEPARENT, PARENT),
        (TRACESTATE, "rojo=1"),
    ];
    assert_eq!(forwarded(&twice), []);
    assert_eq!(forwarded(&[(TRACESTATE, "rojo=1")]), []);
}

#[test]
fn an_unusable_tracestate_is_left_out() {
    let parent = (TRACEPARENT, PARENT);
    let expected = [(TRACEPARENT, PARENT.to_owned())];
    for state in ["", "rojo=ü", &"v".repeat(513)] {
        let headers = [parent.clone(), (TRACESTATE, state)];
        assert_eq!(forwarded(&headers), expected, "{state:?}");
    }
    let twice = [parent, (TRACESTATE, "a=1"), (TRACESTATE, "b=2")];
    assert_eq!(forwarded(&twice), expected);
}

#[test]
fn no_other_header_is_forwarded() {
    let headers = [
        (AUTHORIZATION, "Bearer secret"),
        (TRACEPARENT, PARENT),
        (HeaderName::from_static("x-app-key"), "secret"),
    ];
    assert_eq!(forwarded(&headers), [(TRACEPARENT, PARENT.to_owned())]);
}

#[test]
fn the_trace_id_is_32_lower_case_hexadecimal_digits() {
    let trace_id = |parent: &str| {
        let context = read(&[(TRACEPARENT, parent)]).expect("a usable header");
        context.trace_id().map(str::to_owned)
    };
    assert_eq!(trace_id(PARENT).as_deref(), Some(TRACE_ID));
    for parent in [
        "00",
        &PARENT.replace('-', "_"),
        &PARENT.to_uppercase(),
        &PARENT.replacen('4', "", 1),
        &PARENT.replacen('4', "44", 1),
        &PARENT.replacen('4', "g", 1),
    ] {
        assert_eq!(trace_id(parent), None, "{parent:?}");
    }
}

proptest! {
    #[test]
    fn forwarded_trace_headers_are_unchanged(
        parent in proptest::collection::vec(any::<u8>(), 0..64),
        state in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let mut received = HeaderMap::new();
        for (name, value) in [(TRACEPARENT, parent), (TRACESTATE, state)] {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                received.insert(name, value);
            }
        }
        let context = TraceContext::from_headers(&received);
        for (name, value) in context.iter().flat_map(TraceContext::headers) {
            prop_assert!(value.to_str().is_ok());
            prop_assert_eq!(received.get(name), Some(&value));
        }
    }
}
