//! The picture of the page that the documentation shows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::artefacts;
use crate::browser::Browser;
use crate::engine::Engine;
use crate::page::{UploadPage, hook};
use crate::server::Server;

/// The width of the page in CSS pixels.
const PAGE_WIDTH: u32 = 1000;

/// The pixels of the picture for each one of the page.
const SCALE: f64 = 1.2;

/// The width of the picture.
const WIDTH: u32 = 1200;

/// Pictures are decoded when the browser gets to it.
const DRAWN: &str = "return [...document.images].every((image) => image.complete)";

/// Lets the conversations and the list grow, because their heights depend on the window's height, which
/// is set below, and leaves out what is below them.
const WHOLE_LISTS: &str = "
    document.querySelector('footer').hidden = true;
    for (const chat of document.querySelectorAll('.chat')) chat.style.height = 'auto';
    document.querySelector('upload-file-stream').style.setProperty('--list-height', 'none');";

/// Whether an engine can draw the picture, or why not.
pub(crate) fn can_be_drawn(engine: Engine) -> Result<(), String> {
    let is_able = engine == Engine::Chromium;
    is_able
        .then_some(())
        .ok_or_else(|| "the picture is drawn in Chromium".to_owned())
}

/// Draws `upload-page.png`, of which `docs/upload-page.png` is a copy in 256 colours.
pub(crate) async fn the_page_is_drawn_with_both_sides_of_a_chat(browser: &Browser) {
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;
    for name in ["photo.jpg", "IMG_0042.mov", "IMG_2041.jpg"] {
        page.click(&format!("[data-sample=\"{name}\"]")).await;
        page.decision(name).await;
    }
    page.stored("IMG_0042.mov").await;
    page.write("text", "The damage is on the left side.").await;
    page.says("desk", "The damage is on the left side.").await;
    page.write("reply-text", "Thank you. Here is our offer:")
        .await;
    page.says("conversation", "Here is our offer:").await;
    page.click(&hook("offer")).await;
    page.says("desk", "offer.pdf").await;
    browser.wait_for(&hook("download")).await;
    browser.wait_for_script(DRAWN, vec![]).await;
    browser.script(WHOLE_LISTS, vec![]).await;

    set_height(browser, 100).await;
    let script = "return document.documentElement.scrollHeight";
    let height = browser.script(script, vec![]).await;
    set_height(browser, height.as_u64().expect("a height")).await;
    let shot = browser
        .development_tools("Page.captureScreenshot", json!({"format": "png"}))
        .await;
    let png = STANDARD.decode(shot["data"].as_str().expect("a picture"));
    let png = png.expect("Base64");
    artefacts::write("upload-page.png", &png);

    // A PNG file has its width at offset 16.
    assert_eq!(&png[16..20], WIDTH.to_be_bytes());
    page.assert_clean().await;
}

async fn set_height(browser: &Browser, height: impl Into<Value>) {
    let metrics = json!({
        "width": PAGE_WIDTH, "height": height.into(), "deviceScaleFactor": SCALE, "mobile": false,
    });
    browser
        .development_tools("Emulation.setDeviceMetricsOverride", metrics)
        .await;
}
