//! The platform's deadline: the gateway responds before the platform ends the function.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ccmessaging_sandbox::{Call, Fault, FaultRule};
use futures_util::future::join_all;
use gateway_tests::{Invocation, PATIENT, Platform, Request, Wire, http_api_event};

use crate::{fail, from_browser, managed_gateway, sandbox};

/// Below every other limit of a patient gateway: an answer that comes so early comes because of the
/// platform's deadline. How much earlier than that deadline, the type `Deadline` is tested for.
const BEFORE_ANY_OTHER_LIMIT: Duration = Duration::from_secs(60);

/// Nothing, or almost nothing, arrives in time.
fn rules() -> [FaultRule; 3] {
    let ten_minutes = Duration::from_secs(600);
    [
        Fault::delay(ten_minutes).on(Call::UploadFileStream),
        Fault::delay(ten_minutes).on(Call::TokenByAkSk),
        Fault::drip(ten_minutes, 1).on(Call::UploadFileStream),
    ]
}

#[tokio::test]
async fn lambda_invocation_gets_a_response_before_its_deadline() {
    let answered = async |rule: FaultRule| {
        let plan = format!("{rule:?}");
        let (sandbox, _clock) = sandbox().await;
        fail(&sandbox, rule);
        let gateway = managed_gateway(Platform::Lambda, &sandbox, &PATIENT).await;
        let event = http_api_event(&from_browser(&sandbox.issue_session_token()));
        // Once it is up, so that nothing of its start counts against the deadline.
        let health = Request::bare("GET", "/healthz");
        assert_eq!(gateway.send(&health).await.status, 200);
        let cut_off = SystemTime::now() + Duration::from_secs(4);
        let since_epoch = cut_off.duration_since(UNIX_EPOCH).expect("after 1970");
        let deadline_ms = u64::try_from(since_epoch.as_millis()).expect("before the end of time");
        let before = Instant::now();
        let invocation = gateway.runtime().invoke_until(&event, deadline_ms).await;
        assert!(before.elapsed() < BEFORE_ANY_OTHER_LIMIT, "{plan}");
        let Invocation::Answered(answer) = invocation else {
            panic!("{plan}: {invocation:?}");
        };
        assert_eq!(answer["statusCode"], 500);
        let body = answer["body"].as_str().expect("a body");
        assert!(body.contains(r#""returnCode":"13""#));
    };
    join_all(rules().map(answered)).await;
}

#[tokio::test]
async fn missing_body_is_rejected_before_the_platform_timeout() {
    let (sandbox, _clock) = sandbox().await;
    let gateway = managed_gateway(Platform::Http, &sandbox, &PATIENT).await;
    let upload = from_browser("session")
        .with("x-cff-request-id", "stalled")
        .with("x-cff-timeout", "1");
    for (request, status) in [
        (upload.clone(), 408),
        (upload.clone().with("ccmessaging-token", ""), 400),
        (upload.path("/unknown"), 404),
    ] {
        let head = request.head(&["content-length: 1000"]);
        let before = Instant::now();
        let mut wire = Wire::open(gateway.address()).await;
        let answer = wire.ask(head + "{").await;
        assert!(before.elapsed() < BEFORE_ANY_OTHER_LIMIT, "{status}");
        assert_eq!(answer.status, status);
    }
    assert_eq!(sandbox.calls(Call::UploadFileStream), 0);
}

#[tokio::test]
async fn functiongraph_request_gets_a_response_before_its_timeout() {
    let answered = async |rule: FaultRule| {
        let plan = format!("{rule:?}");
        let (sandbox, _clock) = sandbox().await;
        fail(&sandbox, rule);
        let gateway = managed_gateway(Platform::Http, &sandbox, &PATIENT).await;
        let request = from_browser(&sandbox.issue_session_token())
            .with("x-cff-request-id", "cff-1")
            .with("x-cff-timeout", "2");
        let before = Instant::now();
        let answer = gateway.send(&request).await;
        assert!(before.elapsed() < BEFORE_ANY_OTHER_LIMIT, "{plan}");
        answer.assert_refused(500, "13", &[]);
    };
    join_all(rules().map(answered)).await;
}
