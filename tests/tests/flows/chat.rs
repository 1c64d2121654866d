//! A chat through the gateway on both platforms, against the simulated contact centre.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ccmessaging_sandbox::{Call, Fault, RotationPolicy, Sandbox};
use gateway_tests::{
    Answer, Gateway, Platform, Request, TICKET_KEY as KEY, log_lines, sample, ticket,
};
use serde_json::{Value, json};

use crate::{LIFETIME, fail, managed_gateway, sandbox};

const USER: &str = "visitor-1";
const CHANNEL: &str = "shop";

const SETTINGS: [(&str, &str); 3] = [
    ("CHAT_CALLS", "download,send,sendAsync,poll,history"),
    ("CHAT_IDENTITY", "signed"),
    ("CHAT_TICKET_KEY", KEY),
];

/// An agent's document.
const PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n\xFF";

/// A visitor's page: it has a session token and a ticket, and nothing else.
struct Page<'a> {
    gateway: &'a Gateway,
    token: String,
    ticket: String,
}

impl Page<'_> {
    async fn post(&self, name: &str, body: &Value) -> Answer {
        let path = format!("/apiaccess/ccmessaging/{name}");
        self.send(Request::json(body).path(&path)).await
    }

    async fn send(&self, request: Request) -> Answer {
        let request = request.of_a_page(&self.token);
        let request = request.with("x-chat-ticket", &self.ticket);
        self.gateway.send(&request).await
    }

    /// Posts a message that must be accepted.
    async fn message(&self, control_type: &str, media_type: &str, content: Option<&str>) {
        let mut body = json!({
            "channel": "WEB", "controlType": control_type, "from": USER, "to": CHANNEL,
            "mediaType": media_type, "sourceType": "CUSTOMER",
        });
        if let Some(content) = content {
            body["content"] = content.into();
        }
        let answer = self.post("send", &body).await;
        assert_eq!(
            (answer.status, &answer.json()["resultCode"]),
            (200, &json!("0")),
            "{}",
            answer.text
        );
    }

    /// Returns the messages for the visitor.
    async fn poll(&self) -> Vec<Value> {
        let path = format!("/apiaccess/ccmessaging/poll?receiverId={USER}&channel=WEB");
        let poll = Request::new("").without("content-type").method("GET");
        let answer = self.send(poll.path(&path)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let messages = answer.json()["downlinkMessages"].clone();
        messages.as_array().cloned().unwrap_or_default()
    }

    async fn download(&self, message: &Value, accept: &str) -> Answer {
        let file_id = format!("local/{}", message["content"].as_str().expect("a key"));
        let body =
            json!({"fileId": file_id, "channel": "WEB", "fileType": message["mediaFileType"]});
        let request = Request::json(&body).path("/apiaccess/ccmessaging/downloadFileStream");
        self.send(request.with("accept", accept)).await
    }
}

fn page<'a>(gateway: &'a Gateway, sandbox: &Sandbox, user: &str) -> Page<'a> {
    Page {
        gateway,
        token: sandbox.issue_session_token_for(user, CHANNEL),
        ticket: ticket(KEY, user, CHANNEL, 60),
    }
}

#[tokio::test]
async fn a_photo_reaches_the_desk_and_the_agents_document_reaches_the_page() {
    for platform in Platform::ALL {
        let (sandbox, _clock) = sandbox().await;
        let gateway = managed_gateway(platform, &sandbox, &SETTINGS).await;
        let page = page(&gateway, &sandbox, USER);
        let desk = sandbox.desk();
        page.message("CONNECT", "TEXT", None).await;
        page.message("TRANS2AGENT", "TEXT", None).await;

        let photo = sample("photo.jpg");
        let key = page
            .send(Request::upload("jpg", &photo))
            .await
            .assert_stored();
        page.message("CHAT", "IMAGE", Some(&key)).await;
        let shown = &desk.conversation(USER).expect("a conversation").messages;
        let file = shown.iter().find_map(|message| message.file.as_ref());
        assert_eq!(file.expect("a file").object_key, key);
        assert!(desk.file(&key).expect("a file").1 == photo);

        desk.reply_text(USER, "<b>Here it is</b>").expect("sent");
        desk.reply_file(USER, "offer.pdf", PDF, "pdf")
            .expect("sent");
        let messages = page.poll().await;
        let of_agent = |message: &&Value| message["sourceType"] == "AGENT";
        let of_agent: Vec<_> = messages.iter().filter(of_agent).collect();
        assert_eq!(of_agent[0]["content"], "<b>Here it is</b>");
        let file = page.download(of_agent[1], "application/octet-stream").await;
        assert_eq!(file.header("content-type"), Some("application/pdf"));
        assert!(file.bytes == PDF);
        let json = page.download(of_agent[1], "application/json").await.json();
        assert_eq!(json["fileStream"], STANDARD.encode(PDF));

        let history = json!({"channelId": CHANNEL, "userId": USER, "limit": 50, "offset": 0, "channel": "WEB"});
        let history = page.post("queryHistoryChatMessage", &history).await;
        assert_eq!(history.json()["resultCode"], "0", "{}", history.text);
        assert!(history.text.contains("Here it is"), "{}", history.text);
        page.message("DISCONNECT", "TEXT", None).await;
    }
}

#[tokio::test]
async fn another_visitors_chat_is_closed_even_if_the_contact_centre_does_not_check() {
    for platform in Platform::ALL {
        let sandbox = Sandbox::builder().unbound_ids().start().await;
        let sandbox = sandbox.expect("the sandbox starts");
        let gateway = managed_gateway(platform, &sandbox, &SETTINGS).await;
        let victim = page(&gateway, &sandbox, USER);
        victim.message("CONNECT", "TEXT", None).await;
        let calls = sandbox.requests();

        let other = page(&gateway, &sandbox, "visitor-2");
        let path = format!("/apiaccess/ccmessaging/poll?receiverId={USER}&channel=WEB");
        let poll = Request::new("").without("content-type").method("GET");
        let answer = other.send(poll.path(&path)).await;
        answer.assert_chat_refused(403, "3", "ticket_mismatch", &["receiverId"]);
        let history = json!({"channelId": CHANNEL, "userId": USER, "limit": 9, "offset": 0, "channel": "WEB"});
        let answer = other.post("queryHistoryChatMessage", &history).await;
        answer.assert_chat_refused(403, "3", "ticket_mismatch", &["userId"]);
        let message = json!({
            "channel": "WEB", "controlType": "CHAT", "from": USER, "to": CHANNEL,
            "mediaType": "TEXT", "sourceType": "CUSTOMER", "content": "forged",
        });
        let answer = other.post("send", &message).await;
        answer.assert_chat_refused(403, "3", "ticket_mismatch", &["from"]);
        assert_eq!(sandbox.requests(), calls);

        // The greeting is still there for its receiver.
        assert_eq!(victim.poll().await.len(), 1);
    }
}

#[tokio::test]
async fn an_expired_access_token_is_renewed_once_and_the_message_is_posted_once() {
    for platform in Platform::ALL {
        let (sandbox, clock) = sandbox().await;
        let gateway = managed_gateway(platform, &sandbox, &SETTINGS).await;
        let page = page(&gateway, &sandbox, USER);
        page.message("CONNECT", "TEXT", None).await;
        clock.advance(LIFETIME + Duration::from_secs(1));
        page.message("CHAT", "TEXT", Some("once")).await;
        assert_eq!(sandbox.calls(Call::TokenByAkSk), 2);
        assert_eq!(sandbox.calls(Call::Send), 3);
        let conversation = sandbox.desk().conversation(USER).expect("a conversation");
        let texts = conversation.messages.iter();
        let texts = texts.filter(|message| message.text.as_deref() == Some("once"));
        assert_eq!(texts.count(), 1);
        let log = gateway.stop().await;
        let attempts = log_lines(&log, "chat call");
        let attempts: Vec<_> = attempts.iter().map(|line| &line["attempts"]).collect();
        assert_eq!(attempts, [1, 2], "{log}");
    }
}

#[tokio::test]
async fn a_lost_answer_does_not_post_a_message_twice() {
    for fault in [Fault::status(503), Fault::reset()] {
        let (sandbox, _clock) = sandbox().await;
        let gateway = managed_gateway(Platform::Http, &sandbox, &SETTINGS).await;
        let page = page(&gateway, &sandbox, USER);
        page.message("CONNECT", "TEXT", None).await;
        fail(&sandbox, fault.on(Call::Send));
        let message = json!({
            "channel": "WEB", "controlType": "CHAT", "from": USER, "to": CHANNEL,
            "mediaType": "TEXT", "sourceType": "CUSTOMER", "content": "hello",
        });
        let answer = page.post("send", &message).await;
        assert!(answer.status >= 500, "{}", answer.text);
        assert_eq!(sandbox.calls(Call::Send), 2);
    }
}

#[tokio::test]
async fn a_rotated_session_token_reaches_the_page_from_every_call() {
    let policy = RotationPolicy::every_call().revoke_old();
    let sandbox = Sandbox::builder()
        .rotate_session_token(policy)
        .start()
        .await;
    let sandbox = sandbox.expect("the sandbox starts");
    let gateway = managed_gateway(Platform::Http, &sandbox, &SETTINGS).await;
    let mut page = page(&gateway, &sandbox, USER);
    let message = json!({
        "channel": "WEB", "controlType": "CONNECT", "from": USER, "to": CHANNEL,
        "mediaType": "TEXT", "sourceType": "CUSTOMER",
    });
    for _ in 0..3 {
        let answer = page.post("send", &message).await;
        assert_eq!(answer.json()["resultCode"], "0", "{}", answer.text);
        let rotated = answer.header("ccmessaging-token").expect("a new token");
        assert_ne!(rotated, page.token);
        page.token = rotated.to_owned();
    }
}
