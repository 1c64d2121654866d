//! Malware scans: what the scanner receives, and the response to the upload. Failures of the scanner are
//! in the suite `faults`.

mod suspension;
mod verdicts;

use gateway_tests::{Script, ScriptedUpstream};

const CLEAN: &str = "stream: OK\0";

/// The name of the signature, which only log and metrics may contain.
const NAME: &str = "Own.Test.Signature";

const FOUND: &str = "stream: Own.Test.Signature FOUND\0";

/// The response to a file with malware.
const FOUND_WORDS: [&str; 1] = ["malware scan found something"];

/// The response to a file that could not be scanned.
const NOT_SCANNED_WORDS: [&str; 1] = ["could not be scanned"];

/// Starts a scanner that reads every file and sends this response.
async fn scanner(answer: &str) -> ScriptedUpstream {
    ScriptedUpstream::start(Script::scanning(answer)).await
}
