//! Which trace contexts are handed on, and in what form.

use ccmessaging_gateway::{TRACEPARENT, TRACESTATE, TraceContext};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT_ID: &str = "00f067aa0ba902b7";

fn parent(version: &str, flags: &str) -> String {
    format!("{version}-{TRACE_ID}-{PARENT_ID}-{flags}")
}

fn read(headers: &[(HeaderName, &str)]) -> Option<TraceContext> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(
            name,
            HeaderValue::from_str(value).expect("a header's value"),
        );
    }
    TraceContext::from_headers(&map)
}

/// What is handed on of a `traceparent`.
fn handed_on(traceparent: &str) -> Option<String> {
    let context = read(&[(TRACEPARENT, traceparent)])?;
    let headers: Vec<_> = context.headers().collect();
    let [(name, value)] = headers.as_slice() else {
        panic!("one header is expected: {headers:?}");
    };
    assert_eq!(name, TRACEPARENT);
    Some(value.to_str().expect("visible").to_owned())
}

/// What is handed on of the values of `tracestate` beside a valid `traceparent`.
fn state(values: &[&str]) -> Option<String> {
    let parent = parent("00", "01");
    let mut headers = vec![(TRACEPARENT, parent.as_str())];
    headers.extend(values.iter().map(|value| (TRACESTATE, *value)));
    let context = read(&headers).expect("the traceparent is valid");
    let state = context.headers().find(|(name, _)| *name == TRACESTATE);
    state.map(|(_, value)| value.to_str().expect("visible").to_owned())
}

#[test]
fn a_valid_traceparent_is_handed_on_unchanged() {
    for flags in ["00", "01", "02", "03", "ff"] {
        let value = parent("00", flags);
        assert_eq!(handed_on(&value), Some(value));
    }
    let context = read(&[(TRACEPARENT, &parent("00", "01"))]).expect("valid");
    assert_eq!(context.trace_id(), TRACE_ID);
}

#[test]
fn a_later_version_is_handed_on_in_the_form_of_the_known_one() {
    for (value, expected) in [
        (parent("01", "01"), "01"),
        (parent("cc", "00"), "00"),
        (parent("fe", "ff"), "01"),
        (
            format!("{}-what-the-future-brings", parent("01", "03")),
            "01",
        ),
        (format!("{}-", parent("01", "00")), "00"),
    ] {
        assert_eq!(handed_on(&value), Some(parent("00", expected)), "{value}");
    }
}

#[test]
fn an_invalid_traceparent_is_dropped() {
    let valid = parent("00", "01");
    let mut invalid = vec![
        String::new(),
        parent("ff", "01"),
        parent("0", "01"),
        parent("000", "01"),
        parent("0G", "01"),
        parent("00", "1"),
        parent("00", "0g"),
        parent("00", "0A"),
        format!("{valid}-"),
        format!("{valid}-extra"),
        format!("{valid}0"),
        format!("{}.extra", parent("01", "01")),
        format!("{}0", parent("01", "01")),
        valid.to_uppercase(),
        valid.replace('-', "_"),
        format!("00-{TRACE_ID}_{PARENT_ID}-01"),
        format!("00-{}-{PARENT_ID}-01", "0".repeat(32)),
        format!("00-{TRACE_ID}-{}-01", "0".repeat(16)),
        format!("00-{}-{PARENT_ID}-01", &TRACE_ID[1..]),
        format!("00-{TRACE_ID}-{PARENT_ID}"),
        format!("{valid},{valid}"),
    ];
    invalid.extend((0..valid.len()).map(|length| valid[..length].to_owned()));
    for value in invalid {
        assert_eq!(handed_on(&value), None, "{value:?}");
    }
}

#[test]
fn two_traceparents_are_none() {
    let value = parent("00", "01");
    let twice = [(TRACEPARENT, &*value), (TRACEPARENT, &*value)];
    assert_eq!(read(&twice), None);
}

#[test]
fn a_tracestate_without_a_valid_traceparent_is_dropped_with_it() {
    assert_eq!(read(&[(TRACESTATE, "rojo=1")]), None);
    let headers = [(TRACEPARENT, &*parent("ff", "01")), (TRACESTATE, "rojo=1")];
    assert_eq!(read(&headers), None);
}

#[test]
fn a_valid_tracestate_is_handed_on_as_one_list_in_its_order() {
    let long_key = format!("{}=1", "k".repeat(256));
    let long_tenant = format!("{}@{}=1", "0".repeat(241), "s".repeat(14));
    let long_value = format!("k={}", "v".repeat(256));
    for (values, expected) in [
        (vec!["rojo=00f067aa0ba902b7"], "rojo=00f067aa0ba902b7"),
        (vec!["b=1,a=2"], "b=1,a=2"),
        (vec!["b=1 , \ta=2", "c=3"], "b=1,a=2,c=3"),
        (vec!["", "a=1,,b=2,"], "a=1,b=2"),
        (
            vec!["fw529a3039@dt=FfAd;p:1/x y!"],
            "fw529a3039@dt=FfAd;p:1/x y!",
        ),
        (vec!["0tenant@a_-*/1=1"], "0tenant@a_-*/1=1"),
        (vec!["a= leading"], "a= leading"),
        (vec![&*long_key], &*long_key),
        (vec![&*long_tenant], &*long_tenant),
        (vec![&*long_value], &*long_value),
    ] {
        assert_eq!(state(&values).as_deref(), Some(expected), "{values:?}");
    }
}

#[test]
fn an_invalid_tracestate_is_dropped_as_a_whole() {
    let long_key = format!("{}=1", "k".repeat(257));
    let long_tenant = format!("{}@s=1", "t".repeat(242));
    let long_system = format!("t@{}=1", "s".repeat(15));
    let long_value = format!("k={}", "v".repeat(257));
    for invalid in [
        "a",
        "=1",
        "a=",
        "A=1",
        "1a=1",
        "a b=1",
        "a =1",
        "a.b=1",
        "a=1=2",
        "a=b\tc",
        "@s=1",
        "t@=1",
        "t@1s=1",
        "t@s@u=1",
        "a=1,a=2",
        &long_key,
        &long_tenant,
        &long_system,
        &long_value,
    ] {
        assert_eq!(state(&[invalid]), None, "{invalid:?}");
        assert_eq!(state(&["good=1", invalid]), None, "{invalid:?}");
    }
}

#[test]
fn a_tracestate_may_have_32_members_and_512_characters() {
    let members = |count: usize| {
        let members: Vec<String> = (0..count).map(|number| format!("k{number}=v")).collect();
        members.join(",")
    };
    assert_eq!(state(&[&members(32)]), Some(members(32)));
    assert_eq!(state(&[&members(33)]), None);

    let of_length = |length: usize| {
        let rest = length - "a=,b=,c=".len() - 250;
        let half = rest / 2;
        format!(
            "a={},b={},c={}",
            "v".repeat(250),
            "w".repeat(half),
            "x".repeat(rest - half)
        )
    };
    assert_eq!(state(&[&of_length(512)]), Some(of_length(512)));
    assert_eq!(state(&[&of_length(513)]), None);
}

proptest! {
    #[test]
    fn whatever_is_handed_on_has_the_form_of_version_00(value in "[ -~]{0,70}") {
        prop_assert!(handed_on(&value).is_none_or(|handed_on| is_version_00(&handed_on)));
    }

    #[test]
    fn values_near_the_valid_form_are_judged_by_the_specification(
        version in "(00|01|ff|0a|0A|[0-9a-g]{2})",
        trace_id in "(0{32}|[0-9a-f]{32}|[0-9a-fA-F]{31,33})",
        parent_id in "(0{16}|[0-9a-f]{16}|[0-9a-g]{16})",
        flags in "[0-9a-f]{2}",
        tail in "(-[a-z]{0,3}|[0-9a-f.]{0,1})",
    ) {
        let value = format!("{version}-{trace_id}-{parent_id}-{flags}{tail}");
        let is_hex = |text: &str, length: usize| {
            text.len() == length && text.chars().all(|digit| "0123456789abcdef".contains(digit))
        };
        let is_valid = is_hex(&version, 2)
            && version != "ff"
            && is_hex(&trace_id, 32)
            && trace_id.contains(|digit| digit != '0')
            && is_hex(&parent_id, 16)
            && parent_id.contains(|digit| digit != '0')
            && (tail.is_empty() || (version != "00" && tail.starts_with('-')));
        let handed_on = handed_on(&value);
        prop_assert_eq!(handed_on.is_some(), is_valid, "{}", value);
        if let Some(handed_on) = handed_on {
            prop_assert!(is_version_00(&handed_on));
            prop_assert_eq!(&handed_on[3..52], &value[3..52]);
        }
    }

    #[test]
    fn no_bytes_in_either_header_make_it_panic(
        traceparent in proptest::collection::vec(any::<u8>(), 0..64),
        tracestate in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in [(TRACEPARENT, traceparent), (TRACESTATE, tracestate)] {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.insert(name, value);
            }
        }
        let _ = TraceContext::from_headers(&headers);
        headers.insert(TRACEPARENT, HeaderValue::from_str(&parent("00", "00")).expect("a value"));
        prop_assert!(TraceContext::from_headers(&headers).is_some());
    }
}

/// `00-` + 32 digits + `-` + 16 digits + `-` + 2 digits.
fn is_version_00(value: &str) -> bool {
    let fields: Vec<&str> = value.split('-').collect();
    let lengths: Vec<usize> = fields.iter().map(|field| field.len()).collect();
    let digits = "0123456789abcdef";
    fields[0] == "00"
        && lengths == [2, 32, 16, 2]
        && fields.concat().chars().all(|digit| digits.contains(digit))
}
