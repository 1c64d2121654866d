//! Downloaded files are scanned in both forms.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Platform, Script, ScriptedUpstream, log_lines};
use serde_json::json;

use super::{Chat, call, json_answer};

const NAME: &str = "downloadFileStream";
const CLEAN: &str = "stream: OK\0";
const FOUND: &str = "stream: Eicar-Signature FOUND\0";

/// The EICAR test file in two parts, so that no scanner finds it in this source.
fn eicar() -> String {
    let (first, second) = (
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}$",
        "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    );
    format!("{first}{second}")
}

fn answer(file: &str) -> wiremock::ResponseTemplate {
    json_answer(
        200,
        &json!({
            "resultCode": "0",
            "resultDesc": "success",
            "fileStream": STANDARD.encode(file),
            "fileUrl": "https://files.example.com/unscanned",
        }),
    )
}

#[tokio::test]
async fn malware_is_delivered_in_neither_form() {
    for platform in Platform::ALL {
        let scanner = ScriptedUpstream::start(Script::scanning(FOUND)).await;
        let clamd = scanner.clamd();
        let chat = Chat::start(platform, &[("SCAN_CLAMD", &clamd)]).await;
        let eicar = eicar();
        for accept in ["application/json", "application/pdf"] {
            let request = call(NAME).with("accept", accept);
            let answer = chat.send(NAME, &request, answer(&eicar)).await;
            answer.assert_chat_refused(200, "3", "malware_found", &["malware"]);
            for secret in [STANDARD.encode(&eicar), eicar.clone(), "fileUrl".to_owned()] {
                assert!(!answer.text.contains(&secret), "{}", answer.text);
            }
        }
        assert!(scanner.scanned() == [eicar.as_bytes(), eicar.as_bytes()]);
        let log = chat.gateway.stop().await;
        let line = &log_lines(&log, "chat call")[0];
        assert_eq!(line["malware"], "Eicar-Signature", "{line}");
        assert_eq!(line["scan"], "malware", "{line}");
        assert_eq!(line["outcome"], "refused", "{line}");
    }
}

#[tokio::test]
async fn a_clean_file_is_delivered_without_the_link_that_bypasses_the_scan() {
    for platform in Platform::ALL {
        let scanner = ScriptedUpstream::start(Script::scanning(CLEAN)).await;
        let clamd = scanner.clamd();
        let chat = Chat::start(platform, &[("SCAN_CLAMD", &clamd)]).await;
        let json = chat.send(NAME, &call(NAME), answer("hello")).await.json();
        let expected =
            json!({"resultCode": "0", "resultDesc": "success", "fileStream": "aGVsbG8="});
        assert_eq!(json, expected);
        let request = call(NAME).with("accept", "text/plain");
        let file = chat.send(NAME, &request, answer("hello")).await;
        assert_eq!(file.text, "hello");
        assert_eq!(scanner.scanned().len(), 2);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_scanned_is_refused_unless_allowed() {
    let scanner = ScriptedUpstream::start(Script::scanning("nonsense")).await;
    let clamd = scanner.clamd();
    let settings = [("SCAN_CLAMD", &*clamd), ("SCAN_FAILURE", "allow")];
    let chat = Chat::start(Platform::Http, &settings[..1]).await;
    let refused = chat.send(NAME, &call(NAME), answer("hello")).await;
    refused.assert_chat_refused(500, "13", "scan_unavailable", &["could not be scanned"]);

    let chat = Chat::start(Platform::Http, &settings).await;
    let json = chat.send(NAME, &call(NAME), answer("hello")).await.json();
    assert_eq!(json["fileStream"], "aGVsbG8=");
    assert_eq!(json.get("fileUrl"), None);
}

#[tokio::test]
async fn without_a_scanner_the_link_passes() {
    let chat = Chat::start(Platform::Http, &[]).await;
    let json = chat.send(NAME, &call(NAME), answer("hello")).await.json();
    assert_eq!(json["fileUrl"], "https://files.example.com/unscanned");
}

#[tokio::test]
async fn a_response_without_a_scanned_file_contains_no_file_and_no_link() {
    let malware = STANDARD.encode(eicar());
    let link = "https://files.example.com/unscanned";
    let with_code = |code: serde_json::Value| json!({"resultCode": code, "resultDesc": "fail", "fileStream": malware, "fileUrl": link});
    let mut cases = vec![];
    for code in [json!("00"), json!(" 0"), json!(0.0), json!("1")] {
        cases.push((200, with_code(code)));
    }
    for status in [400, 403, 500] {
        cases.push((status, with_code(json!("0"))));
    }
    cases.push((
        400,
        json!({"resultCode": "1", "resultDesc": {"fileUrl": link}, "FileStream": malware, "data": {"fileStream": malware}}),
    ));
    cases.push((400, json!([{"fileStream": malware}])));
    for platform in Platform::ALL {
        let scanner = ScriptedUpstream::start(Script::scanning(CLEAN)).await;
        let clamd = scanner.clamd();
        let settings = [("SCAN_CLAMD", &*clamd), ("UPSTREAM_TIMEOUT_MS", "2000")];
        let chat = Chat::start(platform, &settings).await;
        for (status, body) in &cases {
            for accept in ["application/json", "application/pdf"] {
                let request = call(NAME).with("accept", accept);
                let answer = chat.send(NAME, &request, json_answer(*status, body)).await;
                for secret in [&*malware, link, &eicar()] {
                    assert!(!answer.text.contains(secret), "{body}: {}", answer.text);
                }
                assert!(!answer.text.contains("fileUrl"), "{}", answer.text);
                let is_passed = accept == "application/json" || *status != 200;
                if is_passed && body["fileUrl"].is_string() {
                    let expected = json!({"resultCode": body["resultCode"], "resultDesc": "fail"});
                    assert_eq!((answer.status, answer.json()), (*status, expected));
                }
            }
        }
        assert!(scanner.scanned().is_empty());
        // Also members that are not documented do not pass beside a scanned file.
        let nested =
            json!({"resultCode": "0", "fileStream": "aGVsbG8=", "data": {"fileUrl": link}});
        let json = chat
            .send(NAME, &call(NAME), json_answer(200, &nested))
            .await
            .json();
        assert_eq!(json, json!({"resultCode": "0", "fileStream": "aGVsbG8="}));
    }
}
