//! Films that the gateway has converted, in a player.

use std::fs;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::engine::Engine;
use crate::page::UploadPage;
use crate::server::{Server, sample};

/// `samples/commands.tsv` has the command that made the film.
const WIDTH: u64 = 64;
const HEIGHT: u64 = 48;
const SECONDS: f64 = 0.5;

/// Whether the engine decodes H.264, or why not.
pub(crate) fn can_be_played(engine: Engine) -> Result<(), String> {
    let is_able = engine != Engine::WebKit;
    is_able
        .then_some(())
        .ok_or_else(|| "WebKitGTK needs more packages to decode H.264".to_owned())
}

/// A film as iPhones name and pack it is converted on its way, and plays.
pub(crate) async fn a_quicktime_film_is_stored_as_mp4_and_plays(browser: &Browser) {
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;
    let folder = tempfile::tempdir().expect("a folder");
    let film = folder.path().join("IMG_2041.MOV");
    fs::copy(sample("refused/mov.mp4"), &film).expect("a copy");

    page.choose(&[&film]).await;
    let stored = page.stored("IMG_2041.MOV").await;

    assert!(stored.facts.starts_with("MP4 · "), "{}", stored.facts);
    let content = server.stored(&stored.object_key).await;
    assert_eq!(content.get(4..12), Some(b"ftypmp42".as_slice()));
    let shown = play(browser, &stored.object_key).await;
    assert_eq!(shown["error"], Value::Null, "{shown}");
    assert_eq!([&shown["width"], &shown["height"]], [WIDTH, HEIGHT]);
    let seconds = shown["duration"].as_f64().expect("a duration");
    assert!((seconds - SECONDS).abs() < 0.01, "{seconds} s");
    page.assert_clean().await;
}

/// Loads a stored file into a video element, and returns what it shows when its first frame is decoded.
async fn play(browser: &Browser, object_key: &str) -> Value {
    const START: &str = "
        window.film = document.createElement('video');
        film.preload = 'auto';
        film.muted = true;
        film.onloadeddata = () => (film.isLoaded = true);
        fetch(`/stored-files/${arguments[0]}`)
          .then((response) => response.arrayBuffer())
          .then((content) => (film.src = URL.createObjectURL(new Blob([content], { type: 'video/mp4' }))));";
    const SHOWN: &str = "
        const { isLoaded, error, videoWidth: width, videoHeight: height, duration } = film;
        return (isLoaded || error) && { error: error && error.message, width, height, duration };";
    browser.script(START, vec![json!(object_key)]).await;
    browser.wait_for_script(SHOWN, vec![]).await
}
