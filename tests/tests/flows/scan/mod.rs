//! Files that are scanned for malware: what the scanner is sent, and what then becomes of the upload.
//! What a scanner can do wrong is a section of the suite `faults`.

mod held;
mod suspension;

use gateway_tests::{Script, ScriptedUpstream};

const CLEAN: &str = "stream: OK\0";

/// The name that is found here; only log and metrics may tell it.
const NAME: &str = "Own.Test.Signature";

const FOUND: &str = "stream: Own.Test.Signature FOUND\0";

/// What the gateway says of such a file.
const FOUND_WORDS: [&str; 1] = ["malware scan found something"];

/// What the gateway says of a file that could not be scanned.
const NOT_SCANNED_WORDS: [&str; 1] = ["could not be scanned"];

/// A scanner that reads every file and gives this answer.
async fn scanner(answer: &str) -> ScriptedUpstream {
    ScriptedUpstream::start(Script::scanning(answer)).await
}
