//! Responses count in the body memory until they are sent, and keep their connection as long.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{join_all, select};
use gateway_tests::{
    Answer, PATIENT, Platform, Request, Script, ScriptedUpstream, Step, Wire, http_answer, in_time,
    received,
};
use serde_json::{Value, json};

use super::downloads::file_answer;
use super::{ALL, Chat, answers, call, json_answer};
use crate::gateway;

const DOWNLOAD: &str = "downloadFileStream";

#[tokio::test]
async fn messages_count_before_they_are_received() {
    // A quarter of the memory is enough for one response with messages.
    let settings = [
        ("MAX_BODY_BYTES", "100000"),
        ("MAX_BODY_MEMORY_BYTES", "4194304"),
        ("MAX_DOWNLOAD_BYTES", "440000"),
    ];
    let chat = Chat::start(Platform::Http, &settings).await;
    for name in ["poll", "queryHistoryChatMessage"] {
        let success = json_answer(200, &json!({"resultCode": "0"}));
        let slow = success.set_delay(Duration::from_secs(1));
        answers(&chat.upstream, name, slow).await;
        let request = call(name);
        let (first, second) =
            tokio::join!(chat.gateway.send(&request), chat.gateway.send(&request));
        let (delivered, refused) = match first.status {
            200 => (first, second),
            _ => (second, first),
        };
        assert_eq!(delivered.status, 200, "{}", delivered.text);
        assert_overloaded(&refused);
        assert_eq!(received(&chat.upstream).await.len(), 1);
        // The memory is released.
        for _ in 0..2 {
            assert_eq!(chat.gateway.send(&request).await.status, 200);
        }
    }
}

fn assert_overloaded(answer: &Answer) {
    answer.assert_chat_refused(503, "13", "overloaded", &["overloaded", "Retry-After"]);
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn a_download_of_undeclared_length_counts_as_it_is_received() {
    // A quarter of the memory is enough for one download of the largest size, in Base64 and decoded.
    let settings = [
        ALL,
        ("MAX_BODY_MEMORY_BYTES", "40000000"),
        ("MAX_DOWNLOAD_BYTES", "4000000"),
    ];
    let json = json!({"resultCode": "0", "fileStream": "A".repeat(5_333_332)}).to_string();
    let (most, rest) = json.split_at(5_000_000);
    let chunk = |data: &str| format!("{:x}\r\n{data}\r\n", data.len());
    let head = "HTTP/1.1 200 -\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let upstream = ScriptedUpstream::start(Script::new([
        Step::ReadRequest,
        Step::Write([head, &chunk(most)].concat().into()),
        Step::Hold,
        Step::Write([&chunk(rest), "0\r\n\r\n"].concat().into()),
    ]))
    .await;
    let gateway = gateway(Platform::Http, &upstream.uri(), &settings).await;
    let request = call(DOWNLOAD);
    let (first, second) = (pin!(gateway.send(&request)), pin!(gateway.send(&request)));
    // The upstream withholds the rest, so only the one that does not fit can end.
    let (refused, other) = select(first, second).await.factor_first();
    assert_overloaded(&refused);
    upstream.release();
    assert_eq!(other.await.text.len(), json.len());
    // The memory is released.
    assert_eq!(gateway.send(&request).await.status, 200);
}

#[tokio::test]
async fn slow_readers_of_downloads_leave_memory_for_messages_and_uploads() {
    // A quarter of the memory holds two such files in Base64, and not three.
    let settings = [
        ("MAX_BODY_MEMORY_BYTES", "120000000"),
        ("MAX_DOWNLOAD_BYTES", "8000000"),
    ];
    let chat = Chat::start(Platform::Http, &[&PATIENT[..], &settings].concat()).await;
    let request = call(DOWNLOAD);
    let mut readers = Vec::new();
    for _ in 0..2 {
        readers.push(begin_large_download(&chat).await);
    }
    let refused = chat.gateway.send(&request).await;
    refused.assert_chat_refused(503, "13", "overloaded", &[]);
    // The mock has no answer for the upload.
    let upload = chat.gateway.send(&Request::png()).await;
    assert_ne!(upload.status, 503, "{}", upload.text);
    let success = json_answer(200, &json!({"resultCode": "0"}));
    assert_eq!(chat.send("poll", &call("poll"), success).await.status, 200);

    drop(readers);
    let file = file_answer(&[0x80].repeat(8_000_000));
    answers(&chat.upstream, DOWNLOAD, file).await;
    let released = async { while chat.gateway.send(&request).await.status == 503 {} };
    in_time("the memory must be released", released).await;
}

#[tokio::test]
async fn uploads_leave_memory_for_messages() {
    let upload = Request::upload("txt", &b"a".repeat(3_000_000));
    let size = upload.body.len();
    // Half of the memory is for uploads, and holds one.
    let (size, memory) = (size.to_string(), (2 * size).to_string());
    let settings = [
        ALL,
        ("MAX_BODY_BYTES", &*size),
        ("MAX_BODY_MEMORY_BYTES", &*memory),
        ("MAX_DOWNLOAD_BYTES", "440000"),
    ];
    let success = http_answer(200, "", r#"{"resultCode":"0"}"#);
    let scripts = vec![Script::holding()];
    let upstream = ScriptedUpstream::start_changing(scripts, Script::answering(success)).await;
    let gateway = gateway(Platform::Http, &upstream.uri(), &settings).await;
    let (stored, ()) = tokio::join!(gateway.send(&upload), async {
        upstream.until_complete(1).await;
        let sent = gateway.send(&call("send")).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        upstream.release();
    });
    stored.assert_stored();
}

/// The file is larger than the kernel's buffers.
const LARGE: usize = 8_000_000;

/// Begins a download without reading more than the kernel receives.
async fn begin_large_download(chat: &Chat) -> Wire {
    let file = file_answer(&[0x80].repeat(LARGE));
    answers(&chat.upstream, DOWNLOAD, file).await;
    let mut reader = Wire::open_narrow(chat.gateway.address()).await;
    reader.send(call(DOWNLOAD).to_bytes()).await;
    assert!(reader.is_readable_within(Duration::from_secs(60)).await);
    reader
}

#[tokio::test]
async fn small_downloads_in_flight_leave_memory_for_others_and_for_uploads() {
    // A quarter of the memory is enough for one file of the largest size, or for many small ones.
    let settings = [("MAX_BODY_MEMORY_BYTES", "40000000")];
    let chat = Chat::start(Platform::Http, &settings).await;
    let slow = file_answer(b"a file").set_delay(Duration::from_secs(3));
    answers(&chat.upstream, DOWNLOAD, slow).await;
    let request = call(DOWNLOAD);
    let downloads = join_all((0..100).map(|_| chat.gateway.send(&request)));
    let upload = async {
        gateway_tests::until_reached(&chat.upstream).await;
        // The mock has no answer for the upload.
        let upload = Request::upload("txt", &b"a".repeat(4_000_000));
        chat.gateway.send(&upload).await
    };
    let (downloads, upload) = tokio::join!(downloads, upload);
    assert_ne!(upload.status, 503, "{}", upload.text);
    for download in downloads {
        assert_eq!(download.status, 200, "{}", download.text);
    }
}

#[tokio::test]
async fn a_connection_is_not_replaced_in_the_middle_of_a_response() {
    let settings = [
        ("MAX_CONNECTIONS", "2"),
        ("MAX_BODY_MEMORY_BYTES", "80000000"),
        ("MAX_DOWNLOAD_BYTES", "8000000"),
    ];
    let chat = Chat::start(Platform::Http, &[&PATIENT[..], &settings].concat()).await;
    let mut reader = begin_large_download(&chat).await;
    // Each new connection replaces the one that has been idle for longest.
    for _ in 0..3 {
        let mut other = Wire::open(chat.gateway.address()).await;
        let answer = other.ask(Request::bare("GET", "/healthz").to_bytes()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let json: Value = reader.answer().await.json();
    let file = json["fileStream"].as_str().expect("Base64");
    assert_eq!(file.len(), LARGE.div_ceil(3) * 4);
    // After the response, the connection is idle again.
    let mut others = Vec::new();
    for _ in 0..2 {
        let mut other = Wire::open(chat.gateway.address()).await;
        let answer = other.ask(Request::bare("GET", "/healthz").to_bytes()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        others.push(other);
    }
    assert!(reader.try_answer().await.is_none());
}

#[tokio::test]
async fn a_large_response_must_be_received_in_time() {
    // Memory for one such file.
    let settings = [
        ("MAX_BODY_MEMORY_BYTES", "80000000"),
        ("MAX_DOWNLOAD_BYTES", "8000000"),
        ("RECEIVE_TIMEOUT_MS", "2000"),
        ("IDLE_TIMEOUT_MS", "3600000"),
    ];
    let chat = Chat::start(Platform::Http, &settings).await;
    let mut reader = begin_large_download(&chat).await;
    let request = call(DOWNLOAD);
    let released = async { while chat.gateway.send(&request).await.status == 503 {} };
    in_time("the memory must be released", released).await;
    assert!(reader.drain().await < LARGE);
}
