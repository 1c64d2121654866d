//! The four forms of a request's target (RFC 9112 section 3.2). None of them chooses the upstream.

use gateway_tests::{OBJECT_KEY, Request, Wire, assert_untouched, upstream_storing};

use crate::{gateway, upload};

#[tokio::test]
async fn an_absolute_target_is_its_path_whatever_host_it_names() {
    let upstream = upstream_storing().await;
    let elsewhere = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[]).await;
    let path = upload().path;
    let mut wire = Wire::open(gateway.address()).await;
    for base in [elsewhere.uri(), "http://169.254.169.254".to_owned()] {
        let request = upload().path(&format!("{base}{path}"));
        wire.send(request.to_bytes())
            .await
            .expect("an open connection");
        let answer = wire.answer().await.expect("an answer");
        assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
        let request = upload().path(&format!("{base}/elsewhere"));
        wire.send(request.to_bytes())
            .await
            .expect("an open connection");
        let answer = wire.answer().await.expect("an answer");
        answer.assert_refused(404, "3", &["nothing at this path"]);
    }
    assert_untouched(&elsewhere).await;
    let received = upstream.received_requests().await.expect("recording is on");
    let host = upstream.address().to_string();
    for request in &received {
        assert_eq!(request.headers["host"], host.as_str());
    }
    assert_eq!(received.len(), 2);
}

#[tokio::test]
async fn a_host_does_not_choose_the_upstream() {
    let upstream = upstream_storing().await;
    let elsewhere = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[]).await;
    let other = elsewhere.address().to_string();
    let message = String::from_utf8(upload().to_bytes()).expect("text");
    let message = message.replacen("gateway.example", &other, 1);
    let mut wire = Wire::open(gateway.address()).await;
    wire.send(message).await.expect("an open connection");
    let answer = wire.answer().await.expect("an answer");
    assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
    assert_untouched(&elsewhere).await;
}

#[tokio::test]
async fn the_gateway_is_no_proxy() {
    let upstream = upstream_storing().await;
    let target = upstream.address().to_string();
    for settings in [&[][..], &[("ALLOWED_ORIGINS", "*")]] {
        let gateway = gateway(&upstream.uri(), settings).await;
        for (method, path) in [("CONNECT", target.as_str()), ("POST", "*"), ("GET", "*")] {
            let request = Request::new("").method(method).path(path);
            let mut wire = Wire::open(gateway.address()).await;
            wire.send(request.to_bytes())
                .await
                .expect("an open connection");
            let answer = wire.answer().await.expect("an answer");
            answer.assert_refused(404, "3", &["nothing at this path"]);
        }
        assert_untouched(&upstream).await;
    }
}

#[tokio::test]
async fn a_path_is_taken_as_it_is_spelled() {
    let upstream = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[]).await;
    let mut wire = Wire::open(gateway.address()).await;
    for path in [
        "/apiaccess/ccmessaging/./uploadFileStream",
        "/apiaccess/ccmessaging/applyToken/../uploadFileStream",
        "//apiaccess/ccmessaging/uploadFileStream",
        "/apiaccess/ccmessaging/uploadFileStream%2F",
        "/apiaccess/ccmessaging/uploadfilestream",
        "/apiaccess/ccmessaging/uploadFileStream/more",
    ] {
        let request = upload().path(path);
        wire.send(request.to_bytes())
            .await
            .expect("an open connection");
        let answer = wire.answer().await.expect("an answer");
        answer.assert_refused(404, "3", &["nothing at this path"]);
    }
    assert_untouched(&upstream).await;
}
