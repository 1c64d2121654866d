//! The credentials and identifiers of all calls of the chat, and faults.

use ccmessaging_sandbox::{Call, Fault, RotationPolicy};
use serde_json::json;

use super::{POLL, assert_refused, connected, messages};
use crate::client::{Outgoing, sandbox, started};

#[tokio::test]
async fn ids_must_be_those_of_the_session_token() {
    let sandbox = connected().await;
    let token = sandbox.issue_session_token_for("other", "sandbox");
    let foreign = [
        Outgoing::message(&sandbox, Call::Send, "CHAT").field("from", json!("other")),
        Outgoing::message(&sandbox, Call::Send, "CHAT").field("to", json!("other")),
        Outgoing::message(&sandbox, Call::SendAsync, "CHAT").header("ccmessaging-token", &token),
        Outgoing::poll(&sandbox, "receiverId=other&channel=WEB"),
        Outgoing::poll(&sandbox, POLL).header("ccmessaging-token", &token),
    ];
    for request in foreign {
        assert_refused(&sandbox, request, "3").await;
    }
    for name in ["userId", "channelId"] {
        let history = Outgoing::history(&sandbox).field(name, json!("other"));
        assert_refused(&sandbox, history, "1").await;
    }
    assert_eq!(
        messages(&Outgoing::poll(&sandbox, POLL).send().await).len(),
        1
    );
}

#[tokio::test]
async fn apply_token_binds_the_ids_to_its_token() {
    let sandbox = started().await;
    let token = Outgoing::apply_token(&sandbox).send().await.field("token");
    let connect =
        Outgoing::message(&sandbox, Call::Send, "CONNECT").header("ccmessaging-token", &token);
    assert_eq!(connect.clone().send().await.field("resultCode"), "3");
    let own = connect
        .field("from", json!("u-1"))
        .field("to", json!("c-1"));
    assert_eq!(own.send().await.field("resultCode"), "0");
    let conversation = sandbox.desk().conversation("u-1").expect("a conversation");
    assert_eq!(conversation.user_name, "Ada");
}

#[tokio::test]
async fn unbound_ids_let_any_token_use_any_ids() {
    let sandbox = sandbox().unbound_ids().start().await.unwrap();
    let message = |control_type| {
        Outgoing::message(&sandbox, Call::Send, control_type)
            .field("from", json!("u-1"))
            .field("to", json!("c-1"))
    };
    assert_eq!(message("CONNECT").send().await.field("resultCode"), "0");
    assert_eq!(message("CHAT").send().await.field("resultCode"), "0");
    let poll = Outgoing::poll(&sandbox, "receiverId=u-1&channel=WEB");
    assert_eq!(messages(&poll.send().await).len(), 1);
}

#[tokio::test]
async fn chat_calls_require_credentials_and_rotate_the_token() {
    let builder = sandbox().rotate_session_token(RotationPolicy::every_call().revoke_old());
    let sandbox = builder.start().await.unwrap();
    let requests = [
        Outgoing::message(&sandbox, Call::Send, "CONNECT"),
        Outgoing::message(&sandbox, Call::SendAsync, "CONNECT"),
        Outgoing::poll(&sandbox, POLL),
        Outgoing::history(&sandbox),
    ];
    for request in requests {
        let no_session = request.clone().without_header("ccmessaging-token");
        assert_eq!(no_session.send().await.status, 401);
        let no_access = request.clone().without_header("authorization");
        assert_eq!(no_access.send().await.status, 403);
        let reply = request.send().await;
        let token = reply.header("ccmessaging-token").expect("a new token");
        let poll = Outgoing::poll(&sandbox, POLL).header("ccmessaging-token", token);
        assert_eq!(poll.send().await.field("resultCode"), "0");
    }
}

#[tokio::test]
async fn faults_apply_to_chat_calls_by_name() {
    let sandbox = connected().await;
    sandbox.set_faults([Fault::status(503).on(Call::Poll).nth(1)]);
    let failed = Outgoing::poll(&sandbox, POLL).send().await;
    assert_eq!(failed.status, 503);
    // The fault is injected before the call is executed, so the message is still there.
    let polled = Outgoing::poll(&sandbox, POLL).send().await;
    assert_eq!(messages(&polled).len(), 1);
    for &call in Call::ALL {
        let plan = format!(r#"[{{"call": "{call}", "fault": "reset"}}]"#);
        let plan: ccmessaging_sandbox::FaultPlan = plan.parse().expect("a plan");
        assert_eq!(plan, Fault::reset().on(call).into());
    }
}
