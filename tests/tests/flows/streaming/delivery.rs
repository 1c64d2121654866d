//! What is sent on is what came.

use gateway_tests::{Conduct, Door, Form, Request, WatchedUpstream, upload_line};

use super::{MIB, admitted, film, gateway, large_sandbox, raw, streaming_gateway};

/// Sends a request; the sandbox must store this file.
async fn stored(request: Request, is_chunked: bool, file: &[u8], spelling: &str) {
    let sandbox = large_sandbox().await;
    let gateway = streaming_gateway(&sandbox.base_url(), &[]).await;
    let request = admitted(request, &sandbox);
    let answer = if is_chunked {
        gateway.send_chunked(&request).await
    } else {
        gateway.send(&request).await
    };
    assert_eq!(answer.json()["returnCode"], "0", "{}", answer.text);
    let key = answer.json()["objectKey"]
        .as_str()
        .expect("a key")
        .to_owned();
    let received = sandbox.file(&key).await.expect("a stored file");
    assert!(received == file, "{} bytes", received.len());
    let [upload] = &sandbox.uploads()[..] else {
        panic!("one upload");
    };
    assert_eq!(upload.file_type, spelling);
    let line = upload_line(&gateway.stop().await);
    assert_eq!(line["streamed"], true, "{line}");
    assert_eq!(line["decoded_bytes"], file.len(), "{line}");
    assert_eq!(line["outcome"], "stored", "{line}");
    assert_eq!(line["attempts"], 1, "{line}");
}

#[tokio::test]
async fn a_large_film_arrives_whole_although_no_such_body_may_be_held() {
    let film = film(64 * MIB + 1);
    stored(raw(&film), false, &film, "mp4").await;
}

#[tokio::test]
async fn a_film_of_undeclared_length_arrives_whole() {
    let film = film(5 * MIB + 2);
    stored(raw(&film), true, &film, "mp4").await;
    let undeclared = Request::raw("application/octet-stream", &film);
    stored(undeclared, true, &film, "mp4").await;
}

#[tokio::test]
async fn a_film_in_a_form_arrives_whole_wherever_its_other_parts_stand() {
    let film = film(5 * MIB);
    let before = Form::new().text("fileType", "Mp4").text("channel", "WEB");
    let before = before.file("film.mp4", "video/mp4", &film);
    let behind = Form::new().file("film", "application/octet-stream", &film);
    let behind = behind
        .text("other", "ignored")
        .text("fileType", "MP4")
        .text("channel", "WEB");
    let alone = Form::new().file("film.mp4", "video/mp4", &film);
    for (form, spelling) in [(before, "Mp4"), (behind, "MP4"), (alone, "mp4")] {
        stored(form.request(), false, &film, spelling).await;
        stored(form.request(), true, &film, spelling).await;
    }
}

#[tokio::test]
async fn a_declared_length_is_declared_to_the_upstream_too() {
    let film = film(3 * MIB);
    for mode in ["declared-length", "always"] {
        let upstream = WatchedUpstream::start(Conduct::Store).await;
        let gateway = gateway(Door::Http, upstream.uri(), mode, &[]).await;
        let answer = gateway.send(&raw(&film)).await;
        assert_eq!(answer.json()["returnCode"], "0", "{}", answer.text);
        let seen = upstream.until_seen(1).await;
        let length = seen[0].header("content-length").map(str::parse);
        assert_eq!(length, Some(Ok(seen[0].body_bytes)), "{}", seen[0].head());
        assert_eq!(seen[0].header("transfer-encoding"), None);
        assert!(
            seen[0]
                .end
                .ends_with(r#"","fileType":"mp4","channel":"WEB"}"#)
        );
    }
}

#[tokio::test]
async fn without_one_the_upstream_gets_chunks() {
    let upstream = WatchedUpstream::start(Conduct::Store).await;
    let gateway = streaming_gateway(upstream.uri(), &[]).await;
    let film = film(3 * MIB);
    let form = Form::new().file("film.mp4", "video/mp4", &film);
    assert_eq!(
        gateway.send(&form.request()).await.json()["returnCode"],
        "0"
    );
    assert_eq!(
        gateway.send_chunked(&raw(&film)).await.json()["returnCode"],
        "0"
    );
    for seen in upstream.until_seen(2).await {
        assert_eq!(seen.header("transfer-encoding"), Some("chunked"));
        assert_eq!(seen.header("content-length"), None);
    }
}
