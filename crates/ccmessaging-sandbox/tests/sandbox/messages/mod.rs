//! send, sendAsync, poll and queryHistoryChatMessage.

mod files;
mod reading;
mod sending;
mod sessions;

use ccmessaging_sandbox::{Call, Sandbox};
use serde_json::{Value, json};

use crate::client::{Outgoing, Reply, started};

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

fn messages(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.field("resultCode"), "0");
    let json = reply.json();
    let messages = json["downlinkMessages"].as_array();
    messages.expect("a list of messages").clone()
}
