//! The platform's own deadline: the answer comes before it cuts the function off.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use gateway_tests::{Door, Invocation, http_api_event};

use crate::{from_browser, managed_gateway, sandbox};

const PLANS: [&str; 3] = [
    "upload:*=delay:600s",
    "token:*=delay:600s",
    "upload:*=drip:600s",
];

#[tokio::test]
async fn a_lambda_invocation_is_answered_before_its_deadline() {
    for plan in PLANS {
        let (sandbox, _clock) = sandbox().await;
        sandbox.faults().set(plan.parse().expect("a plan"));
        let gateway = managed_gateway(Door::Lambda, &sandbox, &[]).await;
        let event = http_api_event(&from_browser(&sandbox.issue_session_token()));
        let cut_off = SystemTime::now() + Duration::from_secs(2);
        let since_epoch = cut_off.duration_since(UNIX_EPOCH).expect("after 1970");
        let deadline_ms = u64::try_from(since_epoch.as_millis()).expect("before the end of time");
        let invocation = gateway.runtime().invoke_until(&event, deadline_ms).await;
        assert!(SystemTime::now() < cut_off, "{plan}");
        let Invocation::Answered(answer) = invocation else {
            panic!("{plan}: {invocation:?}");
        };
        assert_eq!(answer["statusCode"], 500);
        assert!(
            answer["body"]
                .as_str()
                .expect("a body")
                .contains(r#""returnCode":"13""#)
        );
    }
}

#[tokio::test]
async fn a_functiongraph_request_is_answered_before_its_timeout() {
    for plan in PLANS {
        let (sandbox, _clock) = sandbox().await;
        sandbox.faults().set(plan.parse().expect("a plan"));
        let gateway = managed_gateway(Door::Http, &sandbox, &[]).await;
        let request = from_browser(&sandbox.issue_session_token())
            .with("x-cff-request-id", "cff-1")
            .with("x-cff-timeout", "2");
        let before = Instant::now();
        let answer = gateway.send(&request).await;
        assert!(before.elapsed() < Duration::from_secs(2), "{plan}");
        answer.assert_refused(500, "13", &[]);
    }
}
