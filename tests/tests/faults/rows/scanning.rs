//! Failures of the malware scanner.

use ccmessaging_sandbox::FaultPlan;
use gateway_tests::{Script, Step};

use crate::table::{Counted, Expected, Row, Scanner, Section, Upstream};

const FOUND: &str = "the malware scan found something in the file; send another file";
const NOT_SCANNED: &str = "the file could not be scanned for malware; try again later";

/// The timeout of rows whose scanner sends nothing.
const NOTHING_COMES: &[(&str, &str)] = &[("SCAN_TIMEOUT_MS", "500")];

const ALLOWED: &[(&str, &str)] = &[("SCAN_FAILURE", "allow")];

const ALLOWED_AND_NOTHING_COMES: &[(&str, &str)] =
    &[("SCAN_FAILURE", "allow"), ("SCAN_TIMEOUT_MS", "500")];

pub(crate) fn section() -> Section {
    let rows = [verdicts(), without_an_answer(), wrong_answers(), allowed()];
    Section {
        title: "The malware scanner",
        introduction: "`SCAN_CLAMD` is set, and the contact centre stores every file. The scanner …",
        counted: Counted::Uploads,
        rows: rows.into_iter().flatten().collect(),
    }
}

fn verdicts() -> Vec<Row> {
    vec![
        stored("finds nothing", Script::scanning("stream: OK\0")),
        found("finds a signature", "stream: Own.Test.Signature FOUND\0"),
        found("finds a signature with the name OK", "stream: OK FOUND\0"),
    ]
}

fn without_an_answer() -> Vec<Row> {
    vec![
        unscanned("refuses connections", Scanner::Nobody),
        played(
            "resets the connection within the file",
            [Step::ReadBytes(12), Step::Reset],
        )
        .large(),
        played("closes the connection after the file", [Step::ReadScan]),
        played(
            "resets the connection after the file",
            [Step::ReadScan, Step::Reset],
        ),
        played("does not respond within `SCAN_TIMEOUT_MS`", [Step::Wait]).with(NOTHING_COMES),
        played(
            "does not read the file within `SCAN_TIMEOUT_MS`",
            [Step::Stall],
        )
        .large()
        .with(NOTHING_COMES),
        played(
            "responds with half a verdict and sends no more",
            [
                Step::ReadScan,
                Step::Write(b"stream: O".to_vec()),
                Step::Wait,
            ],
        )
        .with(NOTHING_COMES),
    ]
}

fn wrong_answers() -> Vec<Row> {
    vec![
        played(
            "reports within the file that it exceeds its limit",
            [
                Step::ReadBytes(12),
                Step::Write(b"INSTREAM size limit exceeded. ERROR\0".to_vec()),
                Step::HangUp,
            ],
        )
        .large(),
        answered(
            "reports that it failed",
            "stream: Can't allocate memory ERROR\0",
        ),
        answered("responds with a truncated verdict", "stream: OK"),
        answered("responds with two verdicts", "stream: OK\0stream: OK\0"),
        answered("responds with text around a verdict", "All is OK\0"),
        answered("responds with binary data", b"\xFF\xFE\x80\x01 FOUND\0"),
        answered("responds in HTTP", "HTTP/1.1 200 OK\r\n\r\nstream: OK\0"),
        played(
            "responds with 256 MiB",
            [
                Step::ReadScan,
                Step::Flood(vec![b'x'; 64 * 1024], 256 * 1024 * 1024),
            ],
        ),
    ]
}

fn allowed() -> Vec<Row> {
    let row = |fault, scanner| {
        Row::stored(fault, storing())
            .handing_token_over()
            .scanned_by(scanner)
            .with(ALLOWED)
    };
    vec![
        found(
            "finds a signature; `SCAN_FAILURE=allow`",
            "stream: Own.Test.Signature FOUND\0",
        )
        .with(ALLOWED),
        row("refuses connections; `SCAN_FAILURE=allow`", Scanner::Nobody),
        row(
            "resets the connection within the file; `SCAN_FAILURE=allow`",
            Scanner::Scripted(Script::new([Step::ReadBytes(12), Step::Reset])),
        ),
        row(
            "does not respond within `SCAN_TIMEOUT_MS`; `SCAN_FAILURE=allow`",
            Scanner::Scripted(Script::new([Step::Wait])),
        )
        .with(ALLOWED_AND_NOTHING_COMES),
        row(
            "responds in HTTP; `SCAN_FAILURE=allow`",
            Scanner::Scripted(Script::scanning("HTTP/1.1 200 OK\r\n\r\n")),
        ),
    ]
}

/// Returns an upstream that stores every file.
fn storing() -> Upstream {
    Upstream::Sandbox(FaultPlan::default())
}

fn stored(fault: &str, script: Script) -> Row {
    Row::stored(fault, storing())
        .handing_token_over()
        .scanned_by(Scanner::Scripted(script))
}

fn found(fault: &str, answer: &str) -> Row {
    Row::answered(fault, storing(), Expected::own(200, "3", FOUND))
        .calls(0)
        .scanned_by(Scanner::Scripted(Script::scanning(answer)))
}

fn unscanned(fault: &str, scanner: Scanner) -> Row {
    Row::failed(fault, storing(), NOT_SCANNED)
        .calls(0)
        .scanned_by(scanner)
}

fn played<const STEPS: usize>(fault: &str, steps: [Step; STEPS]) -> Row {
    unscanned(fault, Scanner::Scripted(Script::new(steps)))
}

fn answered(fault: &str, answer: impl Into<Vec<u8>>) -> Row {
    unscanned(fault, Scanner::Scripted(Script::scanning(answer)))
}
