//! The four forms of a request target (RFC 9112 section 3.2). None of them selects the upstream.

use gateway_tests::{Request, Wire, assert_untouched, received, upstream_storing};

use crate::{ask, store, storing};

#[tokio::test]
async fn absolute_targets_are_reduced_to_their_path() {
    let service = storing(&[]).await;
    let elsewhere = upstream_storing().await;
    let path = Request::png().path;
    let mut wire = Wire::open(service.gateway.address()).await;
    for base in [elsewhere.uri(), "http://169.254.169.254".to_owned()] {
        let request = Request::png().path(&format!("{base}{path}"));
        wire.store(request.to_bytes()).await;
        let request = Request::png().path(&format!("{base}/elsewhere"));
        let answer = wire.ask(request.to_bytes()).await;
        answer.assert_refused(404, "3", &["unknown path"]);
    }
    assert_untouched(&elsewhere).await;
    let received = received(&service.upstream).await;
    let host = service.upstream.address().to_string();
    for request in &received {
        assert_eq!(request.headers["host"], host.as_str());
    }
    assert_eq!(received.len(), 2);
}

#[tokio::test]
async fn host_does_not_select_the_upstream() {
    let service = storing(&[]).await;
    let elsewhere = upstream_storing().await;
    let other = elsewhere.address().to_string();
    let message = String::from_utf8(Request::png().to_bytes()).expect("text");
    store(
        &service.gateway,
        message.replacen("gateway.example", &other, 1),
    )
    .await;
    assert_untouched(&elsewhere).await;
}

#[tokio::test]
async fn proxy_requests_are_rejected() {
    for settings in [&[][..], &[("ALLOWED_ORIGINS", "*")]] {
        let service = storing(settings).await;
        let target = service.upstream.address().to_string();
        for (method, path) in [("CONNECT", target.as_str()), ("POST", "*"), ("GET", "*")] {
            let request = Request::new("").method(method).path(path);
            let (answer, _) = ask(&service.gateway, request.to_bytes()).await;
            answer.assert_refused(404, "3", &["unknown path"]);
        }
        assert_untouched(&service.upstream).await;
    }
}

#[tokio::test]
async fn paths_are_not_normalized() {
    let service = storing(&[]).await;
    let mut wire = Wire::open(service.gateway.address()).await;
    for path in [
        "/apiaccess/ccmessaging/./uploadFileStream",
        "/apiaccess/ccmessaging/applyToken/../uploadFileStream",
        "//apiaccess/ccmessaging/uploadFileStream",
        "/apiaccess/ccmessaging/uploadFileStream%2F",
        "/apiaccess/ccmessaging/uploadfilestream",
        "/apiaccess/ccmessaging/uploadFileStream/more",
    ] {
        let answer = wire.ask(Request::png().path(path).to_bytes()).await;
        answer.assert_refused(404, "3", &["unknown path"]);
    }
    assert_untouched(&service.upstream).await;
}
