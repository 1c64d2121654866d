//! Files are scanned before anything is sent.

use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use gateway_tests::{
    Form, PATIENT, Platform, Request, Script, ScriptedUpstream, Step, Storing, assert_untouched,
    sample, upload_line,
};
use serde_json::json;

use super::{CLEAN, FOUND, FOUND_WORDS, NAME, NOT_SCANNED_WORDS, scanner};
use crate::PROGRAM;

/// A gateway with this scanner, in front of an upstream that stores every file.
async fn storing(platform: Platform, clamd: &str, settings: &[(&str, &str)]) -> Storing {
    let own = [("SCAN_CLAMD", clamd)];
    let settings = [&PATIENT, &own[..], settings].concat();
    Storing::start(PROGRAM, platform, &settings).await
}

/// A text that is longer than the pieces in which the scanner gets it, by so many bytes.
fn text(more: usize) -> Vec<u8> {
    let mut text = b"A line of a long text, some of it.\n".repeat(4_000);
    text.truncate(96 * 1024 + more);
    text
}

#[tokio::test]
async fn scanner_receives_the_forwarded_file() {
    for platform in Platform::ALL {
        let scanner = scanner(CLEAN).await;
        let service = storing(platform, &scanner.clamd(), &[]).await;
        let png = sample("rgb.png");
        let (even, odd) = (text(0), text(1));
        let requests = [
            (Request::upload("txt", &even), &even),
            (Request::upload("txt", &odd), &odd),
            (Request::raw("text/plain", &odd), &odd),
            (Form::new().file("a.png", "image/png", &png).request(), &png),
        ];
        for (request, _) in &requests {
            service.store(request).await;
        }
        let files: Vec<_> = requests.iter().map(|(_, file)| (*file).clone()).collect();
        assert!(scanner.scanned() == files, "other files were scanned");
    }
}

#[tokio::test]
async fn both_the_received_and_the_stripped_file_are_scanned() {
    let scanner = scanner(CLEAN).await;
    let settings = [("STRIP_METADATA", "all")];
    let service = storing(Platform::Http, &scanner.clamd(), &settings).await;
    let (photo, plain) = (sample("geotagged.jpg"), sample("bgra.bmp"));
    let sent_on = service.store(&Request::upload("jpg", &photo)).await;
    let sent_on = BASE64_STANDARD.decode(sent_on["fileStream"].as_str().expect("Base64"));
    let sent_on = sent_on.expect("Base64");
    assert!(sent_on != photo);
    // From this one nothing is taken out.
    service.store(&Request::upload("bmp", &plain)).await;
    assert!(scanner.scanned() == [photo, sent_on, plain]);
}

#[tokio::test]
async fn a_movie_is_scanned_as_it_was_received_and_as_it_is_sent() {
    for settings in [&[][..], &[("STRIP_METADATA", "all")]] {
        let scanner = scanner(CLEAN).await;
        let service = storing(Platform::Http, &scanner.clamd(), settings).await;
        let movie = sample("refused/mov.mp4");
        let sent = service.store(&Request::upload("mp4", &movie)).await;
        let sent = BASE64_STANDARD.decode(sent["fileStream"].as_str().expect("Base64"));
        let sent = sent.expect("Base64");
        assert!(sent != movie);
        assert!(scanner.scanned() == [movie, sent]);
    }
}

#[tokio::test]
async fn malware_found_after_metadata_removal_is_rejected() {
    let answers = vec![Script::scanning(CLEAN)];
    let scanner = ScriptedUpstream::start_changing(answers, Script::scanning(FOUND)).await;
    let settings = [("STRIP_METADATA", "all")];
    let service = storing(Platform::Http, &scanner.clamd(), &settings).await;
    let request = Request::upload("jpg", &sample("geotagged.jpg"));
    let answer = service.refuse(&request).await;
    answer.assert_refused(200, "3", &FOUND_WORDS);
    assert_untouched(&service.upstream).await;
}

/// Settings that accept a text of 32 MiB.
const LARGE_FILES: [(&str, &str); 2] = [
    ("MAX_BODY_BYTES", "41943040"),
    ("MAX_TEXT_BYTES", "33554432"),
];

#[tokio::test]
async fn a_clean_verdict_before_the_whole_file_was_sent_does_not_count() {
    let early = |answer: &str| {
        let answer = Step::Write(answer.as_bytes().to_vec());
        Script::new([Step::ReadBytes(64), answer, Step::HalfClose])
    };
    // More than the sockets' buffers hold, so that the scanner's response precedes the end of the file.
    let file = b"A line of a long text, some of it.\n".repeat(720_000);
    let limit = "INSTREAM size limit exceeded. ERROR\0";
    for (answer, scan_error) in [
        (CLEAN, "before it had received the whole file"),
        (limit, "INSTREAM size limit exceeded"),
    ] {
        let scanner = ScriptedUpstream::start(early(answer)).await;
        let service = storing(Platform::Http, &scanner.clamd(), &LARGE_FILES).await;
        let request = Request::raw("text/plain", &file);
        let answer = service.refuse(&request).await;
        answer.assert_refused(500, "13", &NOT_SCANNED_WORDS);
        let line = upload_line(&service.gateway.stop().await);
        let reason = line["scan_error"].as_str().expect("a reason");
        assert!(reason.contains(scan_error), "{reason}");
    }
}

#[tokio::test]
async fn a_file_of_24_mib_is_scanned_whole() {
    let scanner = scanner(CLEAN).await;
    let service = storing(Platform::Http, &scanner.clamd(), &LARGE_FILES).await;
    let mut file = b"A line of a long text, some of it.\n".repeat(720_000);
    file.truncate(24 * 1024 * 1024);
    service.store(&Request::raw("text/plain", &file)).await;
    assert!(scanner.scanned() == [file], "another file was scanned");
}

#[tokio::test]
async fn malware_names_are_only_logged() {
    for platform in Platform::ALL {
        for settings in [&[][..], &[("SCAN_FAILURE", "allow")]] {
            let scanner = scanner(FOUND).await;
            let service = storing(platform, &scanner.clamd(), settings).await;
            let answer = service.refuse(&Request::png()).await;
            answer.assert_refused(200, "3", &FOUND_WORDS);
            assert_eq!(answer.json()["reasonCode"], "malware_found");
            assert!(!answer.text.contains(NAME), "{}", answer.text);
            assert!(!format!("{:?}", answer.headers).contains(NAME));
            let line = upload_line(&service.gateway.stop().await);
            assert_eq!(line["scan"], "malware");
            assert_eq!(line["malware"], NAME);
            assert_eq!(line["reason_code"], "malware_found");
            assert_eq!(line["outcome"], "refused");
        }
    }
}

#[tokio::test]
async fn malware_names_are_escaped_in_the_log() {
    let scanner = scanner("stream: \x1B[31m\nupload FOUND\0").await;
    for format in ["json", "text"] {
        let settings = [("LOG_FORMAT", format)];
        let service = storing(Platform::Lambda, &scanner.clamd(), &settings).await;
        service.refuse(&Request::png()).await;
        let log = service.gateway.stop().await;
        assert!(!log.contains('\x1B'), "{format}");
        assert!(log.contains(r"\x1b[31m\\nupload"), "{log}");
    }
}

#[tokio::test]
async fn rejected_file_is_not_scanned() {
    let scanner = scanner(CLEAN).await;
    let service = storing(Platform::Http, &scanner.clamd(), &[]).await;
    let gif = Request::upload("png", b"GIF89a\x01\0\x01\0\0\0\0;");
    service
        .refuse(&gif)
        .await
        .assert_refused(200, "3", &["GIF"]);
    assert_eq!(scanner.connections(), 0);
}

#[tokio::test]
async fn failed_scan_is_logged_with_its_reason_and_outcome() {
    let answer = "stream: Can't allocate memory\u{7} ERROR\0";
    let reason = r"the scanner returned an error: stream: Can\'t allocate memory\x07";
    for (setting, is_stored) in [("refuse", false), ("allow", true)] {
        let scanner = scanner(answer).await;
        let settings = [("SCAN_FAILURE", setting)];
        let service = storing(Platform::Http, &scanner.clamd(), &settings).await;
        if is_stored {
            service.store(&Request::png()).await;
        } else {
            let answer = service.refuse(&Request::png()).await;
            answer.assert_refused(500, "13", &NOT_SCANNED_WORDS);
            assert_eq!(answer.json()["reasonCode"], "scan_unavailable");
            assert!(!answer.text.contains("memory"), "{}", answer.text);
        }
        let line = upload_line(&service.gateway.stop().await);
        assert_eq!(line["scan"], "unavailable");
        assert_eq!(line["scan_error"], reason);
        let outcome = if is_stored { "stored" } else { "failed" };
        assert_eq!(line["outcome"], outcome);
        let reason_code = (!is_stored).then_some("scan_unavailable");
        assert_eq!(line["reason_code"], json!(reason_code));
    }
}

#[tokio::test]
async fn platform_deadline_ends_a_scan() {
    /// Below every other limit of a patient gateway.
    const BEFORE_ANY_OTHER_LIMIT: Duration = Duration::from_secs(60);
    let scanner = ScriptedUpstream::start(Script::new([Step::Wait])).await;
    let settings = [("SCAN_TIMEOUT_MS", "120000")];
    let service = storing(Platform::Http, &scanner.clamd(), &settings).await;
    let request = Request::png()
        .with("x-cff-request-id", "cff-1")
        .with("x-cff-timeout", "1");
    let before = Instant::now();
    let answer = service.refuse(&request).await;
    assert!(before.elapsed() < BEFORE_ANY_OTHER_LIMIT);
    answer.assert_refused(500, "13", &NOT_SCANNED_WORDS);
}

#[tokio::test]
async fn scan_time_counts_against_the_upload_timeout() {
    let scanner = ScriptedUpstream::start(Script::new([Step::Wait])).await;
    let settings = [
        ("SCAN_TIMEOUT_MS", "120000"),
        ("UPSTREAM_TIMEOUT_MS", "500"),
    ];
    let service = storing(Platform::Http, &scanner.clamd(), &settings).await;
    let answer = service.refuse(&Request::png()).await;
    answer.assert_refused(500, "13", &NOT_SCANNED_WORDS);
}

#[tokio::test]
async fn scans_are_counted_and_timed() {
    let scanner = scanner(FOUND).await;
    let settings = [("METRICS_ADDRESS", "127.0.0.1:0")];
    let service = storing(Platform::Http, &scanner.clamd(), &settings).await;
    service.refuse(&Request::png()).await;
    let metrics = service.gateway.metrics().await.text;
    for line in [
        "scans_total{result=\"clean\"} 0",
        "scans_total{result=\"malware\"} 1",
        "scans_total{result=\"unavailable\"} 0",
        "rejections_total{reason_code=\"malware_found\"} 1",
        "duration_seconds_count{phase=\"scan\"} 1",
    ] {
        let line = format!("upload_file_stream_{line}\n");
        assert!(metrics.contains(&line), "{line} is not in {metrics}");
    }
    assert!(!metrics.contains(NAME));
}
