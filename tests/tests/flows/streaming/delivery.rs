//! What is sent on is what came.

use gateway_tests::{
    Form, Platform, Request, Script, ScriptedUpstream, Step, http_answer, upload_line,
};

use super::{MIB, film, gateway, large_sandbox, raw, send, streaming_gateway};

/// Sends a request; the sandbox must store this file.
async fn stored(request: Request, is_chunked: bool, file: &[u8], spelling: &str) {
    let sandbox = large_sandbox().await;
    let gateway = streaming_gateway(&sandbox.base_url(), &[]).await;
    let request = request.admitted_by(&sandbox);
    let key = send(&gateway, &request, is_chunked).await.assert_stored();
    let received = sandbox.file(&key).expect("a stored file");
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
    let film = film(24 * MIB + 1);
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
        let upstream = ScriptedUpstream::start(Script::storing()).await;
        let gateway = gateway(Platform::Http, &upstream.uri(), mode, &[]).await;
        gateway.send(&raw(&film)).await.assert_stored();
        let seen = &upstream.until_over(1).await[0];
        let length = seen.body_bytes.to_string();
        assert_eq!(seen.headers["content-length"], length.as_str());
        assert_eq!(seen.headers.get("transfer-encoding"), None);
        let end = br#"","fileType":"mp4","channel":"WEB"}"#;
        assert!(seen.end.ends_with(end), "{seen:?}");
    }
}

/// An idle connection may be closed by the other side at any moment, which loses what cannot be repeated.
#[tokio::test]
async fn what_is_sent_on_gets_a_connection_of_its_own() {
    let answer = http_answer(200, "", gateway_tests::stored());
    let keeping = Script::new([Step::ReadRequest, Step::Write(answer), Step::Wait]);
    let upstream = ScriptedUpstream::start(keeping).await;
    let gateway = streaming_gateway(&upstream.uri(), &[]).await;
    gateway.send(&Request::png()).await.assert_stored();
    for connections in [2, 3] {
        gateway.send(&raw(&film(3 * MIB))).await.assert_stored();
        assert_eq!(upstream.connections(), connections);
    }
}

#[tokio::test]
async fn without_one_the_upstream_gets_chunks() {
    let upstream = ScriptedUpstream::start(Script::storing()).await;
    let gateway = streaming_gateway(&upstream.uri(), &[]).await;
    let film = film(3 * MIB);
    let form = Form::new().file("film.mp4", "video/mp4", &film).request();
    gateway.send(&form).await.assert_stored();
    gateway.send_chunked(&raw(&film)).await.assert_stored();
    for seen in upstream.until_over(2).await {
        assert_eq!(seen.headers["transfer-encoding"], "chunked");
        assert_eq!(seen.headers.get("content-length"), None);
    }
}
