//! Whole answers of every status.

use ccmessaging_sandbox::{Call, Fault};
use gateway_tests::{Script, Step};

use super::{STORED, answer, answering};
use crate::table::{Counted, Expected, Row, Section, Upstream};

const PAGE: &str = "<html><h1>Service</h1></html>";
const FABRIC: &str =
    r#"{"errorCode":"0","exceptionInfo":"auth fail! illegal or expired token info."}"#;

pub(crate) fn section() -> Section {
    let mut rows = documented();
    rows.extend(undocumented());
    rows.extend(overloaded());
    rows.extend(redirects());
    Section {
        title: "Statuses",
        introduction: "The answer has …",
        counted: Counted::Uploads,
        rows,
    }
}

fn passed_on(
    fault: &'static str,
    status: u16,
    body: &'static str,
    return_code: Option<&'static str>,
) -> Row {
    Row::answered(
        fault,
        answering(answer(status, "", body)),
        Expected::passed_on(status, return_code),
    )
    .handing_token_over()
}

fn failed(fault: &'static str, status: u16, body: &str, sentence: &'static str) -> Row {
    Row::failed(fault, answering(answer(status, "", body)), sentence).handing_token_over()
}

/// An answer that comes while the file is still being sent. If a reset followed it at once, it might
/// be lost (RFC 9112 section 9.6).
fn early_refusal() -> Row {
    let refusal = answer(413, "", r#"{"returnCode":"3"}"#);
    let script = Script::new([Step::ReadHead, Step::Write(refusal), Step::Stall]);
    Row::answered(
        "status 413 and JSON, before the file is read",
        Upstream::Raw(script),
        Expected::passed_on(413, Some("3")),
    )
    .large()
    .handing_token_over()
}

fn documented() -> Vec<Row> {
    vec![
        passed_on("status 200, code 0 and a key", 200, STORED, Some("0")),
        passed_on(
            "status 200 and code 2",
            200,
            r#"{"returnCode":"2"}"#,
            Some("2"),
        ),
        passed_on(
            "status 200 and code 3",
            200,
            r#"{"returnCode":"3"}"#,
            Some("3"),
        ),
        passed_on(
            "status 200 and code 13",
            200,
            r#"{"returnCode":"13"}"#,
            Some("13"),
        ),
        passed_on(
            "status 400 and JSON",
            400,
            r#"{"returnCode":"3"}"#,
            Some("3"),
        ),
        passed_on(
            "status 401 and JSON",
            401,
            r#"{"returnCode":"401"}"#,
            Some("401"),
        ),
        passed_on(
            "status 404 and JSON",
            404,
            r#"{"returnCode":"404"}"#,
            Some("404"),
        ),
        passed_on(
            "status 500 and JSON",
            500,
            r#"{"returnCode":"13"}"#,
            Some("13"),
        ),
        passed_on("status 403 and the API fabric's JSON", 403, FABRIC, None),
    ]
}

fn undocumented() -> Vec<Row> {
    vec![
        passed_on("status 413 and JSON", 413, r#"{"returnCode":"3"}"#, Some("3")),
        early_refusal(),
        passed_on("status 418 and JSON", 418, r#"{"error":"teapot"}"#, None),
        Row::failed(
            "status 204 and no body",
            answering(super::head_of(204, "")),
            "the contact centre answered with status 204, but not with the documented JSON; try again later",
        )
        .handing_token_over(),
        failed(
            "status 401 and a page",
            401,
            PAGE,
            "the contact centre answered with status 401, but not with the documented JSON; try again later",
        ),
        failed(
            "status 403 and a page",
            403,
            PAGE,
            "the contact centre answered with status 403, but not with the documented JSON; try again later",
        ),
        failed(
            "status 404 and a page",
            404,
            PAGE,
            "the contact centre answered with status 404, but not with the documented JSON; try again later",
        ),
        failed(
            "status 413 and a page",
            413,
            PAGE,
            "the contact centre answered with status 413, but not with the documented JSON; try again later",
        ),
        failed(
            "status 500 and a page",
            500,
            PAGE,
            "the contact centre answered with status 500, but not with the documented JSON; try again later",
        ),
    ]
}

fn overloaded() -> Vec<Row> {
    const BUSY: &str = r#"{"returnCode":"13"}"#;
    let busy = |fault, status| passed_on(fault, status, BUSY, Some("13")).calls(3);
    vec![
        busy("status 429 and JSON", 429),
        busy("status 502 and JSON", 502),
        busy("status 503 and JSON", 503),
        busy("status 504 and JSON", 504),
        Row::answered(
            "status 429, JSON, and a `Retry-After` beyond the deadline",
            answering(answer(429, "Retry-After: 60\r\n", BUSY)),
            Expected::passed_on(429, Some("13")),
        )
        .handing_token_over(),
        failed(
            "status 502 and a page",
            502,
            PAGE,
            "the contact centre answered with status 502, but not with the documented JSON; try again later",
        )
        .calls(3),
        Row::failed(
            "status 503, and breaks off",
            answering(super::head_of(503, "Content-Length: 100000\r\n")),
            super::ANSWER_BROKE_OFF,
        )
        .handing_token_over()
        .calls(3),
        Row::stored(
            "status 503, and at the second attempt code 0 and a key",
            Fault::status(503).on(Call::UploadFileStream).nth(1).into(),
        )
        .calls(2)
        .handing_token_over(),
    ]
}

fn redirects() -> Vec<Row> {
    let redirect = |fault, status, sentence| {
        Row::failed(fault, Upstream::Redirect(status), sentence).handing_token_over()
    };
    vec![
        redirect(
            "status 301 and a `Location`",
            301,
            "the contact centre answered with status 301, but a redirect is not followed; try again later",
        ),
        redirect(
            "status 302 and a `Location`",
            302,
            "the contact centre answered with status 302, but a redirect is not followed; try again later",
        ),
        redirect(
            "status 303 and a `Location`",
            303,
            "the contact centre answered with status 303, but a redirect is not followed; try again later",
        ),
        redirect(
            "status 307 and a `Location`",
            307,
            "the contact centre answered with status 307, but a redirect is not followed; try again later",
        ),
        redirect(
            "status 308 and a `Location`",
            308,
            "the contact centre answered with status 308, but a redirect is not followed; try again later",
        ),
    ]
}
