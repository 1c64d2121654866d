//! How often access tokens are asked for, as Prometheus and CloudWatch are told.

use ccmessaging_sandbox::{Call, Fault, FaultPlan};
use gateway_tests::{Door, Gateway, PrometheusText};
use serde_json::Value;

use crate::{from_browser, managed_gateway, sandbox};

/// How many tokens were obtained, and how many calls gave none.
async fn fetches(gateway: &Gateway) -> [Option<f64>; 2] {
    let metrics = PrometheusText::parse(&gateway.metrics().await.text);
    ["obtained", "failed"].map(|result| {
        metrics.value(
            "upload_file_stream_token_fetches_total",
            &[("result", result)],
        )
    })
}

#[tokio::test]
async fn prometheus_reads_how_many_were_obtained_and_how_many_failed() {
    let settings = [("METRICS_ADDRESS", "127.0.0.1:0")];
    let failing = FaultPlan::from(Fault::status(500).on(Call::TokenByAkSk));
    for (plan, is_obtained) in [(FaultPlan::default(), true), (failing, false)] {
        let (sandbox, _clock) = sandbox().await;
        sandbox.set_faults(plan);
        let gateway = managed_gateway(Door::Http, &sandbox, &settings).await;
        let request = from_browser(&sandbox.issue_session_token());
        for _ in 0..2 {
            gateway.send(&request).await;
        }
        let [obtained, failed] = fetches(&gateway).await;
        // A service that fails is asked again after a while.
        assert_eq!(
            (obtained, failed > Some(0.0)),
            (Some(f64::from(is_obtained)), !is_obtained)
        );
    }
}

#[tokio::test]
async fn cloudwatch_is_told_of_a_fetch_with_the_upload_that_needed_it() {
    let (sandbox, _clock) = sandbox().await;
    let settings = [("METRICS_NAMESPACE", "Chat/Uploads")];
    let gateway = managed_gateway(Door::Lambda, &sandbox, &settings).await;
    let request = from_browser(&sandbox.issue_session_token());
    for _ in 0..2 {
        assert_eq!(gateway.send(&request).await.json()["returnCode"], "0");
    }
    let told: Vec<Value> = gateway
        .stop()
        .await
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|line| line.get("TokenFetches").cloned())
        .collect();
    assert_eq!(told, [1, 0]);
}
