//! Uploads from pages of other origins than the gateway, which need the gateway's consent (CORS).

use gateway_tests::http_client;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::server::{Server, sample};
use crate::site::Site;

const NOTES: (&str, &str) = ("notes.txt", "Delivered on Monday.");
/// A tag without a song after it, which only the gateway knows.
const NO_SONG: (&str, &str) = ("song.mp3", "ID3\u{4}\0\0\0\0\0\0");

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
    assert_stored(&gateway, &first).await;
    let rotated = text(&first["token"]);
    assert_ne!(rotated, token);
    let second = site.attempt(browser, &gateway, rotated, NOTES).await;
    assert_stored(&gateway, &second).await;

    let newest = text(&second["token"]);
    let refused = site.attempt(browser, &gateway, newest, NO_SONG).await;
    assert_eq!(refused["status"], 200, "{refused}");
    assert_eq!(refused["returnCode"], "3", "{refused}");
    assert_ne!(text(&refused["requestId"]), "");
    if browser.is_chromium() {
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    }
}

/// The element in a form of the site stands for the object keys of what it has sent.
pub(crate) async fn a_form_of_another_site_gets_the_object_keys(browser: &Browser) {
    const SET_UP: &str = "
        const [endpoint, token] = arguments;
        const element = document.querySelector('upload-file-stream');
        element.setAttribute('endpoint', endpoint);
        element.getToken = () => token;";
    const FORM: &str = "
        const form = document.querySelector('form');
        const element = form.querySelector('upload-file-stream');
        return {
          keys: new FormData(form).getAll('attachment'),
          isValid: form.checkValidity(),
          uploads: element.uploader.uploads.length,
          isDisabled: element.shadowRoot.querySelector('input').disabled,
        };";
    let site = Site::start().await;
    let settings = [("ALLOWED_ORIGINS", site.origin())];
    let gateway = Server::start(browser.name(), &[], &settings).await;
    site.open(browser).await;
    browser.wait_in_element("[part=root][lang=fr]").await;
    let endpoint = format!(
        "{}/apiaccess/ccmessaging/uploadFileStream",
        gateway.origin()
    );
    let token = session_token(&gateway).await;
    browser
        .script(SET_UP, vec![json!(endpoint), json!(token)])
        .await;
    let empty = json!({"keys": [], "isValid": false, "uploads": 0, "isDisabled": false});
    assert_eq!(browser.script(FORM, vec![]).await, empty);

    let input = browser.wait_in_element("[part=input]").await;
    let photo = sample("photo.jpg");
    let path = photo.to_str().expect("a path in UTF-8");
    input.send_keys(path).await.expect("a file chooser");
    browser.wait_in_element("[data-state=stored]").await;
    let form = browser.script(FORM, vec![]).await;
    assert_eq!(form["isValid"], true, "{form}");
    let object_key = text(&form["keys"][0]);
    let sent = std::fs::read(&photo).expect("a file");
    assert_eq!(gateway.stored(object_key).await, sent);

    let reset = "document.querySelector('form').reset()";
    browser.script(reset, vec![]).await;
    assert_eq!(browser.script(FORM, vec![]).await, empty);
    let disable = "document.querySelector('upload-file-stream').setAttribute('disabled', '')";
    browser.script(disable, vec![]).await;
    let disabled = browser.script(FORM, vec![]).await;
    assert_eq!(disabled["isDisabled"], true, "{disabled}");
}

/// The browser only sends the preflight request and reports nothing to the page.
pub(crate) async fn a_page_of_another_origin_cannot_upload(browser: &Browser) {
    let site = Site::start().await;
    let settings = [("ALLOWED_ORIGINS", "https://www.example.com")];
    let gateway = Server::start(browser.name(), &[], &settings).await;
    let token = session_token(&gateway).await;
    site.open(browser).await;

    let failed = site.attempt(browser, &gateway, &token, NOTES).await;

    assert_eq!(failed["status"], 0, "{failed}");
    assert_eq!(failed.get("objectKey"), None, "{failed}");
    assert!(gateway.has_stored_nothing().await);
    if browser.is_chromium() {
        let complaints = browser.complaints().await.join("\n");
        assert!(
            complaints.contains("blocked by CORS policy"),
            "{complaints}"
        );
    }
}

/// A new session's token, as the site's own server would get it.
async fn session_token(gateway: &Server) -> String {
    let url = format!("{}/session", gateway.origin());
    let answer = http_client().get(url).send().await;
    let answer = answer.expect("the gateway answers").text().await;
    let answer: Value = serde_json::from_str(&answer.expect("a whole answer")).expect("JSON");
    text(&answer["token"]).to_owned()
}

async fn assert_stored(gateway: &Server, outcome: &Value) {
    let object_key = outcome["objectKey"].as_str();
    let object_key = object_key.unwrap_or_else(|| panic!("not stored: {outcome}"));
    assert_eq!(gateway.stored(object_key).await, NOTES.1.as_bytes());
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}
