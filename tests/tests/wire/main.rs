//! Server mode at the level of HTTP/1.1 and TCP, with the real program: invalid, slow and oversized
//! requests are rejected and do not reach the upstream.

mod expectations;
mod framing;
mod half_closed;
mod heads;
mod load;
mod memory;
mod slow;
mod targets;

use gateway_tests::{Answer, Gateway, Platform, ScriptedUpstream, Storing, Wire, assert_untouched};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_bootstrap-under-test");

/// Starts the gateway as a server in front of an upstream that stores every file.
async fn storing(settings: &[(&str, &str)]) -> Storing {
    Storing::start(PROGRAM, Platform::Http, settings).await
}

/// Starts the gateway as a server in front of a scripted upstream.
async fn scripted(upstream: &ScriptedUpstream, settings: &[(&str, &str)]) -> Gateway {
    let url = upstream.uri();
    let settings = [&[("UPSTREAM_BASE_URL", url.as_str())], settings].concat();
    Gateway::start(PROGRAM, Platform::Http, &settings).await
}

/// Sends a message on a new connection and returns the response and the connection.
async fn ask(gateway: &Gateway, message: impl AsRef<[u8]>) -> (Answer, Wire) {
    let mut wire = Wire::open(gateway.address()).await;
    (wire.ask(message).await, wire)
}

/// Sends an upload that must be stored on a new connection.
async fn store(gateway: &Gateway, message: impl AsRef<[u8]>) -> (Answer, Wire) {
    let mut wire = Wire::open(gateway.address()).await;
    (wire.store(message).await, wire)
}

/// Sends each message on a new connection and checks the first response, if there is one. Asserts that
/// the connection is closed without another response and that no request reaches the upstream.
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

/// Checks a response that hyper generates before the service receives the request: a status without a
/// body.
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

/// Checks a rejection by the gateway.
fn is_refusal(status: u16, return_code: &str, word: &str) -> impl Fn(&str, Option<&Answer>) {
    move |shown, answer| {
        let answer = answer.unwrap_or_else(|| panic!("no answer: {shown}"));
        answer.assert_refused(status, return_code, &[word]);
    }
}
