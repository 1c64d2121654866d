//! Files that are sent, and what the page says of the answers.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::browser::Browser;
use crate::page::{Gesture, UploadPage};
use crate::server::{Server, sample};

/// From the file chooser to the contact centre's side, with every step of the progress bar.
pub(crate) async fn a_photo_is_stored_and_its_key_shown(browser: &Browser) {
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;
    let photo = sample("photo.jpg");

    page.record_progress().await;
    page.choose(&[&photo]).await;
    let stored = page.stored("photo.jpg").await;

    assert_eq!(
        server.stored(&stored.object_key).await,
        fs::read(&photo).expect("a file")
    );
    assert!(stored.facts.starts_with("JPG · "), "{}", stored.facts);
    assert!(!page.lists("photo.jpg").await, "it is in the conversation");
    let progress = page.recorded_progress().await;
    assert!(progress.is_sorted(), "{progress:?}");
    assert_eq!(progress.first(), Some(&0.0), "{progress:?}");
    assert_eq!(progress.last(), Some(&1.0), "{progress:?}");
    page.assert_clean().await;
}

/// A photo that calls itself a video: nothing is sent before the person says as what.
pub(crate) async fn a_renamed_photo_is_refused_and_sent_as_what_it_is(browser: &Browser) {
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;
    let folder = tempfile::tempdir().expect("a folder");
    let renamed = folder.path().join("photo.mp4");
    fs::copy(sample("photo.jpg"), &renamed).expect("a copy");

    page.choose(&[&renamed]).await;
    let item = page.item("photo.mp4", "refused").await;

    assert_eq!(item.text("message").await, "This is not MP4 but JPG.");
    assert!(
        !item.shows("retry").await,
        "the same file would be refused again"
    );
    assert!(server.has_stored_nothing().await);

    assert_eq!(item.text("send-as").await, "Send as JPG");
    item.click("send-as").await;
    let stored = page.stored("photo.mp4").await;
    assert!(stored.facts.starts_with("JPG · "), "{}", stored.facts);
    page.assert_clean().await;
}

/// The row of a file over its limit shows both sizes; it is never sent, and can be removed.
pub(crate) async fn a_recording_over_its_limit_is_refused_and_removed(browser: &Browser) {
    const LIMITS: &str = "
        const { shadowRoot } = document.querySelector('upload-file-stream');
        return shadowRoot.querySelector('[part=limits]').textContent.includes(arguments[0]);";
    let settings = [("MAX_AUDIO_BYTES", "2000")];
    let server = Server::start(browser.name(), &[], &settings).await;
    let page = UploadPage::open(browser, &server).await;
    // Beside a chat's input the element shows the limits to screen readers only.
    for limit in [
        "MP3, AAC, or M4A, up to 2 kB",
        "MP4, MOV, TXT, or CSV, up to 4.7 MB",
    ] {
        browser.wait_for_script(LIMITS, vec![json!(limit)]).await;
    }

    page.choose(&[&sample("shine.mp3")]).await;
    let item = page.item("shine.mp3", "refused").await;
    assert_eq!(
        item.text("message").await,
        "Too large: 3 kB of at most 2 kB. Send a shorter recording."
    );
    item.click("end").await;
    browser.wait_in_element("[part=list][hidden]").await;
    assert!(!page.lists("shine.mp3").await);
    assert!(server.has_stored_nothing().await);
    page.assert_clean().await;
}

/// Files far over their limit are rejected before they are read completely, and nothing of them is left in
/// the way of the next one.
pub(crate) async fn files_far_over_their_limit_do_not_harm_the_next(browser: &Browser) {
    const LARGE_BYTES: u64 = 100_000_000;
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;
    let folder = tempfile::tempdir().expect("a folder");

    let names = ["1.mp4", "2.mp4", "3.mp4", "4.mp4"];
    let films = names.map(|name| folder.path().join(name));
    for film in &films {
        let file = fs::File::create(film).expect("a file");
        file.set_len(LARGE_BYTES).expect("an empty film");
    }
    page.choose(&films.each_ref().map(PathBuf::as_path)).await;
    for name in names {
        let item = page.item(name, "refused").await;
        let message = item.text("message").await;
        assert!(
            message.starts_with("Too large: 100 MB of at most "),
            "{message}"
        );
    }
    page.choose(&[&sample("photo.jpg")]).await;
    page.stored("photo.jpg").await;
    page.assert_clean().await;
}

/// A photo over its limit is made smaller, as the page asks for.
pub(crate) async fn a_photo_over_its_limit_is_shrunk(browser: &Browser) {
    const LIMIT_BYTES: usize = 20_000;
    let limit = LIMIT_BYTES.to_string();
    let settings = [("MAX_IMAGE_BYTES", limit.as_str())];
    let server = Server::start(browser.name(), &[], &settings).await;
    let page = UploadPage::open(browser, &server).await;
    let folder = tempfile::tempdir().expect("a folder");
    let photo = folder.path().join("holiday.jpeg");
    fs::copy(sample("photo.jpg"), &photo).expect("a copy");

    page.choose(&[&photo]).await;
    let stored = page.stored("holiday.jpeg").await;

    let shrunk = server.stored(&stored.object_key).await;
    assert!(shrunk.len() <= LIMIT_BYTES, "{} bytes", shrunk.len());
    assert!(shrunk.starts_with(b"\xFF\xD8\xFF"), "a JPG");
    page.assert_clean().await;
}

/// Each answer brings a new token and voids the old one.
pub(crate) async fn several_files_follow_the_rotation_of_the_token(browser: &Browser) {
    let arguments = ["--rotation", "every-call-strict"];
    let server = Server::start(browser.name(), &arguments, &[]).await;
    let page = UploadPage::open(browser, &server).await;

    let names = ["rgb.png", "bmi.csv", "cbr.mp3"];
    page.choose(&[&sample(names[0]), &sample(names[1]), &sample(names[2])])
        .await;
    for name in names {
        let stored = page.stored(name).await;
        let sent = fs::read(sample(name)).expect("a file");
        assert_eq!(server.stored(&stored.object_key).await, sent);
    }
    // The console may have errors: a poll at the moment of an upload is rejected once, because its token
    // was replaced.
}

/// Anywhere on the page, because the element has the attribute `whole-page`; and of many files a
/// screen reader gets one message.
pub(crate) async fn files_are_dropped_and_pasted_anywhere(browser: &Browser) {
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;

    assert!(
        page.hand_over(Gesture::Drop, "h1", &["1.txt", "2.txt"])
            .await
    );
    page.stored("1.txt").await;
    page.stored("2.txt").await;
    assert_eq!(
        page.announcements(2).await,
        ["2 files added.", "2 files sent."]
    );

    assert!(page.hand_over(Gesture::Drop, "h1", &["3.md"]).await);
    page.item("3.md", "refused").await;
    assert_eq!(
        page.announcements(4).await[2..],
        ["1 file added.", "3.md: MD files are not accepted."]
    );

    assert!(
        page.hand_over(Gesture::Paste, "upload-file-stream", &["4.txt"])
            .await
    );
    page.stored("4.txt").await;
    assert_eq!(
        page.announcements(6).await[4..],
        ["1 file added.", "4.txt: Sent"]
    );
    page.assert_clean().await;
}
