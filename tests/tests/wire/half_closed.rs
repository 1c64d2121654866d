//! Clients that close their sending side after a request (RFC 9293 section 3.6).

use gateway_tests::{Request, Wire, assert_untouched, received};

use crate::storing;

#[tokio::test]
async fn half_closed_clients_get_the_response() {
    let service = storing(&[]).await;
    let upload = String::from_utf8(Request::png().to_bytes()).expect("text");
    let closing = upload.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let old = upload.replacen("HTTP/1.1", "HTTP/1.0", 1);
    let chunked = [
        Request::png().head(&["Transfer-Encoding: chunked"]),
        format!("{:x}\r\n", Request::png().body.len()),
        String::from_utf8(Request::png().body).expect("text"),
        "\r\n0\r\n\r\n".to_owned(),
    ]
    .concat();
    let messages = [upload, closing, old, chunked];
    for message in messages.iter().cycle().take(40) {
        let mut wire = Wire::open(service.gateway.address()).await;
        wire.send(message).await;
        wire.finish().await;
        wire.answer().await.assert_stored();
        assert_eq!(wire.drain().await, 0);
    }
    assert_eq!(received(&service.upstream).await.len(), 40);
}

#[tokio::test]
async fn half_closed_clients_get_rejections_and_idle_ones_are_closed() {
    let service = storing(&[]).await;
    for message in [
        Request::png().without("authorization").to_bytes(),
        Vec::new(),
    ] {
        let mut wire = Wire::open(service.gateway.address()).await;
        wire.send(&message).await;
        wire.finish().await;
        let answer = wire.try_answer().await;
        let status = answer.map(|answer| answer.status);
        assert_eq!(status, (!message.is_empty()).then_some(401));
        assert_eq!(wire.drain().await, 0);
    }
    assert_untouched(&service.upstream).await;
}
