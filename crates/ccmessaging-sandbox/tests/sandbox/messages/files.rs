//! Messages that show a file.

use ccmessaging_sandbox::{Call, Sandbox};
use serde_json::json;

use super::{USER, assert_refused, connected};
use crate::client::Outgoing;

/// Uploads a file and returns its object key.
async fn uploaded(sandbox: &Sandbox, file_type: &str) -> String {
    let upload = Outgoing::upload(sandbox).field("fileType", json!(file_type));
    upload.send().await.field("objectKey")
}

fn message(sandbox: &Sandbox, call: Call, media_type: &str, content: &str) -> Outgoing {
    Outgoing::message(sandbox, call, "CHAT")
        .field("mediaType", json!(media_type))
        .field("content", json!(content))
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
        let message = message(&sandbox, call, media_type, &content);
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
        let message = message(&sandbox, call, media_type, &content);
        assert_refused(&sandbox, message, "3").await;
    }
}
