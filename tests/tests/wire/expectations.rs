//! `Expect: 100-continue` (RFC 9110 section 10.1.1).

use gateway_tests::{Request, assert_untouched};

use crate::{ask, storing};

/// Returns the head of a request that waits for 100.
fn head(request: &Request) -> String {
    request.head(&[&request.content_length(), "Expect: 100-continue"])
}

#[tokio::test]
async fn accepted_heads_get_100_continue() {
    let service = storing(&[]).await;
    let (interim, mut wire) = ask(&service.gateway, head(&Request::png())).await;
    assert_eq!(interim.status, 100);
    assert_untouched(&service.upstream).await;
    wire.store(Request::png().body).await;
}

#[tokio::test]
async fn rejected_heads_get_the_final_response_without_100() {
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
        // The client may or may not send the body now, so the connection must be closed.
        assert_eq!(wire.drain().await, 0);
    }
    assert_untouched(&service.upstream).await;
}
