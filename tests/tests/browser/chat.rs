//! Both sides of the chat.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::page::{UploadPage, hook};
use crate::server::{Server, sample};

/// The photo is what the agent sees, and the PDF what the agent has chosen.
pub(crate) async fn a_photo_reaches_the_desk_and_a_pdf_the_customer(browser: &Browser) {
    const PICTURE: &str = "
        const image = document.querySelector('[data-testid=stored-file] img');
        return image?.complete && image.naturalWidth > 100;";
    const KEEP_BLOBS: &str = "
        const create = URL.createObjectURL;
        URL.createObjectURL = (blob) => create.call(URL, window.blob = blob);";
    const BLOB: &str = "
        const done = arguments[arguments.length - 1];
        const reader = new FileReader();
        reader.onload = () => done({ type: window.blob.type, url: reader.result });
        reader.readAsDataURL(window.blob);";
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;
    let photo = sample("photo.jpg");

    page.choose(&[&photo]).await;
    let stored = page.stored("photo.jpg").await;
    let sent = fs::read(&photo).expect("a file");
    assert_eq!(server.desk_file(&stored.object_key).await, sent);
    browser.wait_for_script(PICTURE, vec![]).await;
    assert_eq!(page.decision("photo.jpg").await, "Gateway: accepted as JPG");

    browser.script(KEEP_BLOBS, vec![]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let offer = folder.path().join("Our offer.pdf");
    fs::copy(sample("refused/pdf.txt"), &offer).expect("a copy");
    let input = browser.wait_for(&hook("attach")).await;
    let chosen = input.send_keys(offer.to_str().expect("UTF-8")).await;
    chosen.expect("a file chooser");
    page.says("desk", "Our offer.pdf").await;
    page.click(&hook("download")).await;
    let link = browser.wait_for(&hook("downloaded")).await;
    let href = link.attr("href").await.expect("a link").expect("a URL");
    assert!(href.starts_with("blob:"), "{href}");
    page.says("conversation", "Gateway: content is application/pdf")
        .await;
    let blob: Value = browser
        .client()
        .execute_async(BLOB, vec![])
        .await
        .expect("a file");
    assert_eq!(blob["type"], "application/pdf");
    let url = blob["url"].as_str().expect("a URL");
    let content = url.strip_prefix("data:application/pdf;base64,");
    let content = STANDARD.decode(content.expect("Base64")).expect("Base64");
    assert_eq!(content, fs::read(&offer).expect("a file"));
    page.assert_clean().await;
}

/// On both sides, also if they contain markup.
pub(crate) async fn messages_are_shown_as_text(browser: &Browser) {
    const MARKUP: &str = "<img src=x onerror=alert(1)><b>bold</b>";
    const ELEMENTS: &str =
        "return document.querySelectorAll('.conversation b, .conversation img').length";
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;
    page.write("text", MARKUP).await;
    page.says("desk", MARKUP).await;
    page.write("reply-text", &format!("Reply: {MARKUP}")).await;
    page.says("conversation", &format!("Reply: {MARKUP}")).await;
    assert_eq!(browser.script(ELEMENTS, vec![]).await, json!(0));

    page.click(&hook("end")).await;
    page.says("conversation", "The chat has ended.").await;
    page.write("text", "One more question").await;
    page.says("desk", "One more question").await;
    browser
        .wait_for(&format!("{}:not([hidden])", hook("reply")))
        .await;
    page.assert_clean().await;
}

/// The samples, one after the other.
pub(crate) async fn samples_show_what_the_gateway_decides(browser: &Browser) {
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;
    for (name, decision) in [
        ("photo.jpg", "Gateway: accepted as JPG"),
        (
            "IMG_0042.mov",
            "Gateway: MOV converted to MP4 without re-encoding",
        ),
        (
            "IMG_2041.jpg",
            "Gateway: refused (content_mismatch). file: declared jpg, but the content is HEIC",
        ),
        (
            "receipt.png",
            "Gateway: refused (content_mismatch). file: declared png, but the content is Windows program",
        ),
    ] {
        page.click(&format!("[data-sample=\"{name}\"]")).await;
        let found = page.decision(name).await;
        assert!(found.starts_with(decision), "{found}");
    }
    let video = page.stored("IMG_0042.mov").await;
    assert!(video.facts.starts_with("MP4 · "), "{}", video.facts);
    page.assert_clean().await;
}

/// The switches: a busy contact centre, a lost network and an expired session.
pub(crate) async fn the_chat_continues_after_a_fault(browser: &Browser) {
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;

    page.click(&hook("busy")).await;
    browser
        .wait_for(&format!("{}[aria-pressed=true]", hook("busy")))
        .await;
    page.write("text", "first").await;
    page.says("conversation", "Not sent: The service is busy.")
        .await;
    page.click(&hook("busy")).await;
    browser
        .wait_for(&format!("{}[aria-pressed=false]", hook("busy")))
        .await;
    page.click(".own button").await;
    page.says("desk", "first").await;

    page.click(&hook("offline")).await;
    page.choose(&[&sample("rgb.png")]).await;
    page.item("rgb.png", "offline").await;
    page.click(&hook("offline")).await;
    page.stored("rgb.png").await;

    page.click(&hook("expire")).await;
    page.says("conversation", "The session had expired").await;
    page.write("text", "second").await;
    page.says("desk", "second").await;
}
