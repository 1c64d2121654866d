//! With `CHAT_IDENTITY=signed`, a caller can only use the chat that its ticket names.

use gateway_tests::{Platform, TICKET_KEY as KEY, jwt, received, ticket};
use serde_json::{Value, json};

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
