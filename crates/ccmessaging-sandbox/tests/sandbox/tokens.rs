//! Access tokens, session tokens, and their rotation.

use std::time::Duration;

use ccmessaging_sandbox::{Call, ManualClock, RotationPolicy, Sandbox};
use serde_json::{Value, json};

use crate::client::{APP_KEY, APP_SECRET, Outgoing, Reply, sandbox, started};

#[tokio::test]
async fn the_right_key_and_secret_get_a_token_in_the_documented_answer() {
    let sandbox = sandbox().clock(ManualClock::new()).start().await.unwrap();
    let reply = Outgoing::token(&sandbox).send().await;

    assert_eq!(reply.status, 200);
    let token = reply.field("AccessToken");
    let expected = json!({
        "AccessToken": token,
        "ApplyType": "Bearer",
        "CreateTime": "1545650171",
        "Expires": "600",
        "Scope": "ccmessaging",
        "AppKey": APP_KEY,
        "UserID": "Anonymous",
    });
    assert_eq!(reply.json(), expected);
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 1);

    let bearer = format!("Bearer {token}");
    let upload = Outgoing::upload(&sandbox).header("authorization", &bearer);
    assert_eq!(upload.send().await.status, 200);
}

#[tokio::test]
async fn a_token_lives_as_long_as_x_token_expire_asks() {
    let clock = ManualClock::new();
    let sandbox = sandbox().clock(clock.clone()).start().await.unwrap();
    let request = Outgoing::token(&sandbox).header("x-token-expire", "60");
    let reply = request.send().await;
    assert_eq!(reply.field("Expires"), "60");

    let bearer = format!("Bearer {}", reply.field("AccessToken"));
    let upload = Outgoing::upload(&sandbox).header("authorization", &bearer);
    clock.advance(Duration::from_secs(59));
    assert_eq!(upload.clone().send().await.status, 200);
    clock.advance(Duration::from_secs(1));
    let late = upload.send().await;
    assert_eq!(late.status, 403);
    assert!(late.field("exceptionInfo").contains("expired token"));
}

#[tokio::test]
async fn x_token_expire_is_granted_up_to_an_hour_and_is_600_if_absent() {
    let sandbox = started().await;
    for (asked, granted) in [("1", "1"), ("3600", "3600"), ("3601", "3600")] {
        let request = Outgoing::token(&sandbox).header("x-token-expire", asked);
        assert_eq!(request.send().await.field("Expires"), granted, "{asked}");
    }
    let request = Outgoing::token(&sandbox).without_header("x-token-expire");
    assert_eq!(request.send().await.field("Expires"), "600");
}

#[tokio::test]
async fn a_sandbox_with_short_lived_tokens_grants_no_more() {
    let sandbox = sandbox()
        .access_token_lifetime(Duration::from_secs(5))
        .start()
        .await
        .unwrap();
    assert_eq!(Outgoing::token(&sandbox).send().await.field("Expires"), "5");
    let request = Outgoing::token(&sandbox).without_header("x-token-expire");
    assert_eq!(request.send().await.field("Expires"), "5");
}

#[tokio::test]
async fn an_x_token_expire_that_is_no_lifetime_is_answered_with_400() {
    let sandbox = started().await;
    for asked in ["0", "-1", "1.5", "soon", ""] {
        let request = Outgoing::token(&sandbox).header("x-token-expire", asked);
        assert_eq!(request.send().await.status, 400, "{asked:?}");
    }
}

#[tokio::test]
async fn a_wrong_or_missing_key_or_secret_is_answered_with_403_and_no_token() {
    let sandbox = started().await;
    let bodies = [
        json!({"app_key": APP_KEY, "app_secret": "wrong"}),
        json!({"app_key": "wrong", "app_secret": APP_SECRET}),
        json!({"app_key": APP_SECRET, "app_secret": APP_KEY}),
        json!({"app_key": APP_KEY}),
        json!({"app_secret": APP_SECRET}),
        json!({"app_key": APP_KEY, "app_secret": null}),
        json!({"app_key": APP_KEY, "app_secret": 1}),
        json!({}),
    ];
    for body in bodies {
        let reply = Outgoing::token(&sandbox).body(body.clone()).send().await;
        assert_eq!(reply.status, 403, "{body}");
        assert_eq!(reply.field("errorCode"), "0", "{body}");
        assert!(reply.field("exceptionInfo").starts_with("auth fail!"));
        assert!(!reply.json().to_string().contains(APP_SECRET), "{body}");
    }
}

#[tokio::test]
async fn a_body_of_token_by_ak_sk_that_is_not_a_json_object_is_answered_with_400() {
    let sandbox = started().await;
    for body in ["", "app_key=x", "[]"] {
        let reply = Outgoing::token(&sandbox).raw_body(body).send().await;
        assert_eq!(reply.status, 400, "{body:?}");
        assert_eq!(reply.field("errorCode"), "0");
    }
}

#[tokio::test]
async fn a_complete_request_gets_a_session_token_that_uploads_accept_for_an_hour() {
    let clock = ManualClock::new();
    let sandbox = sandbox().clock(clock.clone()).start().await.unwrap();
    let reply = Outgoing::apply_token(&sandbox).send().await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.field("resultCode"), "0");
    assert_eq!(sandbox.calls(Call::ApplyToken), 1);

    let token = reply.field("token");
    clock.advance(Duration::from_secs(3599));
    let upload = Outgoing::upload(&sandbox).header("ccmessaging-token", &token);
    assert_eq!(upload.send().await.status, 200);
    clock.advance(Duration::from_secs(1));
    let upload = Outgoing::upload(&sandbox).header("ccmessaging-token", &token);
    assert_eq!(upload.send().await.status, 401);
}

#[tokio::test]
async fn every_parameter_of_apply_token_is_mandatory() {
    let sandbox = started().await;
    for name in ["userId", "userName", "channelId", "locale"] {
        let requests = [
            Outgoing::apply_token(&sandbox).without_field(name),
            Outgoing::apply_token(&sandbox).field(name, Value::Null),
            Outgoing::apply_token(&sandbox).field(name, json!("")),
        ];
        for request in requests {
            let reply = request.send().await;
            assert_eq!(reply.status, 200, "{name}");
            assert_eq!(reply.field("resultCode"), "2", "{name}");
            assert!(reply.json().get("token").is_none(), "{name}");
        }
        let wrong = Outgoing::apply_token(&sandbox).field(name, json!(7));
        assert_eq!(wrong.send().await.field("resultCode"), "3", "{name}");
    }
}

#[tokio::test]
async fn a_user_id_has_up_to_32_characters_whatever_their_size_in_bytes() {
    let sandbox = started().await;
    for (user_id, code) in [
        ("u".repeat(32), "0"),
        ("u".repeat(33), "3"),
        ("界".repeat(32), "0"),
        ("界".repeat(33), "3"),
    ] {
        let request = Outgoing::apply_token(&sandbox).field("userId", json!(user_id));
        assert_eq!(request.send().await.field("resultCode"), code, "{user_id}");
    }
}

#[tokio::test]
async fn the_fabric_admits_only_its_own_tokens_and_app_key() {
    let sandbox = started().await;
    let requests = [
        Outgoing::apply_token(&sandbox).without_header("authorization"),
        Outgoing::apply_token(&sandbox).header("authorization", "Bearer x"),
        Outgoing::apply_token(&sandbox).without_header("x-app-key"),
    ];
    for request in requests {
        let reply = request.send().await;
        assert_eq!(reply.status, 403);
        assert_eq!(reply.field("errorCode"), "0");
    }
}

#[tokio::test]
async fn a_body_of_apply_token_that_is_not_a_json_object_is_answered_with_400() {
    let sandbox = started().await;
    let reply = Outgoing::apply_token(&sandbox).raw_body("{").send().await;
    assert_eq!(reply.status, 400);
    assert_eq!(reply.field("resultCode"), "3");
}

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
