//! Message framing (RFC 9112 sections 6 and 7). If the gateway and a proxy disagree on where a body ends,
//! requests can be smuggled.

use gateway_tests::{Request, Wire, assert_untouched, received, received_body};
use serde_json::Value;

use crate::{is_bare, is_refusal, refused, store, storing};

const CHUNKED: &str = "Transfer-Encoding: chunked";

/// Returns a body in chunks.
fn chunked(body: &[u8]) -> Vec<u8> {
    let mut chunks = Vec::new();
    for chunk in body.chunks(100) {
        let size = format!("{:x}\r\n", chunk.len());
        chunks.extend([size.as_bytes(), chunk, b"\r\n"].concat());
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    chunks
}

/// Returns an upload with these header lines and this body.
fn message(lines: &[&str], body: &[u8]) -> Vec<u8> {
    [Request::png().head(lines).as_bytes(), body].concat()
}

/// Returns the chunked upload.
fn in_chunks() -> Vec<u8> {
    message(&[CHUNKED], &chunked(&Request::png().body))
}

/// Returns the JSON that the upstream must receive.
fn sent() -> Value {
    serde_json::from_slice(&Request::png().body).expect("JSON")
}

#[tokio::test]
async fn invalid_content_lengths_are_rejected() {
    let body = Request::png().body;
    let (right, less) = (body.len(), body.len() - 1);
    let wrong = [
        format!("Content-Length: {right}\r\nContent-Length: {less}"),
        format!("Content-Length: {right}, {less}"),
        format!("Content-Length: +{right}"),
        format!("Content-Length: -{right}"),
        format!("Content-Length: {right}.0"),
        format!("Content-Length: {right} {right}"),
        format!("Content-Length : {right}"),
        "Content-Length: 0x10".to_owned(),
        "Content-Length:".to_owned(),
        "Content-Length: 99999999999999999999999".to_owned(),
    ];
    let messages = wrong.iter().map(|line| message(&[line], &body));
    refused(messages, is_bare(400)).await;
}

#[tokio::test]
async fn transfer_codings_that_do_not_end_in_chunked_are_rejected() {
    let body = chunked(&Request::png().body);
    let wrong = [
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: \u{b}chunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    ];
    let messages = wrong.map(|line| message(&[line], &body));
    refused(messages, is_bare(400)).await;
}

#[tokio::test]
async fn other_transfer_codings_are_rejected_and_the_connection_is_closed() {
    let body = chunked(&Request::png().body);
    let wrong = [
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: foo;q=\"chunked\", chunked",
        "Transfer-Encoding: , chunked",
        "Transfer-Encoding: chunked;q=1, chunked",
    ];
    let messages = wrong.map(|line| {
        let smuggled = Request::png().to_bytes();
        [message(&[line], &body), smuggled].concat()
    });
    refused(messages, |shown, answer| {
        let answer = answer.unwrap_or_else(|| panic!("no answer: {shown}"));
        assert!(matches!(answer.status, 400 | 501), "{shown}");
        assert_eq!(answer.header("connection"), Some("close"), "{shown}");
    })
    .await;
}

/// hyper parses lengths up to 2^64 - 3 and rejects larger ones itself.
#[tokio::test]
async fn huge_content_lengths_are_rejected_by_their_head() {
    let (most, hypers) = (u64::MAX - 2, [u64::MAX - 1, u64::MAX]);
    let head = |length| message(&[&format!("Content-Length: {length}")], b"{}");
    let too_large = is_refusal(413, "3", "more than");
    refused(
        [head(6_291_457), head(u64::MAX >> 1), head(most)],
        too_large,
    )
    .await;
    refused(hypers.map(head), is_bare(431)).await;
}

#[tokio::test]
async fn chunked_bodies_are_rejected_in_http_1_0() {
    let message = String::from_utf8(in_chunks()).expect("text");
    let message = message.replacen("HTTP/1.1", "HTTP/1.0", 1).into_bytes();
    refused([message], is_bare(400)).await;
}

/// RFC 9112 section 6.1 allows a server to process the chunks if it closes the connection afterwards and
/// discards the bytes after them.
#[tokio::test]
async fn chunked_overrides_content_length_and_the_connection_is_closed() {
    let orders = [
        [CHUNKED, "Content-Length: 4"],
        ["Content-Length: 4", CHUNKED],
    ];
    for lines in orders {
        let service = storing(&[]).await;
        let smuggled = Request::png().to_bytes();
        let both = [message(&lines, &chunked(&Request::png().body)), smuggled].concat();
        let (answer, mut wire) = store(&service.gateway, both).await;
        assert_eq!(answer.header("connection"), Some("close"));
        assert_eq!(wire.drain().await, 0);
        assert_eq!(received_body(&service.upstream).await, sent());
    }
}

#[tokio::test]
async fn invalid_chunks_are_rejected() {
    let wrong = [
        "zz\r\n{}\r\n0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "0x2\r\n{}\r\n0\r\n\r\n",
        "\r\n{}\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n",
        "1\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}0\r\n\r\n",
        "2;\u{0}\n{}\r\n0\r\n\r\n",
    ];
    let messages = wrong.map(|body| message(&[CHUNKED], body.as_bytes()));
    refused(messages, is_refusal(400, "3", "incomplete")).await;
}

#[tokio::test]
async fn endless_chunk_extensions_and_trailers_are_rejected() {
    let extension = format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "x".repeat(100_000));
    let trailer = format!("2\r\n{{}}\r\n0\r\nx: {}\r\n\r\n", "x".repeat(100_000));
    let trailers = format!("2\r\n{{}}\r\n0\r\n{}\r\n", "x: y\r\n".repeat(1_000));
    let bodies = [extension, trailer, trailers];
    let messages = bodies.map(|body| message(&[CHUNKED], body.as_bytes()));
    refused(messages, is_refusal(400, "3", "incomplete")).await;
}

#[tokio::test]
async fn chunk_extensions_and_trailers_are_not_forwarded() {
    let service = storing(&[]).await;
    let body = Request::png().body;
    let chunks = [
        format!("{:x};name=\"value\"\r\n", body.len()).as_bytes(),
        &body,
        b"\r\n0\r\nx-app-key: another-key\r\n\r\n",
    ]
    .concat();
    store(&service.gateway, message(&[CHUNKED], &chunks)).await;
    let received = received(&service.upstream).await;
    assert_eq!(received[0].headers["x-app-key"], "app-key-of-the-test");
    assert!(!received[0].headers.contains_key("trailer"));
}

#[tokio::test]
async fn pipelined_requests_get_responses_in_order() {
    let service = storing(&[]).await;
    let all = [
        Request::png().to_bytes(),
        Request::png().without("ccmessaging-token").to_bytes(),
        in_chunks(),
        Request::png().path("/unknown").to_bytes(),
        Request::png().to_bytes(),
    ];
    let mut wire = Wire::open(service.gateway.address()).await;
    wire.send(all.concat()).await;
    for status in [200, 400, 200, 404, 200] {
        let answer = wire.answer().await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let received = received(&service.upstream).await;
    let bodies = received
        .iter()
        .map(|request| request.body_json().expect("JSON"));
    assert_eq!(bodies.collect::<Vec<Value>>(), vec![sent(); 3]);
}

#[tokio::test]
async fn bytes_after_a_body_are_not_part_of_it() {
    let service = storing(&[]).await;
    let message = [Request::png().to_bytes(), b"\"trailing\": garbage".to_vec()].concat();
    let (_, mut wire) = store(&service.gateway, message).await;
    is_bare(400)("the garbage", wire.try_answer().await.as_ref());
    assert_eq!(wire.drain().await, 0);
    assert_eq!(received_body(&service.upstream).await, sent());
}

#[tokio::test]
async fn incomplete_bodies_do_not_reach_the_upstream() {
    let service = storing(&[]).await;
    let whole = Request::png().to_bytes();
    let in_chunks = in_chunks();
    for message in [
        // Without the last byte, without the last chunk, and without its last line.
        &whole[..whole.len() - 1],
        &in_chunks[..in_chunks.len() - 5],
        &in_chunks[..in_chunks.len() - 2],
    ] {
        let mut wire = Wire::open(service.gateway.address()).await;
        wire.send(message).await;
        wire.finish().await;
        wire.drain().await;
        assert_untouched(&service.upstream).await;
    }
}

#[tokio::test]
async fn compressed_bodies_are_rejected_by_their_head() {
    let service = storing(&[]).await;
    let upload = Request::png();
    let length = upload.content_length();
    let mut wire = Wire::open(service.gateway.address()).await;
    for encoding in [
        "gzip",
        "br",
        "identity, gzip",
        "identity\r\nContent-Encoding: gzip",
    ] {
        let encoding = format!("Content-Encoding: {encoding}");
        let answer = wire.ask(message(&[&encoding, &length], &upload.body)).await;
        answer.assert_refused(415, "3", &["compressed"]);
    }
    assert_untouched(&service.upstream).await;
    for encoding in ["Identity", "", " "] {
        let encoding = format!("Content-Encoding: {encoding}");
        let message = message(&[&encoding, &length], &upload.body);
        wire.store(message).await;
    }
}
