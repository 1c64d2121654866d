//! The JSON of fault plans.

use std::time::Duration;

use ccmessaging_sandbox::{Call, Fault, FaultPlan, FaultRule};
use serde_json::json;

#[test]
fn every_kind_of_rule_is_parsed_and_serialized() {
    let upload = Call::UploadFileStream;
    let second = Duration::from_secs(1);
    let rules = [
        (json!({"fault": "reset"}), Fault::reset().on_any_call()),
        (
            json!({"fault": "html", "when": "every", "delayMs": 0}),
            Fault::html().on_any_call(),
        ),
        (
            json!({"delayMs": 1500, "call": "uploadFileStream"}),
            Fault::delay(Duration::from_millis(1500)).on(upload),
        ),
        (
            json!({"call": "tokenByAkSk", "when": {"nth": 3}, "fault": "resetAfterHeaders"}),
            Fault::reset_after_headers().on(Call::TokenByAkSk).nth(3),
        ),
        (
            json!({"call": "applyToken", "when": {"first": 2}, "fault": "resetMidBody"}),
            Fault::reset_mid_body().on(Call::ApplyToken).first(2),
        ),
        (
            json!({"call": "downloadFileStream", "fault": "garbage"}),
            Fault::garbage().on(Call::DownloadFileStream),
        ),
        (
            json!({"call": "uploadFileStream", "when": {"chance": 0.005}, "fault": "truncate"}),
            Fault::truncate().on(upload).chance(0.005),
        ),
        (
            json!({"call": "uploadFileStream", "when": {"chance": 1}, "fault": "cut", "delayMs": 1000}),
            Fault::cut().after(second).on(upload).chance(1.0),
        ),
        (
            json!({"fault": {"huge": {"bytes": 2048}}}),
            Fault::huge(2048).on_any_call(),
        ),
        (
            json!({"fault": {"drip": {"pauseMs": 1000}}}),
            Fault::drip(second, 1).on_any_call(),
        ),
        (
            json!({"fault": {"drip": {"pauseMs": 1000, "chunkBytes": 16}}}),
            Fault::drip(second, 16).on_any_call(),
        ),
        (
            json!({"fault": {"status": {"code": 200}}}),
            Fault::status(200).on_any_call(),
        ),
        (
            json!({"fault": {"status": {"code": 599, "retryAfter": 2, "body": "a \"b\" \\ ; c"}}}),
            Fault::status(599)
                .retry_after(2)
                .body(r#"a "b" \ ; c"#)
                .on_any_call(),
        ),
        (
            json!({"fault": {"status": {"code": 301, "location": "/a;b,c"}}}),
            Fault::status(301).location("/a;b,c").on_any_call(),
        ),
    ];
    for (json, rule) in rules {
        let parsed: FaultPlan = json!([json]).to_string().parse().unwrap();
        assert_eq!(parsed, FaultPlan::from(rule), "{json}");
        let serialized = serde_json::to_string(&parsed).unwrap();
        assert_eq!(serialized.parse::<FaultPlan>().unwrap(), parsed, "{json}");
    }
    assert_eq!("[]".parse::<FaultPlan>().unwrap(), FaultPlan::default());
}

/// Invalid plans, and a part of the error message.
const INVALID: [(&str, &str); 21] = [
    ("", "line 1 column 0"),
    ("upload=html", "line 1 column 1"),
    (r#"{"fault":"html"}"#, "invalid type: map"),
    ("[] []", "column 4"),
    (
        r#"[{"call":"upload"}]"#,
        "variant `upload`, expected one of `tokenByAkSk`",
    ),
    (r#"[{},{"fault":"sttus"}]"#, "unknown variant `sttus`"),
    (
        r#"[{"times":2}]"#,
        "unknown field `times`, expected one of `call`, `when`",
    ),
    (
        r#"[{"when":{"nth":0}}]"#,
        "integer `0`, expected a nonzero u64",
    ),
    (r#"[{"when":{"last":2}}]"#, "unknown variant `last`"),
    (r#"[{"when":{"nth":-1}}]"#, "invalid value: integer `-1`"),
    (r#"[{"when":{"nth":99999999999999999999}}]"#, "invalid type"),
    (
        r#"[{"when":{"chance":20}}]"#,
        "20 is not a probability; use 0 to 1",
    ),
    (
        r#"[{"when":{"chance":-0.1}}]"#,
        "-0.1 is not a probability; use 0 to 1",
    ),
    (r#"[{"fault":{"status":{}}}]"#, "missing field `code`"),
    (
        r#"[{"fault":{"status":{"code":199}}}]"#,
        "status 199 is out of range; use 200 to 599",
    ),
    (
        r#"[{"fault":{"status":{"code":600}}}]"#,
        "status 600 is out of range; use 200 to 599",
    ),
    (
        r#"[{"fault":{"status":{"code":500,"chunkBytes":1}}}]"#,
        "unknown field `chunkBytes`",
    ),
    (
        r#"[{"fault":{"status":{"code":301,"location":"a\nb"}}}]"#,
        "use a URL or a path",
    ),
    (
        r#"[{"fault":{"drip":{"pauseMs":1,"chunkBytes":0}}}]"#,
        "expected a nonzero usize",
    ),
    (r#"[{"delayMs":"2s"}]"#, r#"string "2s", expected u64"#),
    (
        r#"[{"delayMs":1,"delayMs":2}]"#,
        "duplicate field `delayMs`",
    ),
];

#[test]
fn invalid_plans_are_rejected_with_the_reason() {
    for (text, reason) in INVALID {
        let error = text.parse::<FaultPlan>().expect_err(text).to_string();
        assert!(error.starts_with("invalid fault plan: "), "{error}");
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[test]
fn faults_display_their_delay_and_json() {
    let two_seconds = Duration::from_secs(2);
    for (fault, shown) in [
        (Fault::delay(two_seconds), "delay 2000 ms"),
        (Fault::reset().after(two_seconds), "delay 2000 ms, reset"),
        (Fault::huge(100), r#"{"huge":{"bytes":100}}"#),
    ] {
        assert_eq!(fault.to_string(), shown);
    }
}

#[test]
fn building_an_invalid_fault_panics() {
    let wrong: [fn() -> FaultRule; 7] = [
        || Fault::status(199).on_any_call(),
        || Fault::status(600).on_any_call(),
        || Fault::status(301).location("a\nb").on_any_call(),
        || Fault::drip(Duration::ZERO, 0).on_any_call(),
        || Fault::html().on_any_call().nth(0),
        || Fault::html().on_any_call().chance(1.5),
        || Fault::html().on_any_call().chance(f64::NAN),
    ];
    for (number, build) in wrong.into_iter().enumerate() {
        assert!(std::panic::catch_unwind(build).is_err(), "{number}");
    }
}
