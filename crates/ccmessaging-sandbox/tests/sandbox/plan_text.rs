//! The written form of fault plans.

use std::time::Duration;

use ccmessaging_sandbox::{
    Call, Fault, FaultPlan, Occurrence, ParsePlanError, ResetPoint, StatusCode, Target,
};
use proptest::prelude::*;

fn mistake(text: &str) -> ParsePlanError {
    match text.parse::<FaultPlan>() {
        Ok(plan) => panic!("{text:?} was read as {plan}"),
        Err(error) => error,
    }
}

#[test]
fn every_element_of_the_grammar_is_read_and_written() {
    let plans = [
        ("", ""),
        ("upload=reset", "upload=reset:before"),
        ("upload:*=reset:headers", "upload=reset:headers"),
        ("* = reset:body ;", "*=reset:body"),
        ("token:3=status:200", "token:3=status:200"),
        ("session:2-4=garbage", "session:2-4=garbage"),
        ("download:5-=html", "download:5-=html"),
        ("upload:20%=truncate", "upload:20%=truncate"),
        ("upload:0.5%=cut", "upload:0.50%=cut"),
        ("upload:100.00%=cut", "upload:100%=cut"),
        ("upload=delay:1500ms", "upload=delay:1500ms"),
        ("upload=delay:2000ms", "upload=delay:2s"),
        ("upload=html,delay:0s", "upload=html,delay:0s"),
        ("upload=huge:2KiB", "upload=huge:2048"),
        ("upload=drip:1ms", "upload=drip:1ms"),
        ("upload=drip:1ms,chunk:1KiB", "upload=drip:1ms,chunk:1024"),
        ("upload=redirect", "upload=redirect"),
        ("upload=redirect:307", "upload=redirect"),
        (
            r#"upload=redirect:301,location:"/a;b,c""#,
            r#"upload=redirect:301,location:"/a;b,c""#,
        ),
        (
            r#"upload=status:500 , body:"a \"b\" \\ ; c" , retry-after:2 , delay:1s"#,
            r#"upload=status:500,retry-after:2,body:"a \"b\" \\ ; c",delay:1s"#,
        ),
        ("upload=html; seed=9", "seed=9;upload=html"),
    ];
    for (text, written) in plans {
        let plan: FaultPlan = text
            .parse()
            .unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(plan.to_string(), written, "{text:?}");
        assert_eq!(written.parse(), Ok(plan), "{text:?}");
    }
}

#[test]
fn a_mistake_is_reported_with_its_column_and_a_remedy() {
    let mistakes = [
        (";", 1, "session"),
        ("uplod=html", 1, "upload"),
        ("upload", 7, "TARGET"),
        ("upload:", 8, "range"),
        ("upload:x=html", 8, "range"),
        ("upload:0=html", 8, "from 1"),
        ("upload:3-2=html", 10, "smaller"),
        ("upload:3-0=html", 10, "from 1"),
        ("upload:101%=html", 8, "100%"),
        ("upload:100.01%=html", 8, "100%"),
        ("upload:1.234%=html", 8, "two decimals"),
        ("upload:1.%=html", 8, "two decimals"),
        ("upload:1.5=html", 11, "two decimals"),
        (
            "upload:99999999999999999999=html",
            8,
            "18446744073709551615",
        ),
        (
            "upload:99999999999999999999%=html",
            8,
            "18446744073709551615",
        ),
        ("upload=", 8, "reset"),
        ("upload=sttus:503", 8, "status:503"),
        ("upload=status", 14, "status:503"),
        ("upload=status:", 15, "whole number"),
        ("upload=status:199", 15, "200 to 599"),
        ("upload=status:600", 15, "200 to 599"),
        ("upload=redirect:200", 17, "300 to 399"),
        ("upload=reset:after", 14, "reset:headers"),
        ("upload=delay:5", 14, "250ms"),
        ("upload=delay:5m", 14, "250ms"),
        ("upload=delay:5 s", 14, "250ms"),
        ("upload=delay:18446744073709551615s", 14, "250ms"),
        ("upload=huge:1GB", 13, "16MiB"),
        ("upload=huge:18446744073709551615MiB", 13, "16MiB"),
        ("upload=drip:1s,chunk:0", 22, "at least 1"),
        ("upload=html,chunk:1", 13, "drip"),
        ("upload=html,", 13, "options are"),
        ("upload=html,retry-after:1", 13, "status"),
        ("upload=status:500,retry-after", 30, "NAME:VALUE"),
        ("upload=status:500,body:x", 24, "double quotes"),
        (r#"upload=status:500,body:"x"#, 24, "close"),
        (r#"upload=status:500,body:"\n""#, 25, r"\\"),
        ("upload=status:500,delay:1s,delay:2s", 28, "only one"),
        ("upload=delay:1s,delay:2s", 17, "only one"),
        ("upload=redirect,location:\"a\nb\"", 26, "URL"),
        ("upload=html upload=html", 13, "separate"),
        ("seed=x", 6, "whole number"),
        ("seed=1;seed=2", 8, "only one"),
        ("é=html", 1, "upload"),
        ("upload=status:500,body:\"éé\" x", 29, "separate"),
    ];
    for (text, column, remedy) in mistakes {
        let error = mistake(text);
        assert_eq!(error.column(), column, "{text:?}: {error}");
        assert!(error.remedy().contains(remedy), "{text:?}: {error}");
        let shown = error.to_string();
        assert!(
            shown.starts_with(&format!("fault plan, column {column}: ")),
            "{shown}"
        );
    }
}

fn targets() -> impl Strategy<Value = Target> {
    prop_oneof![
        Just(Target::Any),
        prop::sample::select(Call::ALL.to_vec()).prop_map(Target::One),
    ]
}

fn occurrences() -> impl Strategy<Value = Occurrence> {
    prop_oneof![
        Just(Occurrence::every()),
        any::<u64>().prop_map(Occurrence::nth),
        any::<u64>().prop_map(Occurrence::next),
        any::<(u64, u64)>().prop_map(|(first, last)| Occurrence::between(first, last)),
        any::<u64>().prop_map(Occurrence::from_nth),
        any::<u16>().prop_map(Occurrence::chance),
    ]
}

fn durations() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (0..100_000u64).prop_map(Duration::from_millis),
        any::<Duration>(),
    ]
}

fn faults() -> impl Strategy<Value = Fault> {
    let points = [
        ResetPoint::BeforeAnswer,
        ResetPoint::AfterHeaders,
        ResetPoint::MidBody,
    ];
    let status = (200..600u16).prop_map(|code| StatusCode::from_u16(code).unwrap());
    let kinds = prop_oneof![
        durations().prop_map(Fault::delay),
        prop::sample::select(points.to_vec()).prop_map(Fault::reset),
        status.clone().prop_map(Fault::status),
        (status, any::<u64>(), any::<String>()).prop_map(|(status, seconds, body)| {
            Fault::status(status).retry_after(seconds).body(body)
        }),
        "[ -~é]*".prop_map(Fault::redirect),
        Just(Fault::garbage()),
        Just(Fault::html()),
        Just(Fault::truncate()),
        Just(Fault::cut()),
        any::<u64>().prop_map(Fault::huge),
        (durations(), any::<u64>()).prop_map(|(pause, chunk)| Fault::drip(pause, chunk)),
    ];
    (kinds, proptest::option::of(durations())).prop_map(|(fault, delay)| match delay {
        Some(delay) => fault.after(delay),
        None => fault,
    })
}

fn plans() -> impl Strategy<Value = FaultPlan> {
    let rules = prop::collection::vec((targets(), occurrences(), faults()), 0..5);
    (any::<u64>(), rules).prop_map(|(seed, rules)| {
        rules.into_iter().fold(
            FaultPlan::none().seeded(seed),
            |plan, (target, occurrence, fault)| plan.with(target, occurrence, fault),
        )
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_as_the_same_plan(plan in plans()) {
        prop_assert_eq!(plan.to_string().parse(), Ok(plan));
    }

    #[test]
    fn no_text_makes_the_reader_panic_and_a_mistake_lies_within_the_text(text in any::<String>()) {
        if let Err(error) = text.parse::<FaultPlan>() {
            prop_assert!(error.column() <= text.chars().count() + 1);
        }
    }

    #[test]
    fn a_plan_with_one_character_changed_never_makes_the_reader_panic(
        plan in plans(),
        at in any::<prop::sample::Index>(),
        replacement in any::<char>(),
    ) {
        let mut text: Vec<char> = plan.to_string().chars().collect();
        if !text.is_empty() {
            let at = at.index(text.len());
            text[at] = replacement;
        }
        let text: String = text.into_iter().collect();
        if let Err(error) = text.parse::<FaultPlan>() {
            prop_assert!(error.column() <= text.chars().count() + 1);
        }
    }
}
