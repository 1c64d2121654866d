//! Both directions against the simulated contact centre: what the agent's desk shows, and what arrives from it.

use std::time::Duration;

use ccmessaging_client::{
    App, ChatOptions, Client, ClientConfig, Messages, Session, SessionBuilder, SessionError,
    SessionRequest,
};
use ccmessaging_core::chat::{
    HistoryRequest, LibraryTypes, MediaFormat, Message, MessageControl, MessageSource, SentFile,
};
use ccmessaging_core::{Policy, UploadRequest};
use ccmessaging_sandbox::{Call, Fault, RotationPolicy, Sandbox};

/// Prepares a session of this user, which polls without noticeable delays.
fn builder(sandbox: &Sandbox, user_id: &str) -> SessionBuilder {
    let url = sandbox.base_url().parse().expect("a URL");
    let client = Client::new(&ClientConfig::new(url)).expect("a client");
    let app = App::new(&client, sandbox.app_key(), sandbox.app_secret()).expect("an app");
    let customer = SessionRequest::new("web", user_id);
    Session::builder(&client, app)
        .customer(customer)
        .chat_options(options())
}

async fn open(sandbox: &Sandbox, user_id: &str) -> Session {
    builder(sandbox, user_id).open().await.expect("a session")
}

fn options() -> ChatOptions {
    let mut options = ChatOptions::default();
    options.min_poll_delay = Duration::from_millis(1);
    options.max_poll_delay = Duration::from_millis(4);
    options
}

/// Starts a sandbox that rotates and revokes the session token with every call.
async fn start() -> Sandbox {
    let rotation = RotationPolicy::every_call().revoke_old();
    let sandbox = Sandbox::builder().rotate_session_token(rotation);
    sandbox.start().await.expect("the sandbox starts")
}

async fn with_agent(session: &Session) -> Messages {
    session.connect().await.expect("connected");
    session.transfer_to_agent().await.expect("transferred");
    let mut messages = session.messages().expect("a customer");
    let greeting = next(&mut messages).await;
    assert_eq!(greeting.source, MessageSource::Robot);
    messages
}

async fn next(messages: &mut Messages) -> Message {
    messages.next().await.expect("a message").expect("polled")
}

/// Uploads and sends a file as `session` is configured; returns the type and content that the desk shows.
async fn send(sandbox: &Sandbox, session: &Session, file: &[u8], name: &str) -> (String, Vec<u8>) {
    let extension = name.rsplit('.').next().unwrap_or_default();
    let upload = UploadRequest::from_file(file.to_vec(), extension).validate(&Policy::default());
    let upload = upload.expect("a valid file");
    let sent = SentFile::of(&upload, name);
    let object_key = session
        .upload(&upload.into_payload())
        .await
        .expect("stored");
    session.send_file(&object_key, &sent).await.expect("sent");
    let desk = sandbox.desk();
    let conversation = desk.conversation("42").expect("a conversation");
    let shown = conversation.messages.last().expect("a message");
    let (_, content) = desk.file(&object_key).expect("a file");
    (shown.media_type.clone(), content.to_vec())
}

const PHOTO: &[u8] = include_bytes!("../../../../tests/samples/photo.jpg");

#[tokio::test]
async fn a_photo_reaches_the_desk_and_the_agents_files_come_back() {
    let sandbox = start().await;
    let session = open(&sandbox, "42").await;
    let mut messages = with_agent(&session).await;
    let shown = send(&sandbox, &session, PHOTO, "photo.jpg").await;
    assert_eq!(shown, ("IMAGE".to_owned(), PHOTO.to_vec()));

    let desk = sandbox.desk();
    let pdf = b"%PDF-1.7\n%%EOF\n".as_slice();
    desk.reply_text("42", "Here is our offer.").expect("sent");
    desk.reply_file("42", "offer.pdf", pdf, "pdf")
        .expect("sent");
    desk.reply_library_file("42", PHOTO, "jpg").expect("sent");
    let text = next(&mut messages).await;
    assert_eq!(
        (&*text.content, text.source),
        ("Here is our offer.", MessageSource::Agent)
    );
    for expected in [pdf, PHOTO] {
        let message = next(&mut messages).await;
        let request = message
            .download_request(&LibraryTypes::default())
            .expect("a file");
        let file = session
            .download(&request, expected.len())
            .await
            .expect("a file");
        assert_eq!(file, expected);
    }
    desk.end("42").expect("ended");
    assert_eq!(
        next(&mut messages).await.control,
        MessageControl::Disconnect
    );
    assert!(messages.next().await.is_none());
    assert_eq!(sandbox.calls(Call::ApplyToken), 1);
}

#[tokio::test]
async fn every_documented_format_reaches_the_desk() {
    let sandbox = start().await;
    let mut session = open(&sandbox, "42").await;
    let _messages = with_agent(&session).await;
    let table = b"name,city\nAda,London\n";
    for (send_async, media_format) in [
        (false, None),
        (false, Some(MediaFormat::ObjectKey)),
        (true, None),
        (true, Some(MediaFormat::ObjectKey)),
    ] {
        let mut options = options();
        options.send_async = send_async;
        options.media_format = media_format;
        let builder = builder(&sandbox, "42").chat_options(options);
        session = builder.resume(session.token());
        let (media_type, content) = send(&sandbox, &session, PHOTO, "photo.jpg").await;
        assert_eq!((&*media_type, content), ("IMAGE", PHOTO.to_vec()));
        let (media_type, content) = send(&sandbox, &session, table, "a,b.csv").await;
        assert_eq!((&*media_type, content), ("FILE", table.to_vec()));
    }
    let conversation = sandbox.desk().conversation("42").expect("a conversation");
    let names: Vec<_> = conversation
        .messages
        .iter()
        .filter_map(|message| message.file.as_ref()?.name.as_deref())
        .collect();
    assert_eq!(names, ["a_b.csv"; 4]);
}

#[tokio::test]
async fn one_task_sends_while_another_receives() {
    let sandbox = Sandbox::builder()
        .start()
        .await
        .expect("the sandbox starts");
    let session = open(&sandbox, "42").await;
    let mut messages = with_agent(&session).await;
    let receiver = tokio::spawn(async move {
        let mut contents = Vec::new();
        while let Some(Ok(message)) = messages.next().await {
            contents.push(message.content);
        }
        contents
    });
    let desk = sandbox.desk();
    for number in 0..20 {
        session.send_text("hello").await.expect("sent");
        desk.reply_text("42", number.to_string()).expect("sent");
    }
    desk.end("42").expect("ended");
    let contents = receiver.await.expect("no panic");
    let expected: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    assert_eq!(contents[..20], expected);
    let request = HistoryRequest::new("web", "42", 100, 0).expect("valid");
    let history = session.history(&request).await.expect("documented");
    let mine = history
        .iter()
        .filter(|message| message.source == MessageSource::Customer);
    assert_eq!(mine.count(), 20);
}

#[tokio::test]
async fn a_message_whose_response_is_lost_is_shown_once() {
    // Without rotation: a lost response would take the next token with it.
    let sandbox = Sandbox::builder().start().await;
    let sandbox = sandbox.expect("the sandbox starts");
    let session = open(&sandbox, "42").await;
    let _messages = with_agent(&session).await;
    for (number, fault) in [
        Fault::reset_after_headers(),
        Fault::reset_mid_body(),
        Fault::cut(),
        Fault::truncate(),
    ]
    .into_iter()
    .enumerate()
    {
        sandbox.set_faults(fault.on(Call::Send));
        let text = number.to_string();
        let error = session.send_text(&text).await.expect_err("no response");
        assert!(matches!(error, SessionError::Call(_)), "{error:?}");
        assert!(error.may_have_been_received());
        let conversation = sandbox.desk().conversation("42").expect("a conversation");
        let messages = conversation.messages.iter();
        let shown = messages.filter(|message| message.text.as_deref() == Some(&*text));
        assert_eq!(shown.count(), 1, "{error:?}");
    }
}

#[tokio::test]
async fn an_id_that_only_apply_token_accepts_is_named_before_anything_is_sent() {
    let sandbox = start().await;
    let session = open(&sandbox, &"x".repeat(32)).await;
    let error = session.connect().await.expect_err("too long");
    assert!(error.to_string().contains("at most 24"), "{error}");
    assert_eq!(sandbox.calls(Call::Send), 0);
}
