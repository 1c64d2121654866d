//! Scans files with ClamAV and test signatures.
//!
//! If `clamd` is not installed, every test is ignored, or fails with `CLAMD_TESTS=required`.

mod daemon;

use std::path::PathBuf;
use std::process::ExitCode;

use gateway_tests::{
    PATIENT, Platform, Request, Storing, log_lines, received, sample, upload_line,
};
use libtest_mimic::{Arguments, Completion, Trial};
use tokio::runtime::Runtime;

use daemon::{Clamd, MAX_FILE_BYTES, STREAM_MAX_BYTES, find};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_bootstrap-under-test");

/// Bytes that only a test signature matches.
const MARK: &[u8] = b"4f1c-mark-of-the-test-9a7e";

/// Returns the EICAR test string, which is split here so that scanners do not report this file.
fn eicar() -> Vec<u8> {
    let parts = [
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}$",
        "EICAR-STANDARD-",
        "ANTIVIRUS-TEST-FILE",
        "!$H+H*",
    ];
    parts.concat().into_bytes()
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let program = find();
    if let Err(reason) = &program {
        if std::env::var("CLAMD_TESTS").is_ok_and(|value| value == "required") {
            eprintln!("tests with ClamAV failed: {reason}, and CLAMD_TESTS=required is set");
            return ExitCode::FAILURE;
        }
        eprintln!("tests with ClamAV skipped: {reason}");
    }
    let trials = vec![
        trial(
            &program,
            "what_it_knows_is_refused_on_both_kinds_of_socket",
            known_files,
        ),
        trial(&program, "at_the_end_of_a_large_file_it_is_found_too", film),
        trial(
            &program,
            "files_over_its_limits_are_refused_and_the_next_is_scanned",
            over_its_limits,
        ),
        trial(
            &program,
            "a_scanner_that_has_ended_refuses_every_file",
            after_its_end,
        ),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Returns a trial that starts its own daemon.
fn trial<C>(program: &Result<PathBuf, String>, name: &str, case: C) -> Trial
where
    C: AsyncFnOnce(Clamd) + Send + 'static,
{
    let program = program.clone();
    Trial::ignorable_test(name, move || {
        let program = match program {
            Ok(program) => program,
            Err(reason) => return Ok(Completion::ignored_with(reason)),
        };
        let runtime = Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let signatures = [("Own.Eicar", &*eicar()), ("Own.Mark", MARK)];
            case(Clamd::start(&program, &signatures).await).await;
        });
        Ok(Completion::Completed)
    })
}

async fn storing(platform: Platform, address: &str, settings: &[(&str, &str)]) -> Storing {
    let own = [("SCAN_CLAMD", address), ("SCAN_TIMEOUT_MS", "120000")];
    let settings = [&PATIENT, &own[..], settings].concat();
    Storing::start(PROGRAM, platform, &settings).await
}

/// Returns a picture followed by `end`.
fn png_with(end: &[u8]) -> Vec<u8> {
    [&*sample("rgb.png"), end].concat()
}

/// Returns a video of 2 MiB that ends with `end`.
fn film_with(end: &[u8]) -> Vec<u8> {
    let content = [&vec![1; 2 * 1024 * 1024], end].concat();
    let length = u32::try_from(content.len() + 8).expect("a 32-bit length");
    let ftyp = b"\0\0\0\x14ftypisom\0\0\x02\0mp41";
    [ftyp, &length.to_be_bytes()[..], b"mdat", &content].concat()
}

async fn known_files(clamd: Clamd) {
    for (platform, address) in Platform::ALL.into_iter().zip(&clamd.addresses) {
        let service = storing(platform, address, &[]).await;
        service.store(&Request::png()).await;
        service
            .store(&Request::upload("png", &png_with(b"no mark")))
            .await;
        for (request, name) in [
            (Request::upload("txt", &eicar()), "Own.Eicar.UNOFFICIAL"),
            (Request::raw("text/plain", &eicar()), "Own.Eicar.UNOFFICIAL"),
            (
                Request::upload("png", &png_with(MARK)),
                "Own.Mark.UNOFFICIAL",
            ),
        ] {
            let answer = service.refuse(&request).await;
            answer.assert_refused(200, "3", &["malware scan found something"]);
            assert!(!answer.text.contains("UNOFFICIAL"), "{}", answer.text);
            service.gateway.until_said(name).await;
        }
        service.store(&Request::png()).await;
    }
}

async fn film(clamd: Clamd) {
    let marked = Request::raw("video/mp4", &film_with(MARK));
    for address in &clamd.addresses {
        let service = storing(Platform::Http, address, &[]).await;
        let clean = Request::raw("video/mp4", &film_with(b""));
        service.store(&clean).await;
        let answer = service.gateway.send_chunked(&marked).await;
        answer.assert_refused(200, "3", &["malware scan found something"]);
        assert_eq!(received(&service.upstream).await.len(), 1);
        let lines = log_lines(&service.gateway.stop().await, "upload");
        assert_eq!(lines[1]["malware"], "Own.Mark.UNOFFICIAL");
    }
}

async fn over_its_limits(clamd: Clamd) {
    for address in &clamd.addresses {
        let service = storing(Platform::Http, address, &[]).await;
        let text = b"A line of a long text.\n".repeat(120_000);
        assert!((MAX_FILE_BYTES..STREAM_MAX_BYTES).contains(&text.len()));
        // It would not look into this one, and by its settings says so.
        let answer = service.refuse(&Request::upload("txt", &text)).await;
        answer.assert_refused(200, "3", &["malware scan found something"]);
        service
            .gateway
            .until_said("Heuristics.Limits.Exceeded")
            .await;
        let text = b"A line of a long text.\n".repeat(180_000);
        assert!(text.len() > STREAM_MAX_BYTES);
        for _ in 0..10 {
            let answer = service.refuse(&Request::upload("txt", &text)).await;
            answer.assert_refused(500, "13", &["could not be scanned"]);
        }
        service.store(&Request::png()).await;
    }
}

async fn after_its_end(clamd: Clamd) {
    let addresses = clamd.addresses.clone();
    drop(clamd);
    for address in &addresses {
        let service = storing(Platform::Http, address, &[]).await;
        let answer = service.refuse(&Request::png()).await;
        answer.assert_refused(500, "13", &["could not be scanned"]);
        let line = upload_line(&service.gateway.stop().await);
        assert_eq!(line["scan"], "unavailable");
    }
}
