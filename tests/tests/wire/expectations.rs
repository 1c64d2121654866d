//! `Expect: 100-continue` (RFC 9110 section 10.1.1): a client that asks first sends nothing in vain.

use gateway_tests::{Request, assert_untouched};

use crate::{ask, storing};

/// The head of a request that announces its body and waits.
fn head(request: &Request) -> String {
    request.head(&[&request.content_length(), "Expect: 100-continue"])
}

#[tokio::test]
async fn an_accepted_head_is_asked_for_its_body() {
    let service = storing(&[]).await;
    let (interim, mut wire) = ask(&service.gateway, head(&Request::png())).await;
    assert_eq!(interim.status, 100);
    assert_untouched(&service.upstream).await;
    wire.store(Request::png().body).await;
}

#[tokio::test]
async fn a_refused_head_gets_its_answer_and_is_not_asked() {
    let service = storing(&[("MAX_BODY_BYTES", "1000")]).await;
    let cases = [
        (Request::png().without("ccmessaging-token"), 400),
        (Request::png().without("authorization"), 401),
        (Request::png().path("/unknown"), 404),
        (Request::png().method("PUT"), 405),
        (Request::new(vec![b' '; 1001]), 413),
        (Request::png().with("content-type", "application/pdf"), 415),
        (Request::png().with("content-encoding", "gzip"), 415),
    ];
    for (request, status) in cases {
        let (answer, mut wire) = ask(&service.gateway, head(&request)).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.header("connection"), Some("close"), "{status}");
        // The body may or may not follow, so nothing else can: the connection is closed.
        assert_eq!(wire.drain().await, 0);
    }
    assert_untouched(&service.upstream).await;
}
