//! poll and queryHistoryChatMessage.

use serde_json::{Value, json};

use super::{POLL, USER, assert_refused, connected, messages, send_ok};
use crate::client::{Outgoing, started};

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
