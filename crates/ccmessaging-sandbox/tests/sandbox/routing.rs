use ccmessaging_sandbox::Call;
use http::Method;
use serde_json::json;

use crate::client::{Outgoing, sandbox, started};

#[tokio::test]
async fn an_unknown_path_is_answered_with_404() {
    let sandbox = started().await;
    for path in [
        "/",
        "/uploadFileStream",
        "/apiaccess/ccmessaging/uploadFileStream/",
        "/apiaccess/ccmessaging/uploadfilestream",
        "/apiaccess/ccmessaging/uploadFileStream/../uploadFileStream",
    ] {
        let url = format!("{}{path}", sandbox.base_url());
        let reply = Outgoing::upload(&sandbox).url(url).send().await;
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(reply.json(), json!({"returnCode": "3"}), "{path}");
    }
    assert_eq!(sandbox.requests(), 5);
    assert!(Call::ALL.iter().all(|call| sandbox.calls(*call) == 0));
}

#[tokio::test]
async fn another_method_is_answered_with_405_and_the_allowed_one() {
    let sandbox = started().await;
    for call in Call::ALL {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let request = Outgoing::upload(&sandbox)
                .url(sandbox.url(call))
                .method(method.clone());
            let reply = request.send().await;
            assert_eq!(reply.status, 405, "{method} {call}");
            assert_eq!(reply.header("allow"), Some("POST"), "{method} {call}");
            assert_eq!(reply.json(), json!({"returnCode": "3"}));
        }
        assert_eq!(sandbox.calls(call), 0);
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_answered_with_413_and_one_at_the_limit_is_read() {
    let body = json!({"fileType": "txt", "fileStream": "aGVsbG8=", "channel": "WEB"}).to_string();
    for (limit, status) in [
        (body.len() + 1, 200),
        (body.len(), 200),
        (body.len() - 1, 413),
    ] {
        let sandbox = sandbox().max_body_bytes(limit).start().await.unwrap();
        let reply = Outgoing::upload(&sandbox).send().await;
        assert_eq!(reply.status, status, "{limit}");
        assert_eq!(sandbox.uploads().len(), usize::from(status == 200));
    }
}

#[tokio::test]
async fn a_caller_can_read_the_413_even_if_its_body_is_several_times_too_long() {
    let sandbox = sandbox().max_body_bytes(1 << 20).start().await.unwrap();
    let request = Outgoing::upload(&sandbox).raw_body(vec![b' '; 5 << 20]);
    let reply = request.send().await;
    assert_eq!(reply.status, 413);
    assert_eq!(reply.json(), json!({"returnCode": "3"}));
}
