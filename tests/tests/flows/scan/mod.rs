//! Malware scans: what the scanner receives, and how its verdict decides the upload. Faulty scanners
//! are in the suite `faults`.

mod held;
mod suspension;

use gateway_tests::{Script, ScriptedUpstream};

const CLEAN: &str = "stream: OK\0";

/// The signature that the scanner reports; only the log and the metrics may contain it.
const NAME: &str = "Own.Test.Signature";

const FOUND: &str = "stream: Own.Test.Signature FOUND\0";

/// Part of the error message for an infected file.
const FOUND_WORDS: [&str; 1] = ["malware scan found something"];

/// Part of the error message for a file that could not be scanned.
const NOT_SCANNED_WORDS: [&str; 1] = ["could not be scanned"];

/// A scanner that reads every file and gives this answer.
async fn scanner(answer: &str) -> ScriptedUpstream {
    ScriptedUpstream::start(Script::scanning(answer)).await
}
