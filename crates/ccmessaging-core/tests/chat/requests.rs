//! `poll` and `queryHistoryChatMessage`, and what all requests have in common.

use ccmessaging_core::ErrorClass;
use ccmessaging_core::chat::{
    ChatField, DownloadRequest, HistoryRequest, PollRequest, SendRequest,
};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn a_poll_is_read_from_its_query() {
    let request = PollRequest::from_query("channel=WEB&receiverId=42").expect("documented");
    assert_eq!(request.user_id(), "42");
    assert_eq!(request.is_need_read(), None);
    assert_eq!(request.to_query(), "receiverId=42&channel=WEB");
    for value in [true, false] {
        let query = format!("receiverId=42&channel=WEB&isNeedRead={value}");
        let request = PollRequest::from_query(&query).expect("documented");
        assert_eq!(request.is_need_read(), Some(value));
        assert_eq!(request.to_query(), query);
    }
    let request = PollRequest::from_query("&receiverId=a%2Bb+c&&channel=WEB&").expect("valid");
    assert_eq!(request.user_id(), "a+b c");
}

#[test]
fn a_wrong_query_is_rejected_by_name() {
    for (query, reason, field) in [
        ("", "missing_field", Some("receiverId")),
        ("receiverId=42", "missing_field", Some("channel")),
        (
            "receiverId=&channel=WEB",
            "missing_field",
            Some("receiverId"),
        ),
        ("receiverId=42&channel=", "missing_field", Some("channel")),
        (
            "receiverId=42&channel=APP",
            "unsupported_channel",
            Some("channel"),
        ),
        (
            "receiverId=42&channel=WEB&isNeedRead=1",
            "invalid_value",
            Some("isNeedRead"),
        ),
        (
            "receiverId=42&channel=WEB&token=x",
            "unknown_field",
            Some("token"),
        ),
        (
            "receiverId=42&receiverId=43&channel=WEB",
            "duplicate_field",
            Some("receiverId"),
        ),
        (
            "receiverId=4%0A2&channel=WEB",
            "invalid_value",
            Some("receiverId"),
        ),
        ("receiverId=4%2&channel=WEB", "malformed_query", None),
        ("receiverId=%FF&channel=WEB", "malformed_query", None),
        ("receiverId=%+1&channel=WEB", "malformed_query", None),
    ] {
        let error = PollRequest::from_query(query).expect_err(query);
        assert_eq!(error.reason_code(), reason, "{query}: {error}");
        assert_eq!(error.details().field.as_deref(), field, "{query}");
    }
    let long = format!("receiverId={}&channel=WEB", "x".repeat(33));
    let error = PollRequest::from_query(&long).expect_err("too long");
    assert_eq!(error.reason_code(), "field_too_long");
}

fn history(changes: &[(&str, Value)]) -> Vec<u8> {
    let mut body = json!({
        "channelId": "channel",
        "userId": "42",
        "limit": 10,
        "offset": 0,
        "channel": "WEB",
    });
    for (name, value) in changes {
        body[*name] = value.clone();
    }
    body.to_string().into_bytes()
}

#[test]
fn a_history_keeps_the_forms_that_the_caller_chose() {
    for changes in [
        vec![],
        vec![("limit", json!("10")), ("offset", json!("0"))],
        vec![("startTime", json!(1)), ("endTime", json!(2))],
        vec![("startTime", json!("2026-11-30 10:00:00"))],
    ] {
        let body = history(&changes);
        let request = HistoryRequest::from_json(&body).expect("documented");
        assert_eq!(request.user_id(), "42");
        assert_eq!(request.channel_id(), "channel");
        let sent: Value = serde_json::from_slice(&request.to_json()).expect("JSON");
        let received: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(sent, received);
    }
    let request = HistoryRequest::new("channel", "42", 10, 0).expect("valid");
    assert_eq!(
        HistoryRequest::from_json(&history(&[])),
        Ok(request.clone())
    );
    let limited = request.with_times(1, 2);
    assert_eq!(HistoryRequest::from_json(&limited.to_json()), Ok(limited));
}

#[test]
fn a_wrong_history_is_rejected_by_name() {
    for (name, value, reason) in [
        ("userId", json!("x".repeat(25)), "field_too_long"),
        ("userId", json!(null), "missing_field"),
        ("channelId", json!(7), "wrong_field_type"),
        ("limit", json!(null), "missing_field"),
        ("limit", json!(""), "missing_field"),
        ("limit", json!(0), "invalid_value"),
        ("limit", json!(-1), "invalid_value"),
        ("limit", json!(1.5), "invalid_value"),
        ("limit", json!("+1"), "invalid_value"),
        ("limit", json!(true), "wrong_field_type"),
        ("offset", json!(4_294_967_296_u64), "invalid_value"),
        ("channel", json!("APP"), "unsupported_channel"),
        ("startTime", json!(true), "wrong_field_type"),
        ("endTime", json!(-1), "invalid_value"),
        ("endTime", json!("x".repeat(41)), "field_too_long"),
        ("from", json!("43"), "unknown_field"),
    ] {
        let error = HistoryRequest::from_json(&history(&[(name, value)])).expect_err(name);
        assert_eq!(error.reason_code(), reason, "{name}: {error}");
        assert_eq!(error.details().field.as_deref(), Some(name));
        if error.class() == ErrorClass::InvalidField && reason != "unknown_field" {
            assert_eq!(error.field().map(ChatField::name), Some(name));
        }
    }
    assert!(HistoryRequest::new("channel", "42", 0, 0).is_err());
}

#[test]
fn debug_output_contains_no_id() {
    let poll = PollRequest::new("a-customer").expect("valid");
    let history = HistoryRequest::new("channel", "a-customer", 1, 0).expect("valid");
    assert!(!format!("{poll:?} {history:?}").contains("a-customer"));
}

proptest! {
    #[test]
    fn any_id_survives_the_query(id in "\\PC{1,32}", is_need_read in any::<Option<bool>>()) {
        let mut request = PollRequest::new(id).expect("valid");
        if let Some(value) = is_need_read {
            request = request.with_read_receipts(value);
        }
        let query = request.to_query();
        prop_assert!(query.is_ascii());
        prop_assert_eq!(PollRequest::from_query(&query), Ok(request));
    }

    #[test]
    fn no_query_panics(query in any::<String>()) {
        if let Ok(request) = PollRequest::from_query(&query) {
            prop_assert_eq!(PollRequest::from_query(&request.to_query()), Ok(request));
        }
    }

    #[test]
    fn no_history_panics(body in any::<Vec<u8>>()) {
        if let Ok(request) = HistoryRequest::from_json(&body) {
            prop_assert_eq!(HistoryRequest::from_json(&request.to_json()), Ok(request));
        }
    }
}

/// A member of a request: any name, and a value of any type that is right for some member.
fn member() -> impl Strategy<Value = (&'static str, Value)> {
    let names = vec![
        "channel",
        "controlType",
        "from",
        "to",
        "mediaType",
        "sourceType",
        "content",
        "timestamp",
        "fileId",
        "fileType",
        "multiMedia",
        "channelId",
        "userId",
        "limit",
        "offset",
        "startTime",
        "other",
    ];
    let values = vec![
        json!("WEB"),
        json!("CHAT"),
        json!("CONNECT"),
        json!("TEXT"),
        json!("IMAGE"),
        json!("CUSTOMER"),
        json!("42"),
        json!("local/k"),
        json!("pdf"),
        json!("multiMedia"),
        json!(10),
        json!(0),
        json!(""),
        json!(null),
        json!(true),
        json!([]),
        json!({"from": "42"}),
        json!(1e300),
        json!("\n"),
        json!("x".repeat(2000)),
    ];
    (
        proptest::sample::select(names),
        proptest::sample::select(values),
    )
}

/// Valid members of one call, in which a few are replaced or repeated.
fn members() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let web = || ("channel", json!("WEB"));
    let valid = vec![
        vec![
            web(),
            ("controlType", json!("CHAT")),
            ("from", json!("42")),
            ("to", json!("c")),
            ("mediaType", json!("TEXT")),
            ("sourceType", json!("CUSTOMER")),
            ("content", json!("hello")),
        ],
        vec![
            web(),
            ("channelId", json!("c")),
            ("userId", json!("42")),
            ("limit", json!(1)),
            ("offset", json!(0)),
        ],
        vec![
            web(),
            ("fileId", json!("local/k")),
            ("fileType", json!("pdf")),
        ],
    ];
    let others = proptest::collection::vec(member(), 0..3);
    let is_replaced = any::<bool>();
    (proptest::sample::select(valid), others, is_replaced).prop_map(
        |(mut members, others, is_replaced)| {
            for (name, value) in others {
                match members.iter_mut().find(|(known, _)| *known == name) {
                    Some(member) if is_replaced => member.1 = value,
                    _ => members.push((name, value)),
                }
            }
            members
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_accepted_is_sent_unchanged_and_has_no_other_members(members in members()) {
        let json: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let body = format!("{{{}}}", json.join(",")).into_bytes();
        let results = [
            SendRequest::from_json(&body).map(|request| request.to_json()),
            HistoryRequest::from_json(&body).map(|request| request.to_json()),
            DownloadRequest::from_json(&body).map(|request| request.to_json()),
        ];
        for result in results {
            match result {
                Ok(sent) => {
                    let sent: Value = serde_json::from_slice(&sent).expect("JSON");
                    let sent = sent.as_object().expect("an object");
                    let received: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
                    prop_assert_eq!(sent.len(), received.len());
                    for (name, value) in received {
                        prop_assert_eq!(sent.get(*name), Some(value));
                    }
                }
                Err(error) => {
                    let name = error.details().field.expect("a field");
                    prop_assert!(error.to_string().contains(&*name), "{}", error);
                    prop_assert!(!error.reason_code().is_empty());
                }
            }
        }
    }
}
