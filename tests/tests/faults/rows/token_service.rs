//! Failures of the token service, for a gateway with credentials.

use std::time::Duration;

use ccmessaging_sandbox::{Call, Fault};

use super::NOTHING_COMES;
use crate::table::{Counted, Expected, Row, Section, Upstream};

const NO_TOKEN: &str = "the gateway cannot obtain an access token; try again later";
const KEY_REFUSED: &str =
    "the contact centre rejects the gateway's app key; the gateway's operator must correct it";

pub(crate) fn section() -> Section {
    let rows = [without_response(), unusable_responses(), statuses()];
    Section {
        title: "The token service",
        introduction: "The gateway has its own credentials, but obtained no access token at startup. For the \
                       upload, `tokenByAkSk` …",
        counted: Counted::TokenCalls,
        rows: rows.into_iter().flatten().collect(),
    }
}

/// A row whose token service fails on every call.
fn failed(description: impl Into<String>, fault: Fault) -> Row {
    Row::failed(description, fault.on(Call::TokenByAkSk).into(), NO_TOKEN)
}

fn without_response() -> Vec<Row> {
    let ten_minutes = Duration::from_secs(600);
    let no_service = Upstream::SandboxWithoutTokenService;
    let two_resets = Fault::reset().on(Call::TokenByAkSk).first(2);
    vec![
        Row::failed("refuses connections", no_service, NO_TOKEN).calls(0),
        failed(
            "resets the connection instead of a response",
            Fault::reset(),
        )
        .calls(3),
        failed(
            "resets the connection after the response head",
            Fault::reset_after_headers(),
        ),
        failed(
            "closes the connection within the response body",
            Fault::cut(),
        ),
        failed("does not respond", Fault::delay(ten_minutes)).with(NOTHING_COMES),
        failed(
            "sends a byte every ten minutes",
            Fault::drip(ten_minutes, 1),
        )
        .with(NOTHING_COMES),
        Row::stored(
            "resets the connection instead of two responses, and then issues a token",
            two_resets.into(),
        )
        .calls(3)
        .handing_token_over(),
    ]
}

fn unusable_responses() -> Vec<Row> {
    let redirect = Fault::status(307).location("/redirected");
    [
        (
            "responds with half of the documented JSON",
            Fault::truncate(),
        ),
        ("responds with binary data", Fault::garbage()),
        ("responds with an HTML page", Fault::html()),
        (
            "responds with JSON of 256 MiB",
            Fault::huge(256 * 1024 * 1024),
        ),
        ("redirects", redirect),
    ]
    .map(|(description, fault)| failed(description, fault))
    .into()
}

fn statuses() -> Vec<Row> {
    let description = |status| format!("responds with status {status}");
    let rejected = |status| {
        let rule = Fault::status(status).on(Call::TokenByAkSk);
        let expected = Expected::own(401, "3", KEY_REFUSED);
        Row::answered(description(status), rule.into(), expected)
    };
    let failed_with = |status| failed(description(status), Fault::status(status));
    let mut rows: Vec<Row> = [400, 401, 403].map(rejected).into();
    rows.extend([404, 500].map(failed_with));
    rows.extend([429, 503].map(|status| failed_with(status).calls(3)));
    rows.extend([
        failed(
            "responds with status 429 and a `Retry-After` beyond the deadline",
            Fault::status(429).retry_after(60),
        )
        // The call at the start has the same outcome.
        .calls(0),
        Row::stored(
            "issues a token that the contact centre rejects once",
            Fault::status(403)
                .body(r#"{"errorCode":"0","exceptionInfo":"auth fail!"}"#)
                .on(Call::UploadFileStream)
                .nth(1)
                .into(),
        )
        .calls(2)
        .handing_token_over(),
    ]);
    rows
}
