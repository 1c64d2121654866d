//! An upstream that cannot be reached, breaks off, is too slow, or answers something else.

use std::time::Duration;

use gateway_tests::{
    Answer, ClosedPort, Door, RawUpstream, Request, Script, Step, answers, sample,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wiremock::{MockServer, ResponseTemplate};

use crate::gateway;

fn upload() -> Request {
    Request::upload("png", &sample("rgb.png"))
}

fn assert_failed(answer: &Answer, words: &[&str]) {
    answer.assert_refused(500, "13", words);
}

#[tokio::test]
async fn an_upstream_that_cannot_be_reached_is_an_upload_failure() {
    let nobody = ClosedPort::reserve();
    for door in Door::ALL {
        let gateway = gateway(door, &nobody.uri(), &[]).await;
        assert_failed(&gateway.send(&upload()).await, &["cannot be reached"]);
    }
}

#[tokio::test]
async fn an_upstream_that_does_not_answer_in_time_is_an_upload_failure() {
    for door in Door::ALL {
        let upstream = MockServer::start().await;
        let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(600));
        answers(&upstream, slow).await;
        let settings = [("UPSTREAM_TIMEOUT_MS", "200")];
        let gateway = gateway(door, &upstream.uri(), &settings).await;
        assert_failed(&gateway.send(&upload()).await, &["did not answer in time"]);
    }
}

#[tokio::test]
async fn what_is_not_the_documented_json_is_an_upload_failure() {
    let page = "<html>502 Bad Gateway</html>";
    let bodies = [
        (200, page),
        (404, page),
        (500, ""),
        (200, "{}"),
        (200, r#"{"returnCode":"0"}"#),
        (200, r#"{"returnCode":"0","objectKey":"k""#),
        (200, r#"{"returnCode":0,"objectKey":"k"}"#),
        (200, r#"["0"]"#),
        (302, r#"{"returnCode":"0","objectKey":"k"}"#),
    ];
    for door in Door::ALL {
        for (status, body) in bodies {
            let upstream = MockServer::start().await;
            let answer = ResponseTemplate::new(status)
                .insert_header("location", "http://127.0.0.1:9/")
                .set_body_raw(body, "application/json");
            answers(&upstream, answer).await;
            let gateway = gateway(door, &upstream.uri(), &[]).await;
            let answer = gateway.send(&upload()).await;
            assert_failed(&answer, &["status ", &status.to_string()]);
            assert!(!answer.text.contains("html"));
        }
    }
}

#[tokio::test]
async fn a_huge_answer_is_cut_off() {
    let upstream = MockServer::start().await;
    let body = format!(
        "{{\"returnCode\":\"0\",\"objectKey\":\"{}\"}}",
        "k".repeat(1 << 20)
    );
    answers(&upstream, ResponseTemplate::new(200).set_body_string(body)).await;
    let gateway = gateway(Door::Http, &upstream.uri(), &[]).await;
    assert_failed(&gateway.send(&upload()).await, &["status 200", "more than"]);
}

/// A server that reads a request's head and then writes `answer` and hangs up, for each connection.
async fn hanging_up(answer: &'static [u8]) -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 1024];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(answer).await;
        }
    });
    (url, server)
}

#[tokio::test]
async fn an_upstream_that_breaks_off_is_an_upload_failure() {
    let cases: [(&[u8], &str); 4] = [
        (b"", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "broke off"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 80\r\n\r\n{\"returnCode\"",
            "broke off",
        ),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "cannot be read as HTTP"),
    ];
    for (answer, words) in cases {
        let (url, server) = hanging_up(answer).await;
        let gateway = gateway(Door::Http, &url, &[]).await;
        assert_failed(&gateway.send(&upload()).await, &[words]);
        server.abort();
    }
}

#[tokio::test]
async fn a_second_answer_behind_the_first_is_nobodys() {
    let stored = |key: &str| {
        let body = format!(r#"{{"returnCode":"0","objectKey":"{key}"}}"#);
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let both = stored("own") + &stored("stray");
    let script = [
        Step::ReadRequest,
        Step::Write(both.into_bytes()),
        Step::Wait,
    ];
    let upstream = RawUpstream::start(Script::new(script), None).await;
    let url = format!("http://{}", upstream.address());
    for door in Door::ALL {
        let gateway = gateway(door, &url, &[]).await;
        for _ in 0..5 {
            let answer = gateway.send(&upload()).await;
            assert_eq!(answer.json()["objectKey"], "own");
        }
    }
}
