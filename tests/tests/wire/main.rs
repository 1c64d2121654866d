//! Server mode on the wire, against the real program: what a client that breaks the rules of
//! HTTP/1.1, sends slowly, or sends too much gets to see, and that none of it reaches the upstream.

mod expectations;
mod framing;
mod heads;
mod load;
mod memory;
mod slow;
mod stalled;
mod targets;

use gateway_tests::{
    Answer, Door, Gateway, Request, Wire, assert_untouched, sample, upstream_storing,
};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_bootstrap-under-test");

/// Starts the gateway as a server in front of an upstream, with more settings.
async fn gateway(upstream: &str, settings: &[(&str, &str)]) -> Gateway {
    let settings = [&[("UPSTREAM_BASE_URL", upstream)], settings].concat();
    Gateway::start(PROGRAM, Door::Http, &settings).await
}

/// A complete, correct upload.
fn upload() -> Request {
    Request::upload("png", &sample("rgb.png"))
}

/// Sends each of these on a connection of its own, each to the end: the first answer is judged, if
/// there is one; there is no second, the connection is closed, and nothing reaches the upstream.
async fn refused(
    messages: impl IntoIterator<Item = Vec<u8>>,
    judge: impl Fn(&str, Option<&Answer>),
) {
    let upstream = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[]).await;
    for message in messages {
        let shown = String::from_utf8_lossy(&message[..message.len().min(600)]).into_owned();
        let mut wire = Wire::open(gateway.address()).await;
        // The gateway may have closed before the last byte was written.
        let _ = wire.send(&message).await;
        let answer = wire.answer().await;
        judge(&shown, answer.as_ref());
        assert_eq!(wire.drain().await, 0, "a second answer: {shown}");
        assert_untouched(&upstream).await;
    }
}

/// Judges an answer that hyper itself gives, before the service sees the request: a status without
/// a body.
fn is_bare(status: u16) -> impl Fn(&str, Option<&Answer>) {
    move |shown, answer| {
        let answer = answer.unwrap_or_else(|| panic!("no answer: {shown}"));
        assert_eq!(answer.status, status, "{shown}");
        assert_eq!(answer.text, "", "{shown}");
        assert_eq!(answer.header("connection"), Some("close"), "{shown}");
    }
}

/// Judges a refusal of the gateway.
fn is_refusal<'a>(
    status: u16,
    return_code: &'a str,
    words: &'a [&'a str],
) -> impl Fn(&str, Option<&Answer>) + 'a {
    move |shown, answer| {
        answer
            .unwrap_or_else(|| panic!("no answer: {shown}"))
            .assert_refused(status, return_code, words);
    }
}
