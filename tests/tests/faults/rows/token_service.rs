//! The token service, where the gateway has credentials of its own.

use super::NOTHING_COMES;
use crate::table::{Counted, Expected, Row, Section, Upstream};

const NO_TOKEN: &str = "the gateway cannot obtain an access token; try again later";
const KEY_REFUSED: &str =
    "the contact centre refuses the gateway's app key; its operator must correct it";

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

fn failed(fault: &'static str, plan: &'static str) -> Row {
    Row::failed(fault, Upstream::Sandbox(plan), NO_TOKEN)
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
            "token:*=reset",
        )
        .calls(3),
        failed(
            "resets the connection after the answer's head",
            "token:*=reset:headers",
        ),
        failed("hangs up within the answer's body", "token:*=cut"),
        failed("does not answer", "token:*=delay:600s").with(NOTHING_COMES),
        failed("sends a byte every ten minutes", "token:*=drip:600s").with(NOTHING_COMES),
        Row::stored(
            "resets the connection in place of two answers, and then issues a token",
            Upstream::Sandbox("token:1-2=reset"),
        )
        .calls(3)
        .handing_token_over(),
    ]
}

fn answered() -> Vec<Row> {
    let refused = |fault, plan| {
        let answer = Expected::own(401, "3", KEY_REFUSED);
        Row::answered(fault, Upstream::Sandbox(plan), answer)
    };
    vec![
        failed("answers with half of the documented JSON", "token:*=truncate"),
        failed("answers with binary rubbish", "token:*=garbage"),
        failed("answers with an HTML page", "token:*=html"),
        failed("answers with JSON of 256 MiB", "token:*=huge:256MiB"),
        failed("redirects", "token:*=redirect"),
        refused("answers with status 400", "token:*=status:400"),
        refused("answers with status 401", "token:*=status:401"),
        refused("answers with status 403", "token:*=status:403"),
        failed("answers with status 404", "token:*=status:404"),
        failed("answers with status 500", "token:*=status:500"),
        failed("answers with status 429", "token:*=status:429").calls(3),
        failed("answers with status 503", "token:*=status:503").calls(3),
        failed(
            "answers with status 429 and a `Retry-After` beyond the deadline",
            "token:*=status:429,retry-after:60",
        ),
        Row::stored(
            "issues a token that the contact centre refuses once",
            Upstream::Sandbox(
                r#"upload:1=status:403,body:"{\"errorCode\":\"0\",\"exceptionInfo\":\"auth fail!\"}""#,
            ),
        )
        .calls(2)
        .handing_token_over(),
    ]
}
