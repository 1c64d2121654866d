//! With `CHAT_IDENTITY=signed`, a caller can only use the chat that its ticket names.

use gateway_tests::{Platform, TICKET_KEY as KEY, jwt, received, ticket};
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer};

use super::{CHANNEL, Chat, NAMES, USER, call, documented, json_answer, request};
use crate::Settings;

const SIGNED: Settings<'_> = &[("CHAT_IDENTITY", "signed"), ("CHAT_TICKET_KEY", KEY)];

fn success() -> wiremock::ResponseTemplate {
    json_answer(200, &json!({"resultCode": "0", "fileStream": "aGVsbG8="}))
}

#[tokio::test]
async fn a_ticket_permits_every_call_of_its_chat() {
    for platform in Platform::ALL {
        let chat = Chat::start(platform, SIGNED).await;
        let ticket = ticket(KEY, USER, CHANNEL, 60);
        for name in NAMES {
            let request = call(name).with("x-chat-ticket", &ticket);
            let answer = chat.send(name, &request, success()).await;
            assert_eq!(answer.status, 200, "{name}: {}", answer.text);
            let received = &received(&chat.upstream).await[0];
            assert!(!received.headers.contains_key("x-chat-ticket"), "{name}");
        }
    }
}

#[tokio::test]
async fn without_a_valid_ticket_no_call_is_forwarded() {
    let (user, channel) = (USER, CHANNEL);
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({"sub": user, "aud": channel, "exp": 4_102_444_800_u64});
    let valid = jwt(KEY, &header, &claims);
    let unsigned = jwt(KEY, &json!({"alg": "none"}), &claims);
    let without_exp = json!({"sub": user, "aud": channel});
    let mut not_yet = claims.clone();
    not_yet["nbf"] = 4_102_444_700_u64.into();
    let tampered = {
        let other = jwt(
            KEY,
            &header,
            &json!({"sub": "x", "aud": channel, "exp": 4_102_444_800_u64}),
        );
        let signature = valid.rsplit('.').next().expect("a signature");
        let signed = other.rsplit_once('.').expect("three parts").0;
        format!("{signed}.{signature}")
    };
    let cases = [
        (None, "ticket_missing"),
        (Some(String::new()), "ticket_missing"),
        (Some("ticket".to_owned()), "ticket_invalid"),
        (Some(unsigned), "ticket_invalid"),
        (
            Some(jwt(KEY, &json!({"alg": "HS384"}), &claims)),
            "ticket_invalid",
        ),
        (Some(jwt(KEY, &header, &without_exp)), "ticket_invalid"),
        (Some(jwt(KEY, &header, &not_yet)), "ticket_invalid"),
        (
            Some(jwt(
                KEY,
                &header,
                &json!([user, channel, 4_102_444_800_u64]),
            )),
            "ticket_invalid",
        ),
        (
            Some(jwt(KEY, &json!(["HS256", null]), &claims)),
            "ticket_invalid",
        ),
        (
            Some(jwt(KEY, &json!({"alg": "HS256", "crit": null}), &claims)),
            "ticket_invalid",
        ),
        (
            Some(ticket(
                "another key of 32 bytes and more",
                user,
                channel,
                60,
            )),
            "ticket_invalid",
        ),
        (Some(tampered), "ticket_invalid"),
        (Some(ticket(KEY, user, channel, -1)), "ticket_expired"),
    ];
    for platform in Platform::ALL {
        let chat = Chat::start(platform, SIGNED).await;
        for name in NAMES {
            for (ticket, reason) in &cases {
                let request = match ticket {
                    Some(ticket) => call(name).with("x-chat-ticket", ticket),
                    None => call(name),
                };
                let answer = chat.refuse(&request).await;
                answer.assert_chat_refused(401, "3", reason, &["ticket"]);
            }
        }
    }
}

#[tokio::test]
async fn foreign_identifiers_are_refused() {
    let with = |name: &str, field: &str, value: &str| {
        let mut parameters: Value = documented(name);
        parameters[field] = value.into();
        request(name, &parameters)
    };
    for platform in Platform::ALL {
        let chat = Chat::start(platform, SIGNED).await;
        let own = ticket(KEY, USER, CHANNEL, 60);
        for (name, field) in [
            ("send", "from"),
            ("send", "to"),
            ("sendAsync", "from"),
            ("sendAsync", "to"),
            ("poll", "receiverId"),
            ("queryHistoryChatMessage", "userId"),
            ("queryHistoryChatMessage", "channelId"),
        ] {
            for foreign in ["visitor-2", "VISITOR-1", "visitor-1x"] {
                let request = with(name, field, foreign).with("x-chat-ticket", &own);
                let answer = chat.refuse(&request).await;
                answer.assert_chat_refused(403, "3", "ticket_mismatch", &[field]);
                assert_eq!(answer.json()["details"]["field"], field);
                assert!(!answer.text.contains(foreign), "{}", answer.text);
            }
        }
        // Another visitor's ticket does not open this chat either.
        let other = ticket(KEY, "visitor-2", CHANNEL, 60);
        for name in NAMES
            .into_iter()
            .filter(|name| *name != "downloadFileStream")
        {
            let answer = chat.refuse(&call(name).with("x-chat-ticket", &other)).await;
            answer.assert_chat_refused(403, "3", "ticket_mismatch", &[]);
        }
    }
}

#[tokio::test]
async fn with_the_gateways_credentials_the_contact_centre_may_check_identities() {
    let settings = [
        ("CHAT_IDENTITY", "upstream"),
        ("CALLER_CREDENTIALS", "preferred"),
        ("APP_KEY", "key"),
        ("APP_SECRET", "secret"),
    ];
    let chat = Chat::start(Platform::Http, &settings).await;
    for name in NAMES {
        let answer = chat.send(name, &call(name), success()).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
    }
}

#[tokio::test]
async fn while_a_key_is_replaced_tickets_of_both_are_valid() {
    let new = "the next key of 32 bytes or more";
    let keys = format!("{new}, {KEY}");
    let settings = [("CHAT_IDENTITY", "signed"), ("CHAT_TICKET_KEY", &*keys)];
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &settings).await;
        for key in [new, KEY] {
            let request = call("send").with("x-chat-ticket", &ticket(key, USER, CHANNEL, 60));
            let answer = chat.send("send", &request, success()).await;
            assert_eq!(answer.status, 200, "{key}: {}", answer.text);
        }
        let both = ticket(&keys[..64], USER, CHANNEL, 60);
        let answer = chat
            .refuse(&call("send").with("x-chat-ticket", &both))
            .await;
        answer.assert_chat_refused(401, "3", "ticket_invalid", &[]);
    }
}

/// The settings for a key in AWS Secrets Manager, read through the extension at this port.
fn in_secrets_manager(port: &str) -> [(&str, &str); 4] {
    [
        ("CHAT_IDENTITY", "signed"),
        ("CHAT_TICKET_KEY_ARN", "aicc/tickets"),
        ("AWS_SESSION_TOKEN", "session-of-the-function"),
        ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", port),
    ]
}

#[tokio::test]
async fn the_key_can_be_in_secrets_manager_as_text_or_json() {
    // As a secret that was created from a file.
    let with_line_end = format!("{KEY}\n");
    for kept in [
        KEY.to_owned(),
        with_line_end,
        json!({"chat_ticket_key": KEY}).to_string(),
    ] {
        let extension = MockServer::start().await;
        let answer = json!({"Name": "aicc/tickets", "SecretString": kept});
        Mock::given(method("GET"))
            .and(path("/secretsmanager/get"))
            .and(query_param("secretId", "aicc/tickets"))
            .respond_with(json_answer(200, &answer))
            .mount(&extension)
            .await;
        let port = extension.address().port().to_string();
        let chat = Chat::start(Platform::Lambda, &in_secrets_manager(&port)).await;
        let request = call("send").with("x-chat-ticket", &ticket(KEY, USER, CHANNEL, 60));
        for _ in 0..2 {
            let answer = chat.send("send", &request, success()).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        let forged = ticket("another key of 32 bytes and more", USER, CHANNEL, 60);
        let forged = call("send").with("x-chat-ticket", &forged);
        let answer = chat.refuse(&forged).await;
        answer.assert_chat_refused(401, "3", "ticket_invalid", &[]);
        // Read once for all three.
        assert_eq!(received(&extension).await.len(), 1);
    }
}

#[tokio::test]
async fn without_a_usable_key_from_secrets_manager_no_call_is_forwarded() {
    let short = json!({"SecretString": "31 bytes, which is one too few."});
    for (status, body, reason) in [
        (400, json!({}), "the secrets extension returned status 400"),
        (200, short, "each key must have at least 32 bytes"),
    ] {
        let extension = MockServer::start().await;
        Mock::given(method("GET"))
            .respond_with(json_answer(status, &body))
            .mount(&extension)
            .await;
        let port = extension.address().port().to_string();
        let chat = Chat::start(Platform::Lambda, &in_secrets_manager(&port)).await;
        let request = call("send").with("x-chat-ticket", &ticket(KEY, USER, CHANNEL, 60));
        let answer = chat.refuse(&request).await;
        answer.assert_chat_refused(500, "13", "token_unavailable", &[]);
        let sentence = "the gateway cannot read the keys of the tickets; try again later";
        assert_eq!(answer.json()["resultDesc"], sentence);
        let log = chat.gateway.stop().await;
        assert!(
            log.contains(&format!("CHAT_TICKET_KEY_ARN: {reason}")),
            "{log}"
        );
        assert!(!log.contains("which is one too few"), "{log}");
    }
}
