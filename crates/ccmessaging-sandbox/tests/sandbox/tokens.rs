//! Access tokens, session tokens, and their rotation.

use std::time::Duration;

use ccmessaging_sandbox::{Call, ManualClock, RotationPolicy, Sandbox};
use serde_json::{Value, json};

use crate::client::{APP_KEY, APP_SECRET, Outgoing, Reply, sandbox, started};

#[tokio::test]
async fn correct_key_and_secret_return_a_token_in_the_documented_format() {
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
async fn access_tokens_expire_after_x_token_expire() {
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
async fn x_token_expire_is_at_most_an_hour_and_600_by_default() {
    let sandbox = started().await;
    for (asked, granted) in [("1", "1"), ("3600", "3600"), ("3601", "3600")] {
        let request = Outgoing::token(&sandbox).header("x-token-expire", asked);
        assert_eq!(request.send().await.field("Expires"), granted, "{asked}");
    }
    let request = Outgoing::token(&sandbox).without_header("x-token-expire");
    assert_eq!(request.send().await.field("Expires"), "600");
}

#[tokio::test]
async fn access_token_lifetime_limits_x_token_expire() {
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
async fn invalid_x_token_expire_is_rejected_with_400() {
    let sandbox = started().await;
    for asked in ["0", "-1", "1.5", "soon", ""] {
        let request = Outgoing::token(&sandbox).header("x-token-expire", asked);
        assert_eq!(request.send().await.status, 400, "{asked:?}");
    }
}

#[tokio::test]
async fn wrong_or_missing_key_or_secret_is_rejected_with_403() {
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
async fn token_by_ak_sk_rejects_bodies_other_than_json_objects() {
    let sandbox = started().await;
    for body in ["", "app_key=x", "[]"] {
        let reply = Outgoing::token(&sandbox).raw_body(body).send().await;
        assert_eq!(reply.status, 400, "{body:?}");
        assert_eq!(reply.field("errorCode"), "0");
    }
}

#[tokio::test]
async fn apply_token_returns_a_session_token_valid_for_an_hour() {
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
async fn apply_token_parameters_are_mandatory() {
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
async fn user_id_has_at_most_32_characters() {
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
async fn apply_token_requires_access_token_and_app_key() {
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
async fn apply_token_rejects_bodies_other_than_json_objects() {
    let sandbox = started().await;
    let reply = Outgoing::apply_token(&sandbox).raw_body("{").send().await;
    assert_eq!(reply.status, 400);
    assert_eq!(reply.field("resultCode"), "3");
}

/// The documented lifetime of a session token.
const HOUR: Duration = Duration::from_secs(3600);
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
async fn tokens_are_not_replaced_by_default() {
    let clock = ManualClock::new();
    let sandbox = sandbox().clock(clock.clone()).start().await.unwrap();
    let token = sandbox.issue_session_token();
    clock.advance(LAST_TICK);
    let reply = upload_with(&sandbox, &token).await;
    assert_eq!((reply.status.as_u16(), new_token(&reply)), (200, None));
}

#[tokio::test]
async fn every_call_rotation_keeps_old_tokens_valid() {
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
async fn strict_rotation_revokes_the_old_token() {
    let policy = RotationPolicy::every_call().revoke_old();
    let (sandbox, _) = rotating(policy).await;
    let first = sandbox.issue_session_token();
    let second = new_token(&upload_with(&sandbox, &first).await).expect("a new token");
    assert_eq!(upload_with(&sandbox, &first).await.status, 401);
    assert_eq!(upload_with(&sandbox, &second).await.status, 200);
}

#[tokio::test]
async fn rejected_uploads_return_the_new_token() {
    let policy = RotationPolicy::every_call().revoke_old();
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
async fn downloads_rotate_the_token() {
    let (sandbox, _) = rotating(RotationPolicy::every_call()).await;
    let reply = Outgoing::download(&sandbox, "local/none").send().await;
    let token = new_token(&reply).expect("a new token");
    assert_eq!(upload_with(&sandbox, &token).await.status, 200);
}
