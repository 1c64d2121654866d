//! Which calls are served, and settings that cannot be used.

use gateway_tests::{Platform, Request, TICKET_KEY as KEY, assert_untouched, ticket};
use serde_json::json;
use wiremock::MockServer;

use super::{Chat, NAMES, call, json_answer, url};
use crate::{gateway, run};

#[tokio::test]
async fn by_default_every_call_is_an_unknown_path() {
    for platform in Platform::ALL {
        let upstream = MockServer::start().await;
        let gateway = gateway(platform, &upstream.uri(), &[]).await;
        for name in NAMES {
            let answer = gateway.send(&call(name)).await;
            answer.assert_chat_refused(404, "3", "unknown_path", &["CHAT_CALLS"]);
        }
        assert_untouched(&upstream).await;
    }
}

#[tokio::test]
async fn only_the_named_calls_are_served() {
    let upstream = MockServer::start().await;
    let settings = [("CHAT_CALLS", "poll, sendAsync")];
    let gateway = gateway(Platform::Http, &upstream.uri(), &settings).await;
    for name in ["downloadFileStream", "send", "queryHistoryChatMessage"] {
        let answer = gateway.send(&call(name)).await;
        answer.assert_chat_refused(404, "3", "unknown_path", &["CHAT_CALLS"]);
    }
    assert_untouched(&upstream).await;
    for name in ["poll", "sendAsync"] {
        super::answers(
            &upstream,
            name,
            json_answer(200, &json!({"resultCode": "0"})),
        )
        .await;
        let answer = gateway.send(&call(name)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_trailing_slash_is_accepted_and_another_method_is_not() {
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        let success = json_answer(200, &json!({"resultCode": "0"}));
        let slash = call("send").path(&format!("{}/", url("send")));
        assert_eq!(chat.send("send", &slash, success).await.status, 200);
        for rest in ["//", "/x", "/x/y"] {
            let longer = call("send").path(&format!("{}{rest}", url("send")));
            let answer = chat.refuse(&longer).await;
            answer.assert_chat_refused(404, "3", "unknown_path", &["continues after its name"]);
        }
        for (name, method, allowed) in [
            ("send", "GET", "POST"),
            ("send", "PUT", "POST"),
            ("send", "OPTIONS", "POST"),
            ("downloadFileStream", "GET", "POST"),
            ("poll", "POST", "GET"),
        ] {
            let answer = chat.refuse(&call(name).method(method)).await;
            answer.assert_chat_refused(405, "3", "method_not_allowed", &[allowed]);
            assert_eq!(answer.header("allow"), Some(allowed), "{name} {method}");
        }
        // It would poll messages, and drop them.
        let answer = chat.refuse(&call("poll").method("HEAD")).await;
        assert_eq!(answer.status, 405);
    }
}

#[test]
fn settings_that_cannot_be_used_stop_the_start() {
    let upstream = ("UPSTREAM_BASE_URL", "https://service.example.com");
    let calls = ("CHAT_CALLS", "send");
    let key = ("CHAT_TICKET_KEY", KEY);
    let (signed, by_upstream) = (("CHAT_IDENTITY", "signed"), ("CHAT_IDENTITY", "upstream"));
    let own = [("APP_KEY", "key"), ("APP_SECRET", "secret")];
    let (own_key, own_secret) = (own[0], own[1]);
    let short = ("CHAT_TICKET_KEY", "31 bytes, which is one too few.");
    let with_short = (
        "CHAT_TICKET_KEY",
        &*format!("{KEY},31 bytes, which is one too few."),
    );
    let with_empty = ("CHAT_TICKET_KEY", &*format!("{KEY},"));
    let on_two_lines = ("CHAT_TICKET_KEY", &*format!("{KEY}\n{KEY}"));
    let file = ("CHAT_TICKET_KEY_FILE", "/does/not/exist");
    let arn = ("CHAT_TICKET_KEY_ARN", "aicc/tickets");
    for (settings, words) in [
        (vec![("CHAT_CALLS", "send,upload")], "CHAT_CALLS"),
        (vec![("CHAT_CALLS", "send,")], "CHAT_CALLS"),
        (vec![("CHAT_IDENTITY", "none")], "signed, upstream"),
        (vec![calls, own_key, own_secret], "CHAT_IDENTITY is not set"),
        (vec![calls, signed], "CHAT_TICKET_KEY is not set"),
        (vec![calls, signed, short], "32 bytes"),
        (vec![calls, signed, with_short], "each key"),
        (vec![calls, signed, with_empty], "each key"),
        (vec![calls, signed, on_two_lines], "line break"),
        (
            vec![calls, signed, arn],
            "CHAT_TICKET_KEY_ARN only works on AWS Lambda",
        ),
        (vec![calls, signed, key, file], "only one of them"),
        (vec![calls, signed, file], "CHAT_TICKET_KEY_FILE"),
        (vec![calls, by_upstream, key], "set it to signed"),
        (vec![calls, key], "set it to signed"),
        (vec![calls, file], "CHAT_TICKET_KEY_FILE cannot be used"),
        (vec![("MAX_DOWNLOAD_BYTES", "0")], "MAX_DOWNLOAD_BYTES"),
        (
            vec![
                ("CHAT_CALLS", "download"),
                ("MAX_DOWNLOAD_BYTES", "1073741824"),
            ],
            "10 % of that",
        ),
        (
            vec![
                ("CHAT_CALLS", "poll"),
                ("MAX_BODY_BYTES", "1000000"),
                ("MAX_BODY_MEMORY_BYTES", "4194303"),
            ],
            "at least 4194304",
        ),
        (
            vec![
                ("CHAT_CALLS", "download,poll"),
                ("MAX_DOWNLOAD_BYTES", "1000"),
                ("MAX_BODY_MEMORY_BYTES", "6291456"),
            ],
            "twice MAX_BODY_BYTES",
        ),
    ] {
        let (code, said) = run(&[&[upstream], &settings[..]].concat());
        assert_eq!(code, Some(2), "{settings:?}: {said}");
        assert!(said.contains(words), "{settings:?}: {said}");
        assert!(!said.contains("which is one too few"), "{said}");
    }
}

#[tokio::test]
async fn a_key_file_is_used_without_white_space_around_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    std::fs::write(&path, format!("{KEY}\n")).expect("a file");
    let path = path.to_str().expect("UTF-8");
    let settings = [("CHAT_IDENTITY", "signed"), ("CHAT_TICKET_KEY_FILE", path)];
    let chat = Chat::start(Platform::Http, &settings).await;
    let ticket = ticket(KEY, super::USER, super::CHANNEL, 60);
    let request: Request = call("send").with("x-chat-ticket", &ticket);
    let success = json_answer(200, &json!({"resultCode": "0"}));
    assert_eq!(chat.send("send", &request, success).await.status, 200);
}
