//! send, sendAsync, poll and queryHistoryChatMessage.

use ccmessaging_sandbox::{Call, ConversationState, Direction, Fault, RotationPolicy, Sandbox};
use serde_json::{Value, json};

use crate::client::{Outgoing, Reply, sandbox, started};

const USER: &str = "sandbox-user";
const POLL: &str = "receiverId=sandbox-user&channel=WEB";

/// Sends a message with `control_type`, and asserts that the sandbox accepts it.
async fn send_ok(sandbox: &Sandbox, control_type: &str) {
    let reply = Outgoing::message(sandbox, Call::Send, control_type);
    let reply = reply.send().await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.json(),
        json!({"resultCode": "0", "resultDesc": "success"}),
        "{control_type}"
    );
}

/// Asserts that a message is rejected with `code` and status 200, and that the desk has only the
/// greeting.
async fn assert_refused(sandbox: &Sandbox, message: Outgoing, code: &str) {
    let reply = message.send().await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.field("resultCode"), code, "{:?}", reply.json());
    let conversation = sandbox.desk().conversation(USER).expect("a conversation");
    assert_eq!(conversation.messages.len(), 1);
}

async fn connected() -> Sandbox {
    let sandbox = started().await;
    send_ok(&sandbox, "CONNECT").await;
    sandbox
}

/// Uploads a file and returns its object key.
async fn uploaded(sandbox: &Sandbox, file_type: &str) -> String {
    let upload = Outgoing::upload(sandbox).field("fileType", json!(file_type));
    upload.send().await.field("objectKey")
}

fn messages(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.field("resultCode"), "0");
    let json = reply.json();
    let messages = json["downlinkMessages"].as_array();
    messages.expect("a list of messages").clone()
}

#[tokio::test]
async fn a_chat_goes_from_robot_to_agent_to_its_end() {
    let sandbox = started().await;
    let desk = sandbox.desk();
    assert_eq!(desk.conversations(), []);
    for (control_type, state) in [
        ("CONNECT", ConversationState::Robot),
        ("CHAT", ConversationState::Robot),
        ("TRANS2AGENT", ConversationState::Agent),
        ("CONNECT", ConversationState::Agent),
        ("INPUT", ConversationState::Agent),
        ("READ", ConversationState::Agent),
        ("DISCONNECT", ConversationState::Ended),
        ("CONNECT", ConversationState::Robot),
    ] {
        send_ok(&sandbox, control_type).await;
        let conversation = desk.conversation(USER).expect("a conversation");
        assert_eq!(conversation.state, state, "{control_type}");
    }
    let conversation = desk.conversation(USER).expect("a conversation");
    assert_eq!(conversation.user_name, "Sandbox user");
    assert_eq!(conversation.channel_id, "sandbox");
    let texts: Vec<_> = conversation
        .messages
        .iter()
        .map(|message| (message.direction, message.source_type))
        .collect();
    let greeting = (Direction::Out, "ROBOT");
    assert_eq!(texts, [greeting, (Direction::In, "CUSTOMER"), greeting]);
    assert_eq!(conversation.messages[1].text.as_deref(), Some("Hello"));
    assert_eq!(sandbox.calls(Call::Send), 8);
}

#[tokio::test]
async fn messages_before_connect_and_after_disconnect_are_rejected() {
    let sandbox = started().await;
    for control_type in ["CHAT", "TRANS2AGENT", "INPUT", "READ", "DISCONNECT"] {
        for call in [Call::Send, Call::SendAsync] {
            let reply = Outgoing::message(&sandbox, call, control_type).send().await;
            assert_eq!(reply.field("resultCode"), "3", "{call} {control_type}");
            assert!(reply.field("resultDesc").contains("CONNECT first"));
        }
    }
    assert_eq!(sandbox.desk().conversations(), []);

    send_ok(&sandbox, "CONNECT").await;
    send_ok(&sandbox, "DISCONNECT").await;
    let late = Outgoing::message(&sandbox, Call::Send, "CHAT");
    assert_refused(&sandbox, late, "3").await;
}

#[tokio::test]
async fn mandatory_fields_of_a_message_are_checked() {
    let sandbox = connected().await;
    for call in [Call::Send, Call::SendAsync] {
        let message = Outgoing::message(&sandbox, call, "CHAT");
        for name in [
            "channel",
            "controlType",
            "from",
            "to",
            "mediaType",
            "sourceType",
            "content",
        ] {
            let missing = [
                message.clone().without_field(name),
                message.clone().field(name, Value::Null),
                message.clone().field(name, json!("")),
            ];
            for message in missing {
                assert_refused(&sandbox, message, "2").await;
            }
            let number = message.clone().field(name, json!(1));
            assert_refused(&sandbox, number, "3").await;
            if name != "content" {
                let unknown = message.clone().field(name, json!("unknown"));
                assert_refused(&sandbox, unknown, "3").await;
            }
        }
        for timestamp in [json!(1), json!("soon")] {
            let message = message.clone().field("timestamp", timestamp);
            assert_refused(&sandbox, message, "3").await;
        }
        let not_json = message.raw_body("[]").send().await;
        assert_eq!(not_json.status, 400);
        assert_eq!(not_json.field("resultCode"), "3");
    }
}

#[tokio::test]
async fn texts_have_at_most_1024_bytes() {
    let sandbox = connected().await;
    let chat = Outgoing::message(&sandbox, Call::Send, "CHAT");
    let too_long = chat.clone().field("content", json!("é".repeat(513)));
    assert_refused(&sandbox, too_long, "3").await;
    let longest = chat.field("content", json!("é".repeat(512)));
    assert_eq!(longest.send().await.field("resultCode"), "0");
}

#[tokio::test]
async fn from_has_at_most_24_characters_although_a_token_may_have_32() {
    let sandbox = started().await;
    for (length, code) in [(24, "0"), (25, "3")] {
        let user_id = "界".repeat(length);
        let token = sandbox.issue_session_token_for(&user_id, "sandbox");
        let connect = Outgoing::message(&sandbox, Call::Send, "CONNECT")
            .header("ccmessaging-token", &token)
            .field("from", json!(user_id));
        assert_eq!(connect.send().await.field("resultCode"), code, "{length}");
    }
}

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
async fn files_are_sent_in_the_documented_formats() {
    let sandbox = connected().await;
    let (jpg, mp3, mp4, csv) = (
        uploaded(&sandbox, "JPEG").await,
        uploaded(&sandbox, "mp3").await,
        uploaded(&sandbox, "mp4").await,
        uploaded(&sandbox, "csv").await,
    );
    let accepted = [
        (Call::Send, "IMAGE", jpg.clone()),
        (Call::Send, "AUDIO", mp3.clone()),
        (Call::Send, "VIDEO", mp4.clone()),
        (Call::SendAsync, "IMAGE", format!("{jpg},jpg")),
        (Call::SendAsync, "IMAGE", jpg.clone()),
        (Call::SendAsync, "AUDIO", format!("{mp3},mp3")),
        (Call::SendAsync, "VIDEO", format!("{mp4},mp4")),
        (Call::Send, "FILE_IMAGE", format!("{jpg},jpg")),
        (Call::Send, "FILE_VIDEO", format!("{mp4},mp4")),
        (Call::Send, "FILE", format!("a b.csv,5,{csv},csv")),
        (Call::SendAsync, "FILE", format!("photo.jpeg,5,{jpg},jpg")),
    ];
    for (call, media_type, content) in accepted {
        let message = Outgoing::message(&sandbox, call, "CHAT")
            .field("mediaType", json!(media_type))
            .field("content", json!(content));
        let code = message.send().await.field("resultCode");
        assert_eq!(code, "0", "{call} {media_type} {content}");
    }
    let conversation = sandbox.desk().conversation(USER).expect("a conversation");
    let file = |number: usize| {
        let file = conversation.messages[number].file.as_ref().expect("a file");
        (
            file.object_key.as_str(),
            file.name.as_deref(),
            file.file_type.as_str(),
            file.size,
        )
    };
    assert_eq!(conversation.messages.len(), 12);
    assert_eq!(file(1), (jpg.as_str(), None, "jpg", 5));
    assert_eq!(file(10), (csv.as_str(), Some("a b.csv"), "csv", 5));
}

#[tokio::test]
async fn other_formats_and_files_are_rejected() {
    let sandbox = connected().await;
    let (png, csv) = (
        uploaded(&sandbox, "png").await,
        uploaded(&sandbox, "csv").await,
    );
    let token = sandbox.issue_session_token_for("other", "sandbox");
    let upload = Outgoing::upload(&sandbox).header("ccmessaging-token", &token);
    let foreign = upload
        .field("fileType", json!("png"))
        .send()
        .await
        .field("objectKey");
    let rejected = [
        (Call::Send, "IMAGE", format!("{png},png")),
        (Call::Send, "IMAGE", format!("local/{png}")),
        (Call::Send, "IMAGE", foreign),
        (Call::Send, "IMAGE", "no-such-key".to_owned()),
        (Call::Send, "VIDEO", png.clone()),
        (Call::Send, "DOCUMENT", csv.clone()),
        (Call::SendAsync, "IMAGE", format!("{png},jpg")),
        (Call::SendAsync, "IMAGE", format!("{png},png,5")),
        (Call::Send, "FILE_IMAGE", png.clone()),
        (Call::Send, "FILE_IMAGE", format!("{png},png")),
        (Call::Send, "FILE", csv.clone()),
        (Call::Send, "FILE", format!("a.csv,5,{csv},txt")),
        (Call::Send, "FILE", format!("a.csv,6,{csv},csv")),
        (Call::Send, "FILE", format!("a.csv,five,{csv},csv")),
        (Call::Send, "FILE", format!("a,b.csv,5,{csv},csv")),
        (Call::Send, "FILE", format!(",5,{csv},csv")),
    ];
    for (call, media_type, content) in rejected {
        let message = Outgoing::message(&sandbox, call, "CHAT")
            .field("mediaType", json!(media_type))
            .field("content", json!(content));
        assert_refused(&sandbox, message, "3").await;
    }
}

#[tokio::test]
async fn poll_returns_each_message_once_in_the_documented_format() {
    let sandbox = started().await;
    assert_eq!(
        messages(&Outgoing::poll(&sandbox, POLL).send().await),
        [] as [Value; 0]
    );
    send_ok(&sandbox, "CONNECT").await;
    send_ok(&sandbox, "TRANS2AGENT").await;
    sandbox
        .desk()
        .reply_text(USER, "Good morning")
        .expect("a reply");

    let polled = messages(&Outgoing::poll(&sandbox, POLL).send().await);
    let [greeting, text] = polled.as_slice() else {
        panic!("two messages, found {polled:?}");
    };
    assert_eq!(greeting["sourceType"], "ROBOT");
    let expected = json!({
        "channel": "WEB",
        "content": "Good morning",
        "from": "1001",
        "to": USER,
        "mediaType": "TEXT",
        "contentType": null,
        "mediaFileType": null,
        "controlType": "CHAT",
        "sourceType": "AGENT",
        "senderNickname": "Agent",
        "senderAvatar": "",
        "timestamp": text["timestamp"],
        "messageCode": text["messageCode"],
        "isOfflineStatus": false,
        "queueFlag": false,
        "simQuestions": null,
    });
    assert_eq!(*text, expected);
    assert!(text["timestamp"].is_u64() && text["messageCode"].is_string());
    let again = Outgoing::poll(&sandbox, POLL).send().await;
    assert_eq!(messages(&again), [] as [Value; 0]);
}

#[tokio::test]
async fn poll_parameters_are_checked() {
    let sandbox = connected().await;
    for (query, status, code) in [
        ("", 200, "2"),
        ("receiverId=sandbox-user", 200, "2"),
        ("receiverId=&channel=WEB", 200, "2"),
        ("receiverId=sandbox-user&channel=APP", 200, "3"),
        (
            "receiverId=sandbox-user&channel=WEB&isNeedRead=yes",
            200,
            "3",
        ),
        ("receiverId=sandbox-user&channel=WEB&channel=WEB", 400, "3"),
        ("receiverId=%ff&channel=WEB", 400, "3"),
        (
            "receiverId=sandbox%2duser&channel=WEB&isNeedRead=true",
            200,
            "0",
        ),
    ] {
        let reply = Outgoing::poll(&sandbox, query).send().await;
        let found = (reply.status.as_u16(), reply.field("resultCode"));
        assert_eq!(found, (status, code.to_owned()), "{query}");
    }
}

#[tokio::test]
async fn history_returns_both_directions_in_order() {
    let sandbox = connected().await;
    send_ok(&sandbox, "TRANS2AGENT").await;
    send_ok(&sandbox, "CHAT").await;
    sandbox
        .desk()
        .reply_text(USER, "Good morning")
        .expect("a reply");
    let contents = async |request: Outgoing| -> Vec<String> {
        let json = request.send().await.json();
        assert_eq!(json["resultCode"], "0");
        let list = json["messageList"].as_array().expect("a list");
        let text = |message: &Value| message["content"].as_str().map(str::to_owned);
        list.iter().filter_map(text).collect()
    };
    let all = contents(Outgoing::history(&sandbox)).await;
    assert_eq!(all[1..], ["Hello", "Good morning"]);
    let page = Outgoing::history(&sandbox)
        .field("offset", json!("1"))
        .field("limit", json!("1"));
    assert_eq!(contents(page).await, ["Hello"]);
    let earlier = Outgoing::history(&sandbox).field("endTime", json!("1"));
    assert_eq!(contents(earlier).await, [] as [&str; 0]);
}

#[tokio::test]
async fn history_parameters_are_checked() {
    let sandbox = connected().await;
    for name in ["channel", "userId", "channelId", "limit", "offset"] {
        let history = Outgoing::history(&sandbox);
        assert_refused(&sandbox, history.clone().without_field(name), "1").await;
        assert_refused(&sandbox, history.field(name, json!(true)), "1").await;
    }
    let not_json = Outgoing::history(&sandbox).raw_body("{").send().await;
    assert_eq!(not_json.status, 400);
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
