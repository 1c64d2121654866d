use std::time::Duration;

use ccmessaging_sandbox::{Call, ManualClock};
use serde_json::json;

use crate::client::{APP_KEY, APP_SECRET, Outgoing, sandbox, started};

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
async fn a_body_that_is_not_a_json_object_is_answered_with_400() {
    let sandbox = started().await;
    for body in ["", "app_key=x", "[]"] {
        let reply = Outgoing::token(&sandbox).raw_body(body).send().await;
        assert_eq!(reply.status, 400, "{body:?}");
        assert_eq!(reply.field("errorCode"), "0");
    }
}
