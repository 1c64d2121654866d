//! Where a body ends (RFC 9112 sections 6 and 7): a gateway and a proxy in front of it that differ
//! about it make two requests of one.

use gateway_tests::{OBJECT_KEY, Wire, received_body, upstream_storing};
use serde_json::Value;

use crate::{gateway, is_bare, is_refusal, refused, upload};

/// The upload's body in chunks.
fn chunked(body: &[u8]) -> Vec<u8> {
    let mut chunks = Vec::new();
    for chunk in body.chunks(100) {
        chunks.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunks.extend_from_slice(chunk);
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    chunks
}

/// The upload's head with these lines, and its body.
fn message(lines: &[&str], body: &[u8]) -> Vec<u8> {
    [upload().head(lines).as_bytes(), body].concat()
}

#[tokio::test]
async fn a_length_that_is_no_length_is_refused() {
    let body = upload().body;
    let right = body.len().to_string();
    let wrong = [
        format!(
            "Content-Length: {right}\r\nContent-Length: {}",
            body.len() - 1
        ),
        format!("Content-Length: {right}, {}", body.len() - 1),
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
async fn a_transfer_coding_that_does_not_end_in_chunked_is_refused() {
    let body = chunked(&upload().body);
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
async fn chunks_are_no_part_of_http_1_0() {
    let message = message(&["Transfer-Encoding: chunked"], &chunked(&upload().body));
    let message = String::from_utf8(message).expect("text");
    let message = message.replacen("HTTP/1.1", "HTTP/1.0", 1).into_bytes();
    refused([message], is_bare(400)).await;
}

/// RFC 9112 section 6.1 lets a server take the chunks and demands that it close the connection then:
/// what follows is taken by nobody.
#[tokio::test]
async fn of_a_length_and_chunks_the_chunks_count_and_the_connection_ends() {
    let body = upload().body;
    let orders = [
        ["Transfer-Encoding: chunked", "Content-Length: 4"],
        ["Content-Length: 4", "Transfer-Encoding: chunked"],
    ];
    for lines in orders {
        let upstream = upstream_storing().await;
        let gateway = gateway(&upstream.uri(), &[]).await;
        let mut wire = Wire::open(gateway.address()).await;
        let smuggled = upload().to_bytes();
        let both = [message(&lines, &chunked(&body)), smuggled].concat();
        wire.send(both).await.expect("an open connection");
        let answer = wire.answer().await.expect("an answer");
        assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
        assert_eq!(answer.header("connection"), Some("close"));
        assert_eq!(wire.drain().await, 0);
        let sent: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(received_body(&upstream).await, sent);
    }
}

#[tokio::test]
async fn chunks_that_are_none_are_refused() {
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
    let messages = wrong.map(|body| message(&["Transfer-Encoding: chunked"], body.as_bytes()));
    refused(messages, is_refusal(400, "3", &["broke off"])).await;
}

#[tokio::test]
async fn endless_chunk_extensions_and_trailers_are_refused() {
    let extension = format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "x".repeat(100_000));
    let trailer = format!("2\r\n{{}}\r\n0\r\nx: {}\r\n\r\n", "x".repeat(100_000));
    let trailers = format!("2\r\n{{}}\r\n0\r\n{}\r\n", "x: y\r\n".repeat(1_000));
    let messages = [extension, trailer, trailers]
        .map(|body| message(&["Transfer-Encoding: chunked"], body.as_bytes()));
    refused(messages, is_refusal(400, "3", &["broke off"])).await;
}

#[tokio::test]
async fn chunk_extensions_and_trailers_are_read_and_go_no_further() {
    let upstream = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[]).await;
    let body = upload().body;
    let mut chunks = format!("{:x};name=\"value\"\r\n", body.len()).into_bytes();
    chunks.extend_from_slice(&body);
    chunks.extend_from_slice(b"\r\n0\r\nx-app-key: another-key\r\n\r\n");
    let mut wire = Wire::open(gateway.address()).await;
    let message = message(&["Transfer-Encoding: chunked"], &chunks);
    wire.send(message).await.expect("an open connection");
    let answer = wire.answer().await.expect("an answer");
    assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
    let received = upstream.received_requests().await.expect("recording is on");
    assert_eq!(received[0].headers["x-app-key"], "app-key-of-the-test");
    assert!(!received[0].headers.contains_key("trailer"));
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_each_with_its_own_body() {
    let upstream = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[]).await;
    let refused = upload().without("ccmessaging-token");
    let in_chunks = message(&["Transfer-Encoding: chunked"], &chunked(&upload().body));
    let all = [
        upload().to_bytes(),
        refused.to_bytes(),
        in_chunks,
        upload().path("/unknown").to_bytes(),
        upload().to_bytes(),
    ];
    let mut wire = Wire::open(gateway.address()).await;
    wire.send(all.concat()).await.expect("an open connection");
    for status in [200, 400, 200, 404, 200] {
        let answer = wire.answer().await.expect("an answer");
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let sent: Value = serde_json::from_slice(&upload().body).expect("JSON");
    let received = upstream.received_requests().await.expect("recording is on");
    let bodies: Vec<Value> = received
        .iter()
        .map(|request| request.body_json().expect("JSON"))
        .collect();
    assert_eq!(bodies, [sent.clone(), sent.clone(), sent]);
}

#[tokio::test]
async fn what_follows_a_body_is_no_part_of_it() {
    let upstream = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[]).await;
    let mut wire = Wire::open(gateway.address()).await;
    let message = [upload().to_bytes(), b"\"trailing\": garbage".to_vec()].concat();
    wire.send(message).await.expect("an open connection");
    let answer = wire.answer().await.expect("an answer");
    assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
    let answer = wire.answer().await;
    is_bare(400)("the garbage", answer.as_ref());
    assert_eq!(wire.drain().await, 0);
    let sent: Value = serde_json::from_slice(&upload().body).expect("JSON");
    assert_eq!(received_body(&upstream).await, sent);
}

#[tokio::test]
async fn a_body_that_breaks_off_reaches_nobody() {
    let upstream = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[]).await;
    let whole = upload().to_bytes();
    let in_chunks = message(&["Transfer-Encoding: chunked"], &chunked(&upload().body));
    for message in [
        // The last byte is missing; then the last chunk, and only its last line.
        &whole[..whole.len() - 1],
        &in_chunks[..in_chunks.len() - 5],
        &in_chunks[..in_chunks.len() - 2],
    ] {
        let mut wire = Wire::open(gateway.address()).await;
        wire.send(message).await.expect("an open connection");
        wire.finish().await;
        wire.drain().await;
        gateway_tests::assert_untouched(&upstream).await;
    }
}

#[tokio::test]
async fn a_compressed_body_is_refused_by_its_head() {
    let body = upload().body;
    let length = format!("Content-Length: {}", body.len());
    let upstream = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[]).await;
    let mut wire = Wire::open(gateway.address()).await;
    for encoding in [
        "gzip",
        "br",
        "identity, gzip",
        "identity\r\nContent-Encoding: gzip",
    ] {
        let encoding = format!("Content-Encoding: {encoding}");
        let message = message(&[&encoding, &length], &body);
        wire.send(message).await.expect("an open connection");
        let answer = wire.answer().await.expect("an answer");
        answer.assert_refused(415, "3", &["compressed"]);
    }
    gateway_tests::assert_untouched(&upstream).await;
    let message = message(&["Content-Encoding: Identity", &length], &body);
    wire.send(message).await.expect("an open connection");
    let answer = wire.answer().await.expect("an answer");
    assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
}
