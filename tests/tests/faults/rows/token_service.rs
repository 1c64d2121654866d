//! Failures of the token service, for a gateway with credentials.

use super::NOTHING_COMES;
use crate::table::{Counted, Expected, Row, Section, Upstream};
use ccmessaging_sandbox::{Call, Fault, FaultRule};
use std::time::Duration;

const NO_TOKEN: &str = "the gateway cannot obtain an access token; try again later";
const KEY_REFUSED: &str =
    "the contact centre rejects the gateway's app key; the gateway's operator must correct it";

pub(crate) fn section() -> Section {
    let rows = [without_answer(), answered()];
    Section {
        title: "The token service",
        introduction: "The gateway has credentials of its own, and obtained no access token at its start. \
                       For the upload, `tokenByAkSk` …",
        counted: Counted::TokenCalls,
        rows: rows.into_iter().flatten().collect(),
    }
}

fn failed(fault: &'static str, rule: FaultRule) -> Row {
    Row::failed(fault, rule.into(), NO_TOKEN)
}

fn without_answer() -> Vec<Row> {
    vec![
        Row::failed(
            "refuses connections",
            Upstream::SandboxWithoutTokenService,
            NO_TOKEN,
        )
        .calls(0),
        failed(
            "resets the connection in place of an answer",
            Fault::reset().on(Call::TokenByAkSk),
        )
        .calls(3),
        failed(
            "resets the connection after the answer's head",
            Fault::reset_after_headers().on(Call::TokenByAkSk),
        ),
        failed(
            "hangs up within the answer's body",
            Fault::cut().on(Call::TokenByAkSk),
        ),
        failed(
            "does not answer",
            Fault::delay(Duration::from_secs(600)).on(Call::TokenByAkSk),
        )
        .with(NOTHING_COMES),
        failed(
            "sends a byte every ten minutes",
            Fault::drip(Duration::from_secs(600), 1).on(Call::TokenByAkSk),
        )
        .with(NOTHING_COMES),
        Row::stored(
            "resets the connection in place of two answers, and then issues a token",
            Fault::reset().on(Call::TokenByAkSk).first(2).into(),
        )
        .calls(3)
        .handing_token_over(),
    ]
}

fn answered() -> Vec<Row> {
    let refused = |fault, rule: FaultRule| {
        let answer = Expected::own(401, "3", KEY_REFUSED);
        Row::answered(fault, rule.into(), answer)
    };
    vec![
        failed(
            "answers with half of the documented JSON",
            Fault::truncate().on(Call::TokenByAkSk),
        ),
        failed(
            "answers with binary rubbish",
            Fault::garbage().on(Call::TokenByAkSk),
        ),
        failed(
            "answers with an HTML page",
            Fault::html().on(Call::TokenByAkSk),
        ),
        failed(
            "answers with JSON of 256 MiB",
            Fault::huge(256 * 1024 * 1024).on(Call::TokenByAkSk),
        ),
        failed(
            "redirects",
            Fault::status(307)
                .location("/redirected")
                .on(Call::TokenByAkSk),
        ),
        refused(
            "answers with status 400",
            Fault::status(400).on(Call::TokenByAkSk),
        ),
        refused(
            "answers with status 401",
            Fault::status(401).on(Call::TokenByAkSk),
        ),
        refused(
            "answers with status 403",
            Fault::status(403).on(Call::TokenByAkSk),
        ),
        failed(
            "answers with status 404",
            Fault::status(404).on(Call::TokenByAkSk),
        ),
        failed(
            "answers with status 500",
            Fault::status(500).on(Call::TokenByAkSk),
        ),
        failed(
            "answers with status 429",
            Fault::status(429).on(Call::TokenByAkSk),
        )
        .calls(3),
        failed(
            "answers with status 503",
            Fault::status(503).on(Call::TokenByAkSk),
        )
        .calls(3),
        failed(
            "answers with status 429 and a `Retry-After` beyond the deadline",
            Fault::status(429).retry_after(60).on(Call::TokenByAkSk),
        )
        // The call at the start has the same outcome.
        .calls(0),
        Row::stored(
            "issues a token that the contact centre refuses once",
            Fault::status(403)
                .body(r#"{"errorCode":"0","exceptionInfo":"auth fail!"}"#)
                .on(Call::UploadFileStream)
                .nth(1)
                .into(),
        )
        .calls(2)
        .handing_token_over(),
    ]
}
