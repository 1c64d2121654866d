//! Requests are rebuilt from validated members; nothing else is forwarded.

use gateway_tests::{Platform, received, received_body};
use serde_json::{Value, json};

use super::{Chat, NAMES, USER, call, documented, json_answer, request, url};

/// The parameters of a call with one of them replaced; `None` removes it.
fn with(name: &str, field: &str, value: Option<Value>) -> Value {
    let mut parameters = documented(name);
    let object = parameters.as_object_mut().expect("an object");
    object.remove(field);
    if let Some(value) = value {
        object.insert(field.to_owned(), value);
    }
    parameters
}

#[tokio::test]
async fn the_upstream_receives_the_documented_members_and_headers() {
    let success = || json_answer(200, &json!({"resultCode": "0", "fileStream": "JVBERi0="}));
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        for name in NAMES {
            let request = call(name)
                .with("cookie", "page=1")
                .with("origin", "https://shop.example.com")
                .with("x-chat-ticket", "unused")
                .with("accept", "application/json");
            let answer = chat.send(name, &request, success()).await;
            assert_eq!(answer.status, 200, "{name}: {}", answer.text);
            let received = received(&chat.upstream).await;
            assert_eq!(received.len(), 1, "{name}");
            let (received, headers) = (&received[0], &received[0].headers);
            assert_eq!(headers["ccmessaging-token"], "session-token-of-the-test");
            assert_eq!(headers["x-app-key"], "app-key-of-the-test");
            assert_eq!(headers["authorization"], "Bearer access-token-of-the-test");
            for other in ["cookie", "origin", "x-chat-ticket", "accept"] {
                assert!(!headers.contains_key(other), "{name}: {other}");
            }
            if name == "poll" {
                let pairs: Vec<_> = received.url.query_pairs().collect();
                let expected = [("receiverId", USER), ("channel", "WEB")];
                let expected = expected.map(|(name, value)| (name.into(), value.into()));
                assert_eq!(pairs, expected);
                assert!(received.body.is_empty());
            } else {
                let body: Value = received.body_json().expect("JSON");
                assert_eq!(body, documented(name), "{name}");
                assert_eq!(received.url.query(), None);
            }
        }
    }
}

#[tokio::test]
async fn identifiers_of_a_poll_survive_every_encoding() {
    // Percent-encoded as a browser does; the contact centre receives the same characters.
    let id = "a b+c&d=é/?#%";
    let encoded = "a%20b%2Bc%26d%3D%C3%A9%2F%3F%23%25";
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        let poll = call("poll").path(&format!(
            "{}?receiverId={encoded}&channel=WEB&isNeedRead=true",
            url("poll")
        ));
        let success = json_answer(200, &json!({"resultCode": "0", "downlinkMessages": []}));
        let answer = chat.send("poll", &poll, success).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let received = &received(&chat.upstream).await[0];
        let pairs: Vec<_> = received.url.query_pairs().collect();
        assert_eq!(pairs[0], ("receiverId".into(), id.into()));
        assert_eq!(pairs[2], ("isNeedRead".into(), "true".into()));
    }
}

#[tokio::test]
async fn optional_members_are_forwarded() {
    let chat = Chat::start(Platform::Http, &[]).await;
    let mut message = documented("send");
    for (field, value) in [
        ("senderNickname", "Ada"),
        ("senderAvatar", "https://shop.example.com/ada.png"),
        ("timestamp", "1767225600000"),
        ("userAgent", "Test"),
    ] {
        message[field] = value.into();
    }
    let success = json_answer(200, &json!({"resultCode": "0"}));
    chat.send("send", &request("send", &message), success).await;
    assert_eq!(received_body(&chat.upstream).await, message);
}

#[tokio::test]
async fn a_file_of_the_multimedia_library_can_be_downloaded() {
    let chat = Chat::start(Platform::Http, &[("BMP_SPELLING", "bpm")]).await;
    let sent = json!({"fileId": "library-key", "channel": "WEB", "fileType": "BMP", "multiMedia": "multiMedia"});
    let success = json_answer(200, &json!({"resultCode": "0", "fileStream": "Qk0="}));
    let name = "downloadFileStream";
    chat.send(name, &request(name, &sent), success).await;
    let expected = json!({"fileId": "library-key", "channel": "WEB", "fileType": "bpm", "multiMedia": "multiMedia"});
    assert_eq!(received_body(&chat.upstream).await, expected);
}

#[tokio::test]
async fn a_wrong_member_is_refused_with_a_sentence_that_names_it() {
    let long = "0123456789012345678901234";
    let text = "x".repeat(1025);
    // The call, the member, its value, and the reason code; code 2 if it is missing.
    let cases = [
        ("send", "channel", None, "missing_field"),
        (
            "send",
            "channel",
            Some(json!("WECHAT")),
            "unsupported_channel",
        ),
        ("send", "controlType", Some(json!("")), "missing_field"),
        ("send", "controlType", Some(json!("CALL")), "invalid_value"),
        ("send", "from", None, "missing_field"),
        ("send", "from", Some(json!(7)), "wrong_field_type"),
        ("send", "from", Some(json!(long)), "field_too_long"),
        ("send", "to", Some(json!(null)), "missing_field"),
        ("send", "mediaType", Some(json!("GIF")), "invalid_value"),
        ("send", "sourceType", Some(json!("AGENT")), "invalid_value"),
        ("send", "content", None, "missing_field"),
        ("send", "content", Some(json!(text)), "field_too_long"),
        ("send", "timestamp", Some(json!("now")), "invalid_value"),
        ("send", "messageId", Some(json!("1")), "unknown_field"),
        ("sendAsync", "from", Some(json!(long)), "field_too_long"),
        ("sendAsync", "extra", Some(json!(null)), "unknown_field"),
        ("poll", "receiverId", None, "missing_field"),
        ("poll", "channel", Some(json!("web")), "unsupported_channel"),
        ("poll", "isNeedRead", Some(json!("yes")), "invalid_value"),
        ("poll", "userId", Some(json!("x")), "unknown_field"),
        (
            "queryHistoryChatMessage",
            "userId",
            Some(json!(long)),
            "field_too_long",
        ),
        (
            "queryHistoryChatMessage",
            "channelId",
            None,
            "missing_field",
        ),
        (
            "queryHistoryChatMessage",
            "limit",
            Some(json!(0)),
            "invalid_value",
        ),
        (
            "queryHistoryChatMessage",
            "offset",
            Some(json!(-1)),
            "invalid_value",
        ),
        (
            "queryHistoryChatMessage",
            "from",
            Some(json!(USER)),
            "unknown_field",
        ),
        ("downloadFileStream", "fileId", None, "missing_field"),
        (
            "downloadFileStream",
            "fileId",
            Some(json!("local/")),
            "invalid_value",
        ),
        (
            "downloadFileStream",
            "fileType",
            Some(json!("exe")),
            "unsupported_type",
        ),
        (
            "downloadFileStream",
            "multiMedia",
            Some(json!("multiMedia")),
            "invalid_value",
        ),
        (
            "downloadFileStream",
            "url",
            Some(json!("http://x")),
            "unknown_field",
        ),
    ];
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        for (name, field, value, reason) in &cases {
            let request = request(name, &with(name, field, value.clone()));
            let answer = chat.refuse(&request).await;
            let code = if *reason == "missing_field" { "2" } else { "3" };
            answer.assert_chat_refused(200, code, reason, &[field]);
            assert_eq!(answer.json()["details"]["field"], *field, "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_file_id_that_leads_to_another_directory_is_refused() {
    let name = "downloadFileStream";
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        for id in [
            "local/../x",
            "local/..%2fx",
            "local/.%2E/x",
            "local/%252e.%5cx",
        ] {
            let request = request(name, &with(name, "fileId", Some(json!(id))));
            let answer = chat.refuse(&request).await;
            answer.assert_chat_refused(200, "3", "invalid_value", &["fileId"]);
        }
    }
}

#[tokio::test]
async fn a_malformed_body_or_query_is_refused() {
    let duplicate = |name: &str| {
        let body = documented(name).to_string();
        format!("{{\"channel\":\"WEB\",{}", &body[1..])
    };
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        for name in NAMES.into_iter().filter(|name| *name != "poll") {
            for (body, reason) in [
                (String::new(), "not_json"),
                ("{".to_owned(), "not_json"),
                (format!("{} x", documented(name)), "not_json"),
                ("[]".to_owned(), "not_json_object"),
                (duplicate(name), "duplicate_field"),
            ] {
                let mut request = call(name);
                request.body = body.into_bytes();
                let answer = chat.refuse(&request).await;
                answer.assert_chat_refused(400, "3", reason, &[]);
            }
        }
        for (query, reason) in [
            ("receiverId=a&receiverId=b&channel=WEB", "duplicate_field"),
            ("receiverId=%ff&channel=WEB", "malformed_query"),
        ] {
            // Triggers of Lambda decode and join queries in their own way; an HTTP API does not.
            let poll = call("poll").path(&format!("{}?{query}", url("poll")));
            let answer = chat.refuse(&poll).await;
            answer.assert_chat_refused(400, "3", reason, &[]);
        }
    }
}

#[tokio::test]
async fn other_media_types_compression_and_large_bodies_are_refused() {
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        for name in NAMES.into_iter().filter(|name| *name != "poll") {
            for media_type in ["text/plain", "multipart/form-data; boundary=b", "image/png"] {
                let answer = chat
                    .refuse(&call(name).with("content-type", media_type))
                    .await;
                let words = ["application/json"];
                answer.assert_chat_refused(415, "3", "unsupported_media_type", &words);
            }
            let answer = chat
                .refuse(&call(name).with("content-encoding", "gzip"))
                .await;
            answer.assert_chat_refused(415, "3", "unsupported_encoding", &["Content-Encoding"]);
            let mut large = call(name);
            large.body.resize(64 * 1024 + 1, b' ');
            let answer = chat.refuse(&large).await;
            answer.assert_chat_refused(413, "3", "too_large", &["65536"]);
            assert_eq!(answer.json()["details"]["limitBytes"], 65536);
        }
        let mut largest = call("send");
        largest.body.resize(64 * 1024, b' ');
        let success = json_answer(200, &json!({"resultCode": "0"}));
        assert_eq!(chat.send("send", &largest, success).await.status, 200);
    }
}

#[tokio::test]
async fn credentials_are_checked_as_for_uploads() {
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        for name in NAMES {
            for (header, status, code, reason) in [
                ("ccmessaging-token", 400, "2", "missing_header"),
                ("x-app-key", 400, "2", "missing_header"),
                ("authorization", 401, "3", "unauthorized"),
            ] {
                let answer = chat.refuse(&call(name).without(header)).await;
                answer.assert_chat_refused(status, code, reason, &[header]);
            }
        }
    }
}

#[tokio::test]
async fn no_identifier_is_quoted_in_full() {
    // A `from` that is too long is described, not repeated.
    let chat = Chat::start(Platform::Http, &[]).await;
    let secret = "customer-0123456789012345";
    let answer = chat
        .refuse(&request("send", &with("send", "from", Some(json!(secret)))))
        .await;
    answer.assert_chat_refused(200, "3", "field_too_long", &["24 characters"]);
    assert!(!answer.text.contains(secret), "{}", answer.text);
}
