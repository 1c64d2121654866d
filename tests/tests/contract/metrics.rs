//! The metrics for Prometheus.

use std::collections::BTreeSet;

use gateway_tests::{
    Gateway, Platform, Request, Script, ScriptedUpstream, answering, sample, upload_line,
};
use prometheus_parse::{LineInfo, Sample, Scrape, Value as SampleValue};
use wiremock::ResponseTemplate;

use crate::{gateway, storing};

/// All metrics. Dashboards and alerts depend on these names.
const NAMES: [&str; 18] = [
    "upload_file_stream_build_info",
    "upload_file_stream_chat_call_duration_seconds",
    "upload_file_stream_chat_calls_in_flight",
    "upload_file_stream_chat_calls_total",
    "upload_file_stream_chat_rejections_total",
    "upload_file_stream_conversions_total",
    "upload_file_stream_duration_seconds",
    "upload_file_stream_file_bytes_total",
    "upload_file_stream_log_lines_lost_total",
    "upload_file_stream_metadata_removed_total",
    "upload_file_stream_overloaded_total",
    "upload_file_stream_rejections_total",
    "upload_file_stream_scans_total",
    "upload_file_stream_token_fetches_total",
    "upload_file_stream_uploads_in_flight",
    "upload_file_stream_uploads_total",
    "upload_file_stream_upstream_attempts_total",
    "upload_file_stream_upstream_results_total",
];

/// An address of the metrics that any free port serves.
const OBSERVED: [(&str, &str); 1] = [("METRICS_ADDRESS", "127.0.0.1:0")];

/// The metrics as Prometheus reads them, and as they were written.
async fn scrape(gateway: &Gateway) -> (Scrape, String) {
    let answer = gateway.metrics().await;
    assert_eq!(answer.status, 200);
    let content_type = Some("text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(answer.header("content-type"), content_type);
    let lines = answer.text.lines().map(|line| Ok(line.to_owned()));
    let scrape = Scrape::parse(lines).expect("the text format of Prometheus");
    (scrape, answer.text)
}

/// The value of the counter, gauge, or histogram's count with exactly these labels, if there is one.
fn value(scrape: &Scrape, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let name = format!("upload_file_stream_{name}");
    let is_wanted = |sample: &&Sample| {
        let has = |(label, value): &(&str, &str)| sample.labels.get(label) == Some(value);
        sample.metric == name && sample.labels.len() == labels.len() && labels.iter().all(has)
    };
    match scrape.samples.iter().find(is_wanted)?.value {
        SampleValue::Counter(value) | SampleValue::Gauge(value) | SampleValue::Untyped(value) => {
            Some(value)
        }
        ref other => panic!("{name} is {other:?}"),
    }
}

#[tokio::test]
async fn uploads_are_counted_by_outcome_format_and_type() {
    let service = storing(Platform::Http, &OBSERVED).await;
    let gateway = &service.gateway;
    let png = sample("rgb.png");
    gateway.send(&Request::png()).await;
    gateway.send(&Request::png()).await;
    gateway.send(&Request::raw("image/png", &png)).await;
    gateway.send(&Request::upload("JPEG", &png)).await;
    gateway
        .send(&Request::png().without("ccmessaging-token"))
        .await;

    let (metrics, _) = scrape(gateway).await;
    for (outcome, format, file_type, count) in [
        ("stored", "json", "png", 2.0),
        ("stored", "raw", "png", 1.0),
        ("refused", "json", "jpg", 1.0),
        ("refused", "json", "none", 1.0),
    ] {
        let labels = [
            ("outcome", outcome),
            ("format", format),
            ("file_type", file_type),
        ];
        let found = value(&metrics, "uploads_total", &labels);
        assert_eq!(found, Some(count), "{labels:?}");
    }
    assert_eq!(value(&metrics, "uploads_in_flight", &[]), Some(0.0));
    assert_eq!(value(&metrics, "upstream_attempts_total", &[]), Some(3.0));
    let bytes = u32::try_from(3 * png.len()).expect("a small file");
    assert_eq!(value(&metrics, "file_bytes_total", &[]), Some(bytes.into()));
    for (phase, count) in [("receive", 5.0), ("validate", 4.0), ("upstream", 3.0)] {
        let found = value(&metrics, "duration_seconds_count", &[("phase", phase)]);
        assert_eq!(found, Some(count), "{phase}");
    }
}

#[tokio::test]
async fn files_without_their_metadata_are_counted_by_its_kind() {
    let others = [("STRIP_METADATA", "location"), ("CHAT_CALLS", "send")];
    let settings = [&OBSERVED[..], &others].concat();
    let service = storing(Platform::Http, &settings).await;
    let photo = Request::upload("jpg", &sample("geotagged.jpg"));
    let picture = Request::upload("png", &sample("geotagged.png"));
    for request in [photo, picture, Request::png()] {
        service.store(&request).await;
    }
    let (metrics, _) = scrape(&service.gateway).await;
    for (kind, count) in [
        ("exif", Some(2.0)),
        ("iptc", Some(1.0)),
        ("text", Some(0.0)),
    ] {
        let found = value(&metrics, "metadata_removed_total", &[("kind", kind)]);
        assert_eq!(found, count, "{kind}");
    }
}

/// Asserts that each metric has its HELP and its TYPE, with its samples right after, none of them
/// twice, and that counters are named as such. Returns the metrics' names.
fn assert_grouped(text: &str) -> BTreeSet<String> {
    assert!(
        text.starts_with("# HELP ") && text.ends_with('\n'),
        "{text}"
    );
    // No text and no value needs an escape.
    assert!(!text.contains('\\'), "{text}");
    let (mut names, mut series) = (BTreeSet::new(), BTreeSet::new());
    for metric in text.split("# HELP ").skip(1) {
        let mut lines = metric.lines();
        let help = lines.next().and_then(|line| line.split_once(' '));
        let (name, _) = help.expect("a name and a text");
        let kind = lines.next().and_then(|line| line.strip_prefix("# TYPE "));
        let kind = kind.and_then(|line| line.strip_prefix(name)).expect(name);
        let suffixes: &[&str] = match kind {
            " counter" | " gauge" => &[""],
            " histogram" => &["_bucket", "_sum", "_count"],
            other => panic!("{name} is of the type{other}"),
        };
        assert_eq!(name.ends_with("_total"), kind == " counter", "{name}");
        for line in lines {
            let sample = LineInfo::parse(line);
            let LineInfo::Sample {
                metric_name,
                labels,
                value,
                timestamp: None,
            } = sample
            else {
                panic!("a sample of {name} is expected: {line}");
            };
            let suffix = metric_name.strip_prefix(name).expect(name);
            assert!(suffixes.contains(&suffix), "{line}");
            let is_number = value.parse().is_ok_and(|value: f64| value >= 0.0);
            assert!(is_number && series.insert((metric_name, labels)), "{line}");
        }
        assert!(names.insert(name.to_owned()), "{name} comes twice");
    }
    names
}

/// Asserts that every histogram is whole: growing bounds up to `+Inf`, counts that do not shrink, and
/// a sum and a count, which is the last bucket's.
fn assert_whole_histograms(scrape: &Scrape) {
    let mut histograms = 0;
    for sample in &scrape.samples {
        let SampleValue::Histogram(buckets) = &sample.value else {
            continue;
        };
        histograms += 1;
        for pair in buckets.windows(2) {
            assert!(pair[0].less_than < pair[1].less_than, "{sample:?}");
            assert!(pair[0].count <= pair[1].count, "{sample:?}");
        }
        let last = buckets.last().expect("a bucket");
        assert_eq!(last.less_than.to_string(), "inf", "{sample:?}");
        let of_all = |suffix: &str| {
            let name = format!("{}{suffix}", sample.metric);
            let mut samples = scrape.samples.iter();
            samples.find(|found| found.metric == name && found.labels == sample.labels)
        };
        let count = of_all("_count").expect("a count");
        assert_eq!(count.value, SampleValue::Untyped(last.count));
        assert!(of_all("_sum").is_some(), "{sample:?}");
    }
    assert!(histograms > 0);
}

#[tokio::test]
async fn all_metrics_are_exported_and_well_formed() {
    let service = storing(Platform::Http, &OBSERVED).await;
    service.store(&Request::png()).await;
    let (metrics, text) = scrape(&service.gateway).await;
    assert_whole_histograms(&metrics);
    assert_eq!(assert_grouped(&text), NAMES.map(str::to_owned).into());
}

/// The names and labels of all series.
fn series(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let names = lines.filter_map(|line| line.rsplit_once(' '));
    names.map(|(name, _)| name.to_owned()).collect()
}

#[tokio::test]
async fn every_series_exists_from_the_start_and_no_text_of_a_caller_becomes_a_label() {
    let settings = [&OBSERVED[..], &[("STRIP_METADATA", "location")]].concat();
    let service = storing(Platform::Http, &settings).await;
    let at_start = series(&scrape(&service.gateway).await.1);
    let photo = Request::upload("jpg", &sample("geotagged.jpg"));
    service.store(&photo).await;
    let movie = Request::upload("mp4", &sample("refused/mov.mp4"));
    service.store(&movie).await;
    let unknown = Request::png().path("/a-path-of-its-own");
    service.refuse(&unknown).await;
    for number in 0..50 {
        let file_type = format!("type{number}");
        let raw = Request::raw(&format!("x/{file_type}"), b"a");
        service.refuse(&Request::upload(&file_type, b"a")).await;
        service.refuse(&raw).await;
    }
    let (metrics, text) = scrape(&service.gateway).await;
    assert_eq!(series(&text), at_start);
    let unknown_paths = [("reason_code", "unknown_path")];
    let unknown_paths = value(&metrics, "rejections_total", &unknown_paths);
    assert_eq!(unknown_paths, Some(1.0));
}

#[tokio::test]
async fn responses_are_counted_by_status_and_return_code() {
    let json = |code: &str| format!(r#"{{"returnCode":"{code}"}}"#);
    let fabric = r#"{"errorCode":"0","exceptionInfo":"auth fail!"}"#;
    let refused = "refused_by_upstream";
    let failed = "failed_by_upstream";
    for (status, body, labels, outcome) in [
        (200, json("2"), ["2xx", "2"], refused),
        (200, json("3"), ["2xx", "3"], refused),
        (400, json("3"), ["400", "3"], refused),
        (413, json("99"), ["413", "other"], refused),
        (200, json("13"), ["2xx", "13"], failed),
        (200, json("99"), ["2xx", "other"], failed),
        (400, json("13"), ["400", "13"], failed),
        (401, json("401"), ["401", "other"], failed),
        (403, fabric.to_owned(), ["403", "none"], failed),
        (404, json("404"), ["404", "other"], failed),
        (418, json("3"), ["other", "3"], failed),
        (429, json("13"), ["429", "13"], failed),
        (500, json("3"), ["5xx", "3"], failed),
        (503, "<html>".to_owned(), ["5xx", "none"], "failed"),
        (302, String::new(), ["other", "none"], "failed"),
    ] {
        let busy = ResponseTemplate::new(status).insert_header("retry-after", "60");
        let upstream = answering(busy.set_body_string(&body)).await;
        let gateway = gateway(Platform::Http, &upstream.uri(), &OBSERVED).await;
        gateway.send(&Request::png()).await;
        let (metrics, _) = scrape(&gateway).await;
        let [class, code] = labels;
        let labels = [("status", class), ("return_code", code)];
        let found = value(&metrics, "upstream_results_total", &labels);
        assert_eq!(found, Some(1.0), "{status} {body}");
        let labels = [
            ("outcome", outcome),
            ("format", "json"),
            ("file_type", "png"),
        ];
        let found = value(&metrics, "uploads_total", &labels);
        assert_eq!(found, Some(1.0), "{status} {body}");
        let level = upload_line(&gateway.stop().await)["level"].clone();
        let expected = if outcome == refused { "INFO" } else { "WARN" };
        assert_eq!(level, expected, "{status} {body}");
    }
}

#[tokio::test]
async fn an_upload_in_flight_and_one_that_finds_the_gateway_full_are_seen() {
    let upstream = ScriptedUpstream::start(Script::holding()).await;
    let settings = [&OBSERVED[..], &[("MAX_UPLOADS_IN_FLIGHT", "1")]].concat();
    let gateway = gateway(Platform::Http, &upstream.uri(), &settings).await;
    let first = Request::png();
    let observe = async {
        upstream.until_complete(1).await;
        let answer = gateway.send(&Request::png()).await;
        answer.assert_refused(503, "13", &["overloaded"]);
        let (metrics, _) = scrape(&gateway).await;
        upstream.release();
        metrics
    };
    let (answer, metrics) = tokio::join!(gateway.send(&first), observe);
    answer.assert_stored();
    assert_eq!(value(&metrics, "uploads_in_flight", &[]), Some(1.0));
    let overloaded = value(&metrics, "overloaded_total", &[]);
    assert_eq!(overloaded, Some(1.0));
    let by_reason = [("reason_code", "overloaded")];
    assert_eq!(value(&metrics, "rejections_total", &by_reason), Some(1.0));

    let (metrics, _) = scrape(&gateway).await;
    assert_eq!(value(&metrics, "uploads_in_flight", &[]), Some(0.0));
}

#[tokio::test]
async fn callers_cannot_read_the_metrics() {
    for platform in Platform::ALL {
        for settings in [&OBSERVED[..], &[]] {
            let service = storing(platform, settings).await;
            let request = Request::new("").method("GET").path("/metrics");
            let answer = service.refuse(&request).await;
            answer.assert_refused(404, "3", &[]);
            let log = service.gateway.stop().await;
            let is_served = platform == Platform::Http && !settings.is_empty();
            assert_eq!(log.contains("serving metrics"), is_served, "{log}");
        }
    }
}
