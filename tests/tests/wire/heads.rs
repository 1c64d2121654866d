//! Invalid heads (RFC 9112 sections 2 to 5) and oversized ones.

use gateway_tests::{Request, Wire, assert_untouched};

use crate::{ask, is_bare, is_refusal, refused, store, storing};

/// Returns an upload with a further header line.
fn with_line(line: &[u8]) -> Vec<u8> {
    let upload = Request::png();
    let marker = "x-marker: here";
    let head = upload.head(&[&upload.content_length(), marker]);
    let (before, after) = head.split_once(marker).expect("the marker");
    [before.as_bytes(), line, after.as_bytes(), &upload.body].concat()
}

/// Returns an upload with another request line.
fn with_request_line(line: &str) -> Vec<u8> {
    let message = Request::png().to_bytes();
    let end = message.iter().position(|&byte| byte == b'\r');
    [line.as_bytes(), &message[end.expect("a line's end")..]].concat()
}

#[tokio::test]
async fn invalid_headers_are_rejected() {
    let wrong: [&[u8]; 9] = [
        b"x-note: one\rx-app-key: another",
        b"x-note: one\0two",
        b"x-note: one\x7ftwo",
        b"x-note: one\r\n two",
        b"x-note: one\r\n\ttwo",
        b"x-note : one",
        b" x-note: one",
        b"x-note",
        b": one",
    ];
    refused(wrong.map(with_line), is_bare(400)).await;
}

/// RFC 9112 section 2.2 allows lines that end without CR. A header injected that way is validated like
/// any other: here the token is duplicated.
#[tokio::test]
async fn bare_line_feeds_end_a_header() {
    let service = storing(&[]).await;
    let message = with_line(b"x-note: one\nccmessaging-token: another");
    let (answer, _) = ask(&service.gateway, message).await;
    answer.assert_refused(400, "3", &["ccmessaging-token"]);
    assert_untouched(&service.upstream).await;
}

#[tokio::test]
async fn oversized_heads_are_rejected() {
    let long_value = with_line(format!("x-note: {}", "x".repeat(40_000)).as_bytes());
    let many_headers = with_line(vec!["x-note: one"; 120].join("\r\n").as_bytes());
    let endless = format!("POST / HTTP/1.1\r\nx-note: {}", "x".repeat(100_000)).into_bytes();
    refused([long_value, many_headers, endless], is_bare(431)).await;
}

#[tokio::test]
async fn a_head_of_almost_32_kibibytes_passes() {
    let service = storing(&[]).await;
    let line = format!("x-note: {}", "x".repeat(32_000));
    store(&service.gateway, with_line(line.as_bytes())).await;
}

#[tokio::test]
async fn invalid_request_lines_are_rejected() {
    let path = "/apiaccess/ccmessaging/uploadFileStream";
    let wrong = [
        format!("POST {path}"),
        format!("POST {path} HTTP/1.2"),
        format!("POST {path} HTTP/3.0"),
        format!("POST {path} HTTP/1.1 "),
        format!("POST  {path} HTTP/1.1"),
        format!("POST {path} and more HTTP/1.1"),
        format!("POST {path}\0 HTTP/1.1"),
        format!("PO ST {path} HTTP/1.1"),
        format!("PO(ST) {path} HTTP/1.1"),
        format!("POST apiaccess{path} HTTP/1.1"),
    ];
    let messages = wrong.iter().map(|line| with_request_line(line));
    refused(messages, is_bare(400)).await;
}

#[tokio::test]
async fn other_protocols_are_rejected() {
    let messages: [&[u8]; 3] = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        b"\x16\x03\x01\0\xa5\x01\0\0\xa1\x03\x03 a client's hello of TLS",
        b"hello\r\n\r\n",
    ];
    refused(messages.map(<[u8]>::to_vec), is_bare(400)).await;
}

#[tokio::test]
async fn methods_are_case_sensitive() {
    let service = storing(&[]).await;
    for method in ["post", "Post", "BREW"] {
        let message = Request::png().method(method).to_bytes();
        let (answer, _) = ask(&service.gateway, message).await;
        answer.assert_refused(405, "3", &["only supports GET, POST"]);
        assert_eq!(answer.header("allow"), Some("GET, POST"));
    }
    assert_untouched(&service.upstream).await;
}

#[tokio::test]
async fn http_1_1_requires_one_host() {
    let upload = Request::png();
    let head = upload.head(&["Connection: close", &upload.content_length()]);
    let host = "Host: gateway.example\r\n";
    let messages = [
        head.replace(host, ""),
        head.replace(host, "Host: gateway.example\r\nHost: gateway.example\r\n"),
        head.replace(host, "Host: gateway.example\r\nhost: another.example\r\n"),
    ]
    .map(|head| [head.as_bytes(), &upload.body].concat());
    refused(messages, is_refusal(400, "3", "one Host")).await;
}

#[tokio::test]
async fn invalid_hosts_are_rejected() {
    let hosts = [
        "",
        " ",
        "a b@/",
        "a b",
        "user@host",
        "host/",
        "host:port",
        "[::1",
        "h?",
        "h#",
    ];
    let service = storing(&[]).await;
    let message = String::from_utf8(Request::png().to_bytes()).expect("text");
    for host in hosts {
        for version in ["HTTP/1.1", "HTTP/1.0"] {
            let message = message.replacen("HTTP/1.1", version, 1);
            let message = message.replacen("gateway.example", host, 1);
            let (answer, _) = ask(&service.gateway, message).await;
            let reason = answer.json()["reasonCode"].clone();
            assert_eq!(
                (answer.status, reason),
                (400, "malformed_host".into()),
                "{host:?} {version}"
            );
        }
    }
    assert_untouched(&service.upstream).await;
    for host in [
        "host",
        "host:8000",
        "192.0.2.1:80",
        "[::1]:80",
        "a-b.example.",
    ] {
        store(
            &service.gateway,
            message.replacen("gateway.example", host, 1),
        )
        .await;
    }
}

#[tokio::test]
async fn metrics_require_one_host() {
    let service = storing(&[("METRICS_ADDRESS", "127.0.0.1:0")]).await;
    let scrape = "GET /metrics HTTP/1.1\r\nHost: gateway.example\r\n\r\n";
    let mut wire = Wire::open(&service.gateway.metrics_address().await).await;
    assert_eq!(wire.ask(scrape).await.status, 200);
    let answer = wire.ask(scrape.replace("gateway.example", "a b")).await;
    answer.assert_refused(400, "3", &["one Host"]);
}

#[tokio::test]
async fn malformed_preflight_requests_are_rejected() {
    let service = storing(&[("ALLOWED_ORIGINS", "https://shop.example.com")]).await;
    let preflight = Request::png()
        .method("OPTIONS")
        .with("Origin", "https://shop.example.com")
        .with("Access-Control-Request-Method", "POST")
        .head(&[]);
    let (answer, _) = ask(&service.gateway, &preflight).await;
    assert_eq!(answer.status, 204);
    let malformed = preflight.replacen("gateway.example", "a b", 1);
    let (answer, _) = ask(&service.gateway, malformed).await;
    answer.assert_refused(400, "3", &["one Host"]);
    assert_untouched(&service.upstream).await;
}

#[tokio::test]
async fn http_1_0_needs_no_host_and_ends_the_connection() {
    let service = storing(&[]).await;
    let message = String::from_utf8(Request::png().to_bytes()).expect("text");
    let message = message.replacen("HTTP/1.1", "HTTP/1.0", 1);
    let message = message.replacen("Host: gateway.example\r\n", "", 1);
    let (_, mut wire) = store(&service.gateway, message).await;
    assert_eq!(wire.drain().await, 0);
}
