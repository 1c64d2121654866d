//! The upstream's own responses are returned unchanged, with any status. Invalid responses are in
//! the table of the suite `faults`.

use gateway_tests::{
    Platform, Request, Script, ScriptedUpstream, Step, answers, http_answer, received, stored,
};
use wiremock::{MockServer, ResponseTemplate};

use crate::gateway;

#[tokio::test]
async fn every_documented_answer_passes_through_unchanged() {
    let stored = stored();
    // Every documented status and return code, in both documented spellings, and what the API fabric
    // and gateways in front of it are known to send.
    let cases = [
        (200, stored.as_str()),
        (
            200,
            r#"{ "objectKey" : "k", "returnCode" : "0", "extra": [1.50, "\u00e9"] }"#,
        ),
        (
            200,
            r#"{"resultCode":"0","resultDesc":"success","objectKey":"k"}"#,
        ),
        (200, r#"{"returnCode":"2"}"#),
        (200, r#"{"returnCode":"3"}"#),
        (200, r#"{"returnCode":"13"}"#),
        (
            200,
            r#"{"resultCode":"13","resultDesc":"upload file exception"}"#,
        ),
        (400, r#"{"returnCode":"3"}"#),
        (401, r#"{"returnCode":"401"}"#),
        (
            403,
            r#"{"errorCode":"0","exceptionInfo":"auth fail! illegal or expired token info."}"#,
        ),
        (404, r#"{"returnCode":"404"}"#),
        (413, r#"{"error":"too large"}"#),
        (500, r#"{"returnCode":"13"}"#),
        (501, "{}"),
        (418, r#"{"error_msg":"x","error_code":"APIG.0301"}"#),
    ];
    for platform in Platform::ALL {
        let upstream = MockServer::start().await;
        let gateway = gateway(platform, &upstream.uri(), &[]).await;
        for (status, body) in cases {
            let answer = ResponseTemplate::new(status).set_body_raw(body, "application/json");
            answers(&upstream, answer).await;
            let answer = gateway.send(&Request::png()).await;
            assert_eq!((answer.status, answer.text.as_str()), (status, body));
            assert_eq!(received(&upstream).await.len(), 1, "{status} {body}");
        }
    }
}

#[tokio::test]
async fn a_second_response_after_the_first_is_discarded() {
    let stored = |key: &str| {
        let body = format!(r#"{{"returnCode":"0","objectKey":"{key}"}}"#);
        http_answer(200, "", body)
    };
    let both = Step::Write([stored("own"), stored("stray")].concat());
    let script = Script::new([Step::ReadRequest, both, Step::Wait]);
    let upstream = ScriptedUpstream::start(script).await;
    for platform in Platform::ALL {
        let gateway = gateway(platform, &upstream.uri(), &[]).await;
        for _ in 0..5 {
            assert_eq!(gateway.send(&Request::png()).await.assert_stored(), "own");
        }
    }
}
