//! The number of access token calls in the metrics for Prometheus and CloudWatch.

use ccmessaging_sandbox::{Call, Fault, FaultPlan};
use gateway_tests::{Platform, json_lines};
use serde_json::Value;

use crate::{fail, from_browser, managed_gateway, sandbox};

#[tokio::test]
async fn prometheus_metrics_count_obtained_and_failed_tokens() {
    let settings = [("METRICS_ADDRESS", "127.0.0.1:0")];
    let failing = Fault::status(500).on(Call::TokenByAkSk);
    for (plan, is_obtained) in [(FaultPlan::default(), true), (failing.into(), false)] {
        let (sandbox, _clock) = sandbox().await;
        fail(&sandbox, plan);
        let gateway = managed_gateway(Platform::Http, &sandbox, &settings).await;
        let request = from_browser(&sandbox.issue_session_token());
        for _ in 0..2 {
            gateway.send(&request).await;
        }
        let metrics = gateway.metrics().await.text;
        let fetches = |result| -> u64 {
            let series = format!("upload_file_stream_token_fetches_total{{result=\"{result}\"}} ");
            let value = metrics.lines().find_map(|line| line.strip_prefix(&series));
            value.expect("the series").parse().expect("a count")
        };
        assert_eq!(fetches("obtained"), u64::from(is_obtained));
        // A service that fails is asked again after a while.
        assert_eq!(fetches("failed") > 0, !is_obtained);
    }
}

#[tokio::test]
async fn cloudwatch_metrics_count_token_fetches_per_upload() {
    let (sandbox, _clock) = sandbox().await;
    let settings = [("METRICS_NAMESPACE", "Chat/Uploads")];
    let gateway = managed_gateway(Platform::Lambda, &sandbox, &settings).await;
    let request = from_browser(&sandbox.issue_session_token());
    for _ in 0..2 {
        gateway.send(&request).await.assert_stored();
    }
    let log = gateway.stop().await;
    let fetches = json_lines(&log).filter_map(|line| line.get("TokenFetches").cloned());
    assert_eq!(fetches.collect::<Vec<Value>>(), [1, 0]);
}
