use std::time::Duration;

use ccmessaging_sandbox::{ManualClock, RotationPolicy, Sandbox};
use serde_json::json;

use crate::client::{Outgoing, Reply, sandbox};

/// The documented life of a session token.
const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_millis(1);
const MINUTE_59: Duration = Duration::from_secs(59 * 60);
const LAST_TICK: Duration = Duration::from_millis(3_599_999);

async fn rotating(policy: RotationPolicy) -> (Sandbox, ManualClock) {
    let clock = ManualClock::new();
    let sandbox = sandbox()
        .rotate_session_token(policy)
        .clock(clock.clone())
        .start()
        .await
        .unwrap();
    (sandbox, clock)
}

async fn upload_with(sandbox: &Sandbox, token: &str) -> Reply {
    Outgoing::upload(sandbox)
        .header("ccmessaging-token", token)
        .send()
        .await
}

fn new_token(reply: &Reply) -> Option<String> {
    reply.header("ccmessaging-token").map(str::to_owned)
}

#[tokio::test]
async fn by_default_no_token_is_replaced() {
    let clock = ManualClock::new();
    let sandbox = sandbox().clock(clock.clone()).start().await.unwrap();
    let token = sandbox.issue_session_token();
    clock.advance(LAST_TICK);
    let reply = upload_with(&sandbox, &token).await;
    assert_eq!((reply.status.as_u16(), new_token(&reply)), (200, None));
}

#[tokio::test]
async fn with_rotation_on_every_call_each_answer_brings_a_new_token_and_the_old_one_stays_good() {
    let (sandbox, clock) = rotating(RotationPolicy::every_call()).await;
    let first = sandbox.issue_session_token();
    let second = new_token(&upload_with(&sandbox, &first).await).expect("a new token");
    let third = new_token(&upload_with(&sandbox, &second).await).expect("a new token");
    assert!(first != second && second != third && first != third);
    assert_eq!(upload_with(&sandbox, &first).await.status, 200);

    clock.advance(HOUR);
    let expired = upload_with(&sandbox, &third).await;
    assert_eq!((expired.status.as_u16(), new_token(&expired)), (401, None));
}

#[tokio::test]
async fn a_strict_rotation_refuses_the_old_token() {
    let policy = RotationPolicy::every_call().refusing_the_old_token();
    let (sandbox, _) = rotating(policy).await;
    let first = sandbox.issue_session_token();
    let second = new_token(&upload_with(&sandbox, &first).await).expect("a new token");
    assert_eq!(upload_with(&sandbox, &first).await.status, 401);
    assert_eq!(upload_with(&sandbox, &second).await.status, 200);
}

#[tokio::test]
async fn a_refused_upload_hands_over_the_new_token_all_the_same() {
    let policy = RotationPolicy::every_call().refusing_the_old_token();
    let (sandbox, _) = rotating(policy).await;
    let reply = Outgoing::upload(&sandbox)
        .field("channel", json!("APP"))
        .send()
        .await;
    assert_eq!(reply.field("returnCode"), "3");
    let token = new_token(&reply).expect("a new token");
    assert_eq!(upload_with(&sandbox, &token).await.field("returnCode"), "0");
}

#[tokio::test]
async fn a_download_rotates_the_token_like_an_upload() {
    let (sandbox, _) = rotating(RotationPolicy::every_call()).await;
    let reply = Outgoing::download(&sandbox, "local/none").send().await;
    let token = new_token(&reply).expect("a new token");
    assert_eq!(upload_with(&sandbox, &token).await.status, 200);
}

#[tokio::test]
async fn around_expiry_a_token_is_replaced_only_within_the_window() {
    let policy = RotationPolicy::around_expiry(MINUTE, 2 * MINUTE);
    for (age, status, replaced) in [
        (Duration::ZERO, 200, false),
        (MINUTE_59, 200, false),
        (MINUTE_59 + TICK, 200, true),
        (HOUR, 200, true),
        (HOUR + 2 * MINUTE, 200, true),
        (HOUR + 2 * MINUTE + TICK, 401, false),
    ] {
        let (sandbox, clock) = rotating(policy).await;
        let token = sandbox.issue_session_token();
        clock.advance(age);
        let reply = upload_with(&sandbox, &token).await;
        assert_eq!(reply.status, status, "{age:?}");
        assert_eq!(new_token(&reply).is_some(), replaced, "{age:?}");
        assert_eq!(
            sandbox.uploads().len(),
            usize::from(status == 200),
            "{age:?}"
        );
    }
}

#[tokio::test]
async fn a_replacement_lives_an_hour_from_the_moment_of_its_issue() {
    let (sandbox, clock) = rotating(RotationPolicy::around_expiry(MINUTE, MINUTE)).await;
    let first = sandbox.issue_session_token();
    clock.advance(HOUR);
    let second = new_token(&upload_with(&sandbox, &first).await).expect("a new token");
    clock.advance(MINUTE_59);
    let reply = upload_with(&sandbox, &second).await;
    assert_eq!((reply.status.as_u16(), new_token(&reply)), (200, None));
}

#[tokio::test]
async fn windows_of_any_length_are_taken() {
    let policy = RotationPolicy::around_expiry(Duration::MAX, Duration::MAX);
    let (sandbox, clock) = rotating(policy).await;
    let token = sandbox.issue_session_token();
    clock.advance(1000 * HOUR);
    assert!(new_token(&upload_with(&sandbox, &token).await).is_some());
}

#[tokio::test]
async fn tokens_stay_good_however_many_others_are_issued_after_them() {
    let policy = RotationPolicy::around_expiry(Duration::ZERO, MINUTE);
    let (sandbox, clock) = rotating(policy).await;
    let upload = Outgoing::upload(&sandbox);
    clock.advance(HOUR);
    // Access tokens of the usual ten minutes have expired by now; a session token within its
    // minute of grace has not.
    let upload = upload.header(
        "authorization",
        &format!("Bearer {}", sandbox.issue_access_token()),
    );
    for _ in 0..5000 {
        let _ = sandbox.issue_session_token();
        let _ = sandbox.issue_access_token();
    }
    let reply = upload.send().await;
    assert_eq!(reply.status, 200);
    assert!(new_token(&reply).is_some());
}
