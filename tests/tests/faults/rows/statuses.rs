//! Complete responses with each status.

use ccmessaging_sandbox::{Call, Fault};
use gateway_tests::{Script, Step};

use super::{ANSWER_BROKE_OFF, STORED, answer, answering, head_of, not_json};
use crate::table::{Counted, Expected, Row, Section, Upstream};

const PAGE: &str = "<html><h1>Service</h1></html>";
const FABRIC: &str =
    r#"{"errorCode":"0","exceptionInfo":"auth fail! illegal or expired token info."}"#;
const BUSY: &str = r#"{"returnCode":"13"}"#;

pub(crate) fn section() -> Section {
    let rows = [documented(), undocumented(), overloaded(), redirects()];
    Section {
        title: "Statuses",
        introduction: "The response has …",
        counted: Counted::Uploads,
        rows: rows.into_iter().flatten().collect(),
    }
}

/// A response that is forwarded unchanged, with its `Retry-After` if there is one.
fn passed_on(
    fault: impl Into<String>,
    status: u16,
    retry_after: Option<&'static str>,
    body: &str,
    return_code: Option<&'static str>,
) -> Row {
    let lines = retry_after.map_or(String::new(), |value| format!("Retry-After: {value}\r\n"));
    let expected = Expected {
        passed_on: Some((body.to_owned(), retry_after)),
        ..Expected::of_upstream(status, return_code)
    };
    Row::answered(fault, answering(answer(status, &lines, body)), expected).handing_token_over()
}

fn page(status: u16) -> Row {
    let fault = format!("status {status} and a page");
    let upstream = answering(answer(status, "", PAGE));
    Row::failed(fault, upstream, not_json(status)).handing_token_over()
}

/// A response that is sent while the request is still being received. A reset right after it could
/// discard it (RFC 9112 section 9.6).
fn early_refusal() -> Row {
    let refusal = answer(413, "", r#"{"returnCode":"3"}"#);
    let script = Script::new([Step::ReadHead, Step::Write(refusal), Step::Stall]);
    Row::answered(
        "status 413 and JSON, before the file is read",
        Upstream::Raw(script),
        Expected::of_upstream(413, Some("3")),
    )
    .large()
    .handing_token_over()
}

fn documented() -> Vec<Row> {
    let coded = |status, code: &'static str| {
        let fault = match status {
            200 => format!("status 200 and code {code}"),
            _ => format!("status {status} and JSON"),
        };
        let body = format!(r#"{{"returnCode":"{code}"}}"#);
        passed_on(fault, status, None, &body, Some(code))
    };
    let mut rows = vec![passed_on(
        "status 200, code 0 and a key",
        200,
        None,
        STORED,
        Some("0"),
    )];
    rows.extend(["2", "3", "13"].map(|code| coded(200, code)));
    let statuses = [(400, "3"), (401, "401"), (404, "404"), (500, "13")];
    rows.extend(statuses.map(|(status, code)| coded(status, code)));
    let fabric = "status 403 and the API fabric's JSON";
    rows.push(passed_on(fabric, 403, None, FABRIC, None));
    rows
}

fn undocumented() -> Vec<Row> {
    let refused = r#"{"returnCode":"3"}"#;
    let mut rows = vec![
        passed_on("status 413 and JSON", 413, None, refused, Some("3")),
        early_refusal(),
        passed_on(
            "status 418 and JSON",
            418,
            None,
            r#"{"error":"teapot"}"#,
            None,
        ),
        Row::failed(
            "status 204 and no body",
            answering(head_of(204, "")),
            not_json(204),
        )
        .handing_token_over(),
    ];
    rows.extend([205, 600, 999].map(|status| {
        let fault = format!("status {status}, code 0 and a key");
        Row::failed(
            fault,
            answering(answer(status, "", STORED)),
            not_json(status),
        )
        .handing_token_over()
    }));
    rows.extend([401, 403, 404, 413, 500].map(page));
    let empty = answering(answer(500, "", ""));
    let empty = Row::failed("status 500 and no body", empty, not_json(500));
    rows.push(empty.handing_token_over());
    rows
}

fn overloaded() -> Vec<Row> {
    let busy = |status| {
        let fault = format!("status {status} and JSON");
        passed_on(fault, status, Some("0"), BUSY, Some("13")).calls(3)
    };
    let mut rows: Vec<Row> = [429, 502, 503, 504].map(busy).into();
    rows.extend([
        passed_on(
            "status 429, JSON, and a `Retry-After` beyond the deadline",
            429,
            Some("60"),
            BUSY,
            Some("13"),
        ),
        page(502).calls(3),
        Row::failed(
            "status 503 and a truncated body",
            answering(head_of(503, "Content-Length: 100000\r\n")),
            ANSWER_BROKE_OFF,
        )
        .handing_token_over()
        .calls(3),
        Row::stored(
            "status 503, and at the second attempt code 0 and a key",
            Fault::status(503).on(Call::UploadFileStream).nth(1).into(),
        )
        .calls(2)
        .handing_token_over(),
    ]);
    rows
}

fn redirects() -> Vec<Row> {
    let redirect = |status| {
        let fault = format!("status {status} and a `Location`");
        let sentence = format!(
            "the contact centre responded with status {status}, but redirects are not followed; try again later"
        );
        Row::failed(fault, Upstream::Redirect(status), sentence).handing_token_over()
    };
    [301, 302, 303, 307, 308].map(redirect).into()
}
