//! Plays a row of the table and checks the result.

use ccmessaging_sandbox::Call;
use gateway_tests::{
    Answer, Authority, Gateway, Platform, Request, in_time, log_lines, sample, upload_line,
};

use crate::PROGRAM;
use crate::stage::{Place, Stage};
use crate::table::{Counted, Row};

/// How much a run may add to the gateway's memory, including the upload. Buffering a response or head of
/// any size would exceed this.
const MOST_MEMORY_BYTES: usize = 48 * 1024 * 1024;

/// Plays `row` once.
pub(crate) async fn play(row: &Row, counted: Counted, platform: Platform, authority: &Authority) {
    let run = run(row, counted, platform, authority);
    in_time(&format!("{platform:?}: it must end"), run).await;
}

async fn run(row: &Row, counted: Counted, platform: Platform, authority: &Authority) {
    let stage = Stage::set(row, counted, authority).await;
    let gateway = Gateway::start(PROGRAM, platform, &stage.settings(row)).await;
    let process = gateway.process();
    let memory_at_start = process.peak_resident_bytes();
    let calls_at_start = until_settled(row, counted, &stage, &gateway).await;
    let file = if row.is_large {
        "A line of a long text.\n".repeat(180_000).into_bytes()
    } else {
        sample("utf-8.txt")
    };
    let request = stage.request(counted, &file);
    let answer = gateway.send(&request).await;
    let memory = process.peak_growth(memory_at_start);
    let log = gateway.stop().await;

    judge_answer(row, counted, &answer);
    judge_secrecy(&answer, counted, &stage, &request);
    judge_storage(&answer, &stage, &file);
    judge_calls(row, counted, &stage, calls_at_start, &log);
    assert!(memory < MOST_MEMORY_BYTES, "it took {memory} bytes");
}

/// Waits until the gateway's calls to the token service at its start have failed, if the row lets them
/// fail, and returns their number.
async fn until_settled(row: &Row, counted: Counted, stage: &Stage, gateway: &Gateway) -> usize {
    let Place::Sandbox(sandbox) = &stage.place else {
        return 0;
    };
    if counted != Counted::TokenCalls || row.answer.is_stored() {
        return 0;
    }
    gateway.until_said("cannot obtain an access token").await;
    sandbox.calls(Call::TokenByAkSk)
}

fn judge_answer(row: &Row, counted: Counted, answer: &Answer) {
    let expected = &row.answer;
    let [code_name, sentence_name] = counted.members();
    match (&expected.sentence, expected.return_code) {
        (Some(sentence), Some(code)) => {
            answer.assert_error(counted.members(), expected.status, code, &[]);
            assert_eq!(answer.json()[sentence_name], sentence.as_str());
        }
        (_, code) => {
            assert_eq!(answer.status, expected.status, "{}", answer.text);
            assert_eq!(answer.json()[code_name].as_str(), code);
        }
    }
    if let Some((body, retry_after)) = &expected.passed_on {
        assert_eq!(answer.text, *body);
        assert_eq!(answer.header("retry-after"), *retry_after);
    }
    let has_key = answer.json()["objectKey"].is_string();
    assert_eq!(has_key, expected.is_stored(), "{}", answer.text);
    let token = answer.header("ccmessaging-token");
    assert_eq!(token.is_some(), row.hands_token_over, "{token:?}");
}

/// Checks that the response contains nothing that only concerns the operator or other callers.
fn judge_secrecy(answer: &Answer, counted: Counted, stage: &Stage, request: &Request) {
    let told = format!("{:?}{}", answer.headers, answer.text);
    let credentials = request.headers.iter();
    let credentials = credentials.filter(|(name, _)| name != "content-type");
    let secrets = credentials.map(|(_, value)| value.as_str());
    for secret in secrets.chain([&*stage.address, "127.0.0.1", "localhost"]) {
        assert!(!told.contains(secret), "{secret} is in {told}");
    }
    // A header may contain the port's digits by chance; the description must not.
    let sentence = answer.json()[counted.members()[1]].to_string();
    if let Some((_, port)) = stage.address.rsplit_once(':') {
        assert!(!sentence.contains(port), "{sentence}");
    }
}

/// Checks that a file reported as stored is stored, if the upstream is a sandbox.
fn judge_storage(answer: &Answer, stage: &Stage, file: &[u8]) {
    let Place::Sandbox(sandbox) = &stage.place else {
        return;
    };
    if let Some(key) = answer.json()["objectKey"].as_str() {
        let stored = sandbox.file(key).expect("a stored file");
        assert_eq!(stored, file);
    }
}

fn judge_calls(row: &Row, counted: Counted, stage: &Stage, calls_at_start: usize, log: &str) {
    let line = match counted {
        Counted::Uploads | Counted::TokenCalls => upload_line(log),
        Counted::Messages => log_lines(log, "chat call").remove(0),
    };
    let attempts = &line["attempts"];
    assert!(attempts.is_u64(), "{log}");
    if counted != Counted::TokenCalls {
        assert_eq!(*attempts, row.calls, "attempts, {log}");
    }
    match &stage.place {
        Place::Nobody(_) | Place::NoSuchName | Place::FullQueue(_) => {}
        Place::Scripted(upstream) => {
            assert_eq!(upstream.connections(), row.calls, "connections");
        }
        Place::Redirecting { upstream, target } => {
            assert_eq!(upstream.connections(), row.calls, "connections");
            assert_eq!(target.connections(), 0, "connections that were redirected");
        }
        Place::Sandbox(sandbox) => {
            let token_calls = sandbox.calls(Call::TokenByAkSk);
            let uploads = sandbox.calls(Call::UploadFileStream);
            match counted {
                Counted::Uploads => assert_eq!((token_calls, uploads), (0, row.calls)),
                Counted::Messages => unreachable!("these rows have scripts"),
                Counted::TokenCalls => {
                    let for_the_upload = token_calls - calls_at_start;
                    assert_eq!(for_the_upload, row.calls, "calls of the token service");
                    assert_eq!(uploads > 0, row.answer.is_stored(), "{uploads} uploads");
                }
            }
            // No other call was made: no redirect was followed.
            assert_eq!(sandbox.requests(), token_calls + uploads);
        }
    }
}
