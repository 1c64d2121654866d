//! Server mode on the wire, against the real program: what a client that breaks the rules of
//! HTTP/1.1, sends slowly, or sends too much gets to see, and that none of it reaches the upstream.

mod expectations;
mod framing;
mod half_closed;
mod heads;
mod load;
mod memory;
mod slow;
mod stalled;
mod targets;

use gateway_tests::{Answer, Gateway, Platform, ScriptedUpstream, Storing, Wire, assert_untouched};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_bootstrap-under-test");

/// The gateway as a server in front of an upstream that stores every file.
async fn storing(settings: &[(&str, &str)]) -> Storing {
    Storing::start(PROGRAM, Platform::Http, settings).await
}

/// The gateway as a server in front of an upstream that plays a script.
async fn scripted(upstream: &ScriptedUpstream, settings: &[(&str, &str)]) -> Gateway {
    let url = upstream.uri();
    let settings = [&[("UPSTREAM_BASE_URL", url.as_str())], settings].concat();
    Gateway::start(PROGRAM, Platform::Http, &settings).await
}

/// Sends a message on a connection of its own: the answer, and the connection.
async fn ask(gateway: &Gateway, message: impl AsRef<[u8]>) -> (Answer, Wire) {
    let mut wire = Wire::open(gateway.address()).await;
    (wire.ask(message).await, wire)
}

/// The same with an upload that must be stored.
async fn store(gateway: &Gateway, message: impl AsRef<[u8]>) -> (Answer, Wire) {
    let mut wire = Wire::open(gateway.address()).await;
    (wire.store(message).await, wire)
}

/// Sends each of these on a connection of its own, each to the end: the first answer is judged, if
/// there is one; there is no second, the connection is closed, and nothing reaches the upstream.
async fn refused(
    messages: impl IntoIterator<Item = Vec<u8>>,
    judge: impl Fn(&str, Option<&Answer>),
) {
    let service = storing(&[]).await;
    for message in messages {
        let shown = String::from_utf8_lossy(&message[..message.len().min(600)]).into_owned();
        let mut wire = Wire::open(service.gateway.address()).await;
        // The gateway may have closed before the last byte was written.
        let _ = wire.try_send(&message).await;
        judge(&shown, wire.try_answer().await.as_ref());
        assert_eq!(wire.drain().await, 0, "a second answer: {shown}");
        assert_untouched(&service.upstream).await;
    }
}

/// Judges an answer that hyper itself gives, before the service sees the request: a status without
/// a body.
fn is_bare(status: u16) -> impl Fn(&str, Option<&Answer>) {
    move |shown, answer| {
        let answer = answer.unwrap_or_else(|| panic!("no answer: {shown}"));
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (status, ""),
            "{shown}"
        );
        assert_eq!(answer.header("connection"), Some("close"), "{shown}");
    }
}

/// Judges a refusal of the gateway.
fn is_refusal(status: u16, return_code: &str, word: &str) -> impl Fn(&str, Option<&Answer>) {
    move |shown, answer| {
        let answer = answer.unwrap_or_else(|| panic!("no answer: {shown}"));
        answer.assert_refused(status, return_code, &[word]);
    }
}
