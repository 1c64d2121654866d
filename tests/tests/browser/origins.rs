//! Uploads from pages of other origins than the gateway, which need the gateway's consent (CORS).

use gateway_tests::http_client;
use serde_json::Value;

use crate::browser::Browser;
use crate::server::Server;
use crate::site::Site;

const NOTES: (&str, &str) = ("notes.txt", "Delivered on Monday.");
const NO_FILM: (&str, &str) = ("film.mp4", "Delivered on Monday.");

/// The second upload passes only with the token that the first answer carries in a header.
pub(crate) async fn a_page_of_an_allowed_origin_uploads_and_reads_the_headers_of_answers(
    browser: &Browser,
) {
    let site = Site::start().await;
    let arguments = ["--rotation", "every-call-strict"];
    let settings = [("ALLOWED_ORIGINS", site.origin())];
    let gateway = Server::start(browser.name(), &arguments, &settings).await;
    let token = session_token(&gateway).await;
    site.open(browser).await;

    let first = site.attempt(browser, &gateway, &token, NOTES).await;
    assert_stored(&gateway, &first);
    let rotated = text(&first["token"]);
    assert_ne!(rotated, token);
    let second = site.attempt(browser, &gateway, rotated, NOTES).await;
    assert_stored(&gateway, &second);

    let newest = text(&second["token"]);
    let refused = site.attempt(browser, &gateway, newest, NO_FILM).await;
    assert_eq!(refused["status"], 200, "{refused}");
    assert_eq!(refused["returnCode"], "3", "{refused}");
    assert_ne!(text(&refused["requestId"]), "");
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// The browser sends nothing but the preflight request, and tells the page nothing.
pub(crate) async fn a_page_of_another_origin_cannot_upload(browser: &Browser) {
    let site = Site::start().await;
    let settings = [("ALLOWED_ORIGINS", "https://www.example.com")];
    let gateway = Server::start(browser.name(), &[], &settings).await;
    let token = session_token(&gateway).await;
    site.open(browser).await;

    let failed = site.attempt(browser, &gateway, &token, NOTES).await;

    assert_eq!(failed["status"], 0, "{failed}");
    assert_eq!(failed.get("objectKey"), None, "{failed}");
    assert!(gateway.has_stored_nothing());
    let complaints = browser.complaints().await.join("\n");
    assert!(
        complaints.contains("blocked by CORS policy"),
        "{complaints}"
    );
}

/// A new session's token, as the site's own server would get it.
async fn session_token(gateway: &Server) -> String {
    let url = format!("{}/session", gateway.origin());
    let answer = http_client().get(url).send().await;
    let answer = answer.expect("the gateway answers").text().await;
    let answer: Value = serde_json::from_str(&answer.expect("a whole answer")).expect("JSON");
    text(&answer["token"]).to_owned()
}

fn assert_stored(gateway: &Server, outcome: &Value) {
    let object_key = outcome["objectKey"].as_str();
    let object_key = object_key.unwrap_or_else(|| panic!("not stored: {outcome}"));
    assert_eq!(gateway.stored(object_key), NOTES.1.as_bytes());
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}
