//! The token service, where the gateway has credentials of its own.

use std::time::Duration;

use ccmessaging_sandbox::{Call, Fault};

use super::IMPATIENT;
use crate::table::{Counted, Expected, Row, Section, Upstream};

const NO_TOKEN: &str = "the gateway cannot obtain an access token; try again later";
const KEY_REFUSED: &str =
    "the contact centre refuses the gateway's app key; its operator must correct it";

pub(crate) fn section() -> Section {
    let mut rows = without_answer();
    rows.extend(answered());
    Section {
        title: "The token service",
        introduction: "The gateway has credentials of its own, and obtained no access token at its start. \
                       For the upload, `tokenByAkSk` …",
        counted: Counted::TokenCalls,
        rows,
    }
}

fn failed(name: &'static str, fault: Fault) -> Row {
    Row::failed(name, fault.on(Call::TokenByAkSk).into(), NO_TOKEN)
}

fn without_answer() -> Vec<Row> {
    let ten_minutes = Duration::from_secs(600);
    vec![
        Row::failed(
            "refuses connections",
            Upstream::SandboxWithoutTokenService,
            NO_TOKEN,
        )
        .calls(0),
        failed(
            "resets the connection in place of an answer",
            Fault::reset(),
        )
        .calls(3),
        failed(
            "resets the connection after the answer's head",
            Fault::reset_after_headers(),
        ),
        failed("hangs up within the answer's body", Fault::cut()),
        failed("does not answer", Fault::delay(ten_minutes)).with(IMPATIENT),
        failed(
            "sends a byte every ten minutes",
            Fault::drip(ten_minutes, 1),
        )
        .with(IMPATIENT),
        Row::stored(
            "resets the connection in place of two answers, and then issues a token",
            Fault::reset().on(Call::TokenByAkSk).first(2).into(),
        )
        .calls(3)
        .handing_token_over(),
    ]
}

fn answered() -> Vec<Row> {
    let refused = |name, fault: Fault| {
        let answer = Expected::own(401, "3", KEY_REFUSED);
        Row::answered(name, fault.on(Call::TokenByAkSk).into(), answer)
    };
    vec![
        failed(
            "answers with half of the documented JSON",
            Fault::truncate(),
        ),
        failed("answers with binary rubbish", Fault::garbage()),
        failed("answers with an HTML page", Fault::html()),
        failed(
            "answers with JSON of 256 MiB",
            Fault::huge(256 * 1024 * 1024),
        ),
        failed("redirects", Fault::status(307).location("/redirected")),
        refused("answers with status 400", Fault::status(400)),
        refused("answers with status 401", Fault::status(401)),
        refused("answers with status 403", Fault::status(403)),
        failed("answers with status 404", Fault::status(404)),
        failed("answers with status 500", Fault::status(500)),
        failed("answers with status 429", Fault::status(429)).calls(3),
        failed("answers with status 503", Fault::status(503)).calls(3),
        failed(
            "answers with status 429 and a `Retry-After` beyond the deadline",
            Fault::status(429).retry_after(60),
        ),
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
