//! A file that turns out to be wrong when part of it was sent on: the upstream never sees a whole
//! request.

use futures_util::future::join_all;
use gateway_tests::{Form, Gateway, Request, Script, ScriptedUpstream, Wire};

use super::{MIB, assert_incomplete, film, raw, send, streaming_gateway};

/// The limit of films here.
const LIMIT: (&str, &str) = ("MAX_VIDEO_BYTES", "3000000");

/// A gateway that sends on what it may, in front of an upstream that stores every file.
async fn streaming(settings: &[(&str, &str)]) -> (ScriptedUpstream, Gateway) {
    let upstream = ScriptedUpstream::start(Script::storing()).await;
    let gateway = streaming_gateway(&upstream.uri(), settings).await;
    (upstream, gateway)
}

/// Sends a request of which something is sent on, and which is then refused with these words.
async fn aborted(request: &Request, is_chunked: bool, status: u16, words: &[&str]) {
    let (upstream, gateway) = streaming(&[LIMIT]).await;
    let answer = send(&gateway, request, is_chunked).await;
    answer.assert_refused(status, "3", words);
    let seen = upstream.until_over(1).await;
    assert_eq!(seen.len(), 1);
    assert_incomplete(&seen[0]);
}

/// A form with a film in front.
fn form() -> Form {
    Form::new().file("film.mp4", "video/mp4", &film(2 * MIB))
}

#[tokio::test]
async fn a_file_that_grows_over_its_limit() {
    let film = film(3 * MIB);
    let form = Form::new().file("film.mp4", "video/mp4", &film).request();
    let words = ["more than 3000000 bytes", "video"];
    aborted(&raw(&film), true, 200, &["body: ", words[0], words[1]]).await;
    aborted(&form, false, 200, &["file: ", words[0], words[1]]).await;
}

#[tokio::test]
async fn a_declared_length_over_the_limit_is_refused_before_anything_is_sent_on() {
    let (upstream, gateway) = streaming(&[LIMIT]).await;
    let answer = gateway.send(&raw(&film(3 * MIB))).await;
    answer.assert_refused(200, "3", &["body: ", "3145728 bytes", "3000000"]);
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test]
async fn a_part_behind_the_file_that_does_not_fit() {
    for (name, value, word) in [
        ("fileType", "png", "declared png, but the content is MP4"),
        ("fileType", "exe", "fileType: \"exe\" is not supported"),
        ("channel", "SMS", "channel: \"SMS\" is not supported"),
    ] {
        aborted(&form().text(name, value).request(), false, 200, &[word]).await;
    }
}

#[tokio::test]
async fn a_form_that_is_malformed_behind_its_file() {
    let twice = form().file("film.mp4", "video/mp4", &film(1_000));
    let encoded = form().part(
        "Content-Disposition: form-data; name=\"channel\"\r\nContent-Transfer-Encoding: base64",
        b"V0VC",
    );
    let many = (0..16).fold(form(), |form, _| form.text("other", ""));
    for (form, word) in [
        (twice, "more than one part file"),
        (
            form().text("channel", "WEB").text("channel", "WEB"),
            "more than one part channel",
        ),
        (encoded, "Content-Transfer-Encoding"),
        (many, "more than 16 parts"),
        (
            form().text("fileType", &"x".repeat(1_025)),
            "more than 1024 bytes",
        ),
        (form().part("X-Other: a", b"nameless"), "no name"),
    ] {
        aborted(&form.request(), false, 400, &[word]).await;
    }
    let whole = form().body();
    for end in [whole.len() - 4, whole.len() - 1_000] {
        let request = Form::request_of(&whole[..end]);
        aborted(&request, true, 400, &["the form is incomplete"]).await;
    }
}

/// Headers of a part, of 2 MiB.
fn endless_headers() -> String {
    "Content-Disposition: form-data; name=\"channel\"\r\nX-Other: "
        .chars()
        .chain(std::iter::repeat_n('x', 2 * MIB))
        .collect()
}

#[tokio::test]
async fn a_part_behind_the_file_whose_headers_do_not_end() {
    let request = form().part(&endless_headers(), b"WEB").request();
    aborted(&request, false, 400, &["65536 bytes without a part"]).await;
}

#[tokio::test]
async fn a_form_that_cannot_become_one_is_refused_before_all_of_it_is_there() {
    let small = film(1_000);
    let two_files =
        Form::new()
            .file("a.mp4", "video/mp4", &small)
            .file("b.mp4", "video/mp4", &film(3 * MIB));
    let preamble = [&vec![b'x'; 2 * MIB][..], &form().body()].concat();
    for (request, word) in [
        (Form::request_of(&preamble), "65536 bytes without a part"),
        (
            Form::new().part(&endless_headers(), b"").request(),
            "65536 bytes without a part",
        ),
        (two_files.request(), "more than one part file"),
    ] {
        let (upstream, gateway) = streaming(&[]).await;
        let mut wire = begin(&gateway, &request).await;
        wire.answer().await.assert_refused(400, "3", &[word]);
        assert_eq!(upstream.connections(), 0);
    }
}

/// Begins an upload whose declared length is more than is sent; the first half is on its way.
async fn begin(gateway: &Gateway, request: &Request) -> Wire {
    let mut wire = Wire::open(gateway.address()).await;
    wire.send(request.head(&[&request.content_length()])).await;
    wire.send(&request.body[..request.body.len() / 2]).await;
    wire
}

#[tokio::test]
async fn a_body_that_breaks_off() {
    for request in [raw(&film(2 * MIB)), form().request()] {
        let (upstream, gateway) = streaming(&[]).await;
        let mut wire = begin(&gateway, &request).await;
        upstream.until_begun(1).await;
        wire.finish().await;
        let answer = wire.answer().await;
        answer.assert_refused(400, "3", &["the body is incomplete"]);
        assert_incomplete(&upstream.until_over(1).await[0]);
    }
}

#[tokio::test]
async fn a_form_whose_body_breaks_off_behind_its_end() {
    let (upstream, gateway) = streaming(&[]).await;
    let request = form().request();
    let length = format!("Content-Length: {}", request.body.len() + 10);
    let mut wire = Wire::open(gateway.address()).await;
    wire.send(request.head(&[&length])).await;
    wire.send(&request.body).await;
    upstream.until_begun(1).await;
    wire.finish().await;
    let answer = wire.answer().await;
    answer.assert_refused(400, "3", &["the body is incomplete"]);
    assert_incomplete(&upstream.until_over(1).await[0]);
}

#[tokio::test]
async fn a_client_that_goes_away() {
    for request in [raw(&film(2 * MIB)), form().request()] {
        let (upstream, gateway) = streaming(&[]).await;
        let wire = begin(&gateway, &request).await;
        upstream.until_begun(1).await;
        drop(wire);
        assert_incomplete(&upstream.until_over(1).await[0]);
    }
}

#[tokio::test]
async fn a_client_that_falls_silent() {
    let cut_off = async |request| {
        let (upstream, gateway) = streaming(&[("IDLE_TIMEOUT_MS", "2000")]).await;
        let mut wire = begin(&gateway, &request).await;
        let answer = wire.answer().await;
        answer.assert_refused(408, "3", &["did not arrive in time"]);
        assert_incomplete(&upstream.until_over(1).await[0]);
    };
    join_all([raw(&film(2 * MIB)), form().request()].map(cut_off)).await;
}

#[tokio::test]
async fn an_upstream_that_stops_taking_the_file_is_not_the_clients_fault() {
    // Far more than the buffers of the sockets hold.
    let film = film(24 * MIB);
    let upstream = ScriptedUpstream::start(Script::stalling()).await;
    let settings = [("UPSTREAM_TIMEOUT_MS", "1000"), ("IDLE_TIMEOUT_MS", "500")];
    let gateway = streaming_gateway(&upstream.uri(), &settings).await;
    let answer = gateway.send_chunked(&raw(&film)).await;
    answer.assert_refused(500, "13", &["did not answer in time"]);
    upstream.release();
    assert_incomplete(&upstream.until_over(1).await[0]);
}

/// What is sent on has a place at the upstream. A client that leaves it unused gives it up to uploads
/// that come before it is certain whether it only pauses.
#[tokio::test]
async fn a_stalled_body_gives_way_to_ordinary_uploads() {
    let (upstream, gateway) = streaming(&[("MAX_UPLOADS_IN_FLIGHT", "1")]).await;
    let film = raw(&film(3 * MIB));
    let mut stalled = Wire::open(gateway.address()).await;
    stalled.send(film.head(&[&film.content_length()])).await;
    stalled.send(&film.body[..MIB]).await;
    upstream.until_begun(1).await;
    let ordinary = Request::png();
    for answer in join_all([(); 3].map(|()| gateway.send(&ordinary))).await {
        answer.assert_stored();
    }
    let answer = stalled.answer().await;
    answer.assert_refused(503, "13", &["other uploads arrive faster"]);
    let seen = upstream.until_over(4).await;
    assert_incomplete(&seen[0]);
}
