//! The picture of the page that the documentation shows.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::artefacts;
use crate::browser::Browser;
use crate::engine::Engine;
use crate::page::UploadPage;
use crate::server::{Server, sample};

/// The width of the page in CSS pixels.
const PAGE_WIDTH: u32 = 1000;

/// The pixels of the picture for each one of the page.
const SCALE: f64 = 1.2;

/// The width of the picture.
const WIDTH: u32 = 1200;

/// Pictures are decoded when the browser gets to it.
const DRAWN: &str = "
    const { shadowRoot } = document.querySelector('upload-file-stream');
    return shadowRoot.querySelector('img') && [...document.images].every((image) => image.complete);";

/// Lets the list grow, because its height limit depends on the window's height, which is set below.
const WHOLE_LIST: &str =
    "document.querySelector('upload-file-stream').style.setProperty('--list-height', 'none')";

/// Whether an engine can draw the picture, or why not.
pub(crate) fn can_be_drawn(engine: Engine) -> Result<(), String> {
    let is_able = engine == Engine::Chromium;
    is_able
        .then_some(())
        .ok_or_else(|| "the picture is drawn in Chromium".to_owned())
}

/// Draws `upload-page.png`, of which `docs/upload-page.png` is a copy in 256 colours.
pub(crate) async fn the_page_is_drawn_with_a_stored_photo_and_refused_files(browser: &Browser) {
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;
    let folder = tempfile::tempdir().expect("a folder");
    let renamed = folder.path().join("receipt.jpg");
    fs::copy(sample("rgb.png"), &renamed).expect("a copy");
    let heic = folder.path().join("IMG_2041.heic");
    fs::copy(sample("refused/heic.jpg"), &heic).expect("a copy");

    page.choose(&[&sample("photo.jpg"), &sample("shine.mp3"), &renamed, &heic])
        .await;
    page.stored("photo.jpg").await;
    page.stored("shine.mp3").await;
    page.item("receipt.jpg", "refused").await;
    page.item("IMG_2041.heic", "refused").await;
    browser.wait_for_script(DRAWN, vec![]).await;
    browser.script(WHOLE_LIST, vec![]).await;

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
