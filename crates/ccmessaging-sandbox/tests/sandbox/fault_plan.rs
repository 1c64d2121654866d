//! The JSON of fault plans.

use std::time::Duration;

use ccmessaging_sandbox::{Call, Fault, FaultPlan, FaultRule};
use proptest::prelude::*;
use serde_json::json;

#[test]
fn every_fault_every_call_and_every_choice_of_calls_is_read() {
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
            json!({"call": "downloadFileStream", "when": {"from": 5}, "fault": "garbage"}),
            Fault::garbage().on(Call::DownloadFileStream).from_nth(5),
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
        let read = json!([json]).to_string().parse();
        assert_eq!(read, Ok(FaultPlan::from(rule)), "{json}");
    }
    assert_eq!("[]".parse(), Ok(FaultPlan::default()));
}

/// A text, a part of what is said about it, and a part of what is allowed.
const MISTAKES: [(&str, &str, &str); 21] = [
    ("", "line 1 column 0", r#"write rules such as [{"call""#),
    ("upload=html", "line 1 column 1", "write rules such as"),
    (
        r#"{"fault":"html"}"#,
        "invalid type: map",
        "write rules such as",
    ),
    ("[] []", "column 4", "write rules such as"),
    (
        r#"[{"call":"upload"}]"#,
        "[0].call: unknown variant `upload`",
        "`uploadFileStream`",
    ),
    (
        r#"[{},{"fault":"sttus"}]"#,
        "[1].fault: unknown variant `sttus`",
        "`status`",
    ),
    (
        r#"[{"times":2}]"#,
        "[0].times: unknown field `times`",
        "`when`",
    ),
    (
        r#"[{"when":{"nth":0}}]"#,
        "[0].when.nth: invalid value: integer `0`",
        "nonzero",
    ),
    (
        r#"[{"when":{"last":2}}]"#,
        "[0].when: unknown variant `last`",
        "`first`",
    ),
    (
        r#"[{"when":{"nth":-1}}]"#,
        "[0].when.nth: invalid value: integer `-1`",
        "u64",
    ),
    (
        r#"[{"when":{"nth":99999999999999999999}}]"#,
        "[0].when.nth: invalid type",
        "u64",
    ),
    (
        r#"[{"when":{"chance":20}}]"#,
        "[0].when.chance: 20 is no probability",
        "0 to 1",
    ),
    (
        r#"[{"when":{"chance":-0.1}}]"#,
        "[0].when.chance: -0.1 is no probability",
        "0 to 1",
    ),
    (
        r#"[{"fault":{"status":{}}}]"#,
        "[0].fault.status: missing field `code`",
        "code",
    ),
    (
        r#"[{"fault":{"status":{"code":199}}}]"#,
        "[0].fault.status.code: status 199",
        "200 to 599",
    ),
    (
        r#"[{"fault":{"status":{"code":600}}}]"#,
        "[0].fault.status.code: status 600",
        "200 to 599",
    ),
    (
        r#"[{"fault":{"status":{"code":500,"chunkBytes":1}}}]"#,
        "unknown field `chunkBytes`",
        "`retryAfter`",
    ),
    (
        r#"[{"fault":{"status":{"code":301,"location":"a\nb"}}}]"#,
        "[0].fault.status.location",
        "a URL or a path",
    ),
    (
        r#"[{"fault":{"drip":{"pauseMs":1,"chunkBytes":0}}}]"#,
        "[0].fault.drip.chunkBytes: invalid value",
        "nonzero",
    ),
    (
        r#"[{"delayMs":"2s"}]"#,
        r#"[0].delayMs: invalid type: string "2s""#,
        "u64",
    ),
    (
        r#"[{"delayMs":1,"delayMs":2}]"#,
        "duplicate field `delayMs`",
        "delayMs",
    ),
];

#[test]
fn a_mistake_is_told_with_its_place_and_what_is_allowed() {
    for (text, place, remedy) in MISTAKES {
        let shown = text.parse::<FaultPlan>().expect_err(text).to_string();
        assert!(shown.starts_with("fault plan: "), "{shown}");
        assert!(shown.contains(place), "{text}: {shown}");
        assert!(shown.contains(remedy), "{text}: {shown}");
    }
}

#[test]
fn control_characters_of_a_mistake_do_not_reach_a_terminal() {
    let text = r#"[{"fault":"\u001b[31mred"}]"#;
    let shown = text.parse::<FaultPlan>().expect_err(text).to_string();
    assert!(shown.contains("[31mred"), "{shown}");
    assert!(!shown.contains(char::is_control), "{shown:?}");
}

#[test]
fn a_fault_displays_its_delay_and_its_json() {
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
fn a_fault_that_cannot_be_panics_where_it_is_built() {
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

fn durations() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (0..100_000u64).prop_map(Duration::from_millis),
        any::<Duration>(),
    ]
}

fn faults() -> impl Strategy<Value = Fault> {
    let kinds = prop_oneof![
        durations().prop_map(Fault::delay),
        Just(Fault::reset()),
        Just(Fault::reset_after_headers()),
        Just(Fault::reset_mid_body()),
        Just(Fault::truncate()),
        Just(Fault::cut()),
        Just(Fault::html()),
        Just(Fault::garbage()),
        any::<u64>().prop_map(Fault::huge),
        (durations(), 1..usize::MAX).prop_map(|(pause, chunk)| Fault::drip(pause, chunk)),
        (200..600u16).prop_map(Fault::status),
        (200..600u16, any::<u64>(), "[ -~é]*", any::<String>()).prop_map(
            |(code, seconds, url, body)| {
                let fault = Fault::status(code).retry_after(seconds);
                fault.location(url).body(body)
            }
        ),
    ];
    (kinds, proptest::option::of(durations())).prop_map(|(fault, delay)| match delay {
        Some(delay) => fault.after(delay),
        None => fault,
    })
}

fn rules() -> impl Strategy<Value = FaultRule> {
    let call = proptest::option::of(prop::sample::select(Call::ALL.to_vec()));
    let number = 1..u64::MAX;
    (faults(), call, 0..5, number, 0..=10_000u16).prop_map(|(fault, call, when, number, chance)| {
        let rule = match call {
            Some(call) => fault.on(call),
            None => fault.on_any_call(),
        };
        match when {
            0 => rule,
            1 => rule.nth(number),
            2 => rule.first(number),
            3 => rule.from_nth(number),
            _ => rule.chance(f64::from(chance) / 10_000.0),
        }
    })
}

fn plans() -> impl Strategy<Value = FaultPlan> {
    prop::collection::vec(rules(), 0..5).prop_map(FaultPlan::from_iter)
}

proptest! {
    #[test]
    fn what_is_written_reads_as_the_same_plan(plan in plans()) {
        prop_assert_eq!(serde_json::to_string(&plan).unwrap().parse(), Ok(plan));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        let _ = text.parse::<FaultPlan>();
    }

    #[test]
    fn a_plan_with_one_character_changed_never_makes_the_reader_panic(
        plan in plans(),
        at in any::<prop::sample::Index>(),
        replacement in any::<char>(),
    ) {
        let mut text: Vec<char> = serde_json::to_string(&plan).unwrap().chars().collect();
        let at = at.index(text.len());
        text[at] = replacement;
        let _ = text.into_iter().collect::<String>().parse::<FaultPlan>();
    }
}
