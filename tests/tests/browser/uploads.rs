//! Files that are sent, and what the page says of the answers.

use std::fs;

use crate::browser::Browser;
use crate::page::UploadPage;
use crate::server::{Server, sample};

/// From the file chooser to the object key, with every step of the progress bar.
pub(crate) async fn a_photo_is_stored_and_its_key_shown(browser: &Browser) {
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;
    let photo = sample("photo.jpg");

    page.record_progress().await;
    page.choose(&[&photo]).await;
    let item = page.item(1, "stored").await;

    assert_eq!(item.text("name").await, "photo.jpg");
    let object_key = item.text("object-key").await;
    assert_eq!(
        server.stored(&object_key),
        fs::read(&photo).expect("a file")
    );
    assert_eq!(page.summary().await, "1 stored");
    let progress = page.recorded_progress().await;
    assert!(progress.is_sorted(), "{progress:?}");
    assert_eq!(progress.first(), Some(&0.0), "{progress:?}");
    assert_eq!(progress.last(), Some(&1.0), "{progress:?}");
    assert!(!item.shows("progress").await, "the upload is over");
    page.assert_clean().await;
}

/// A photo that calls itself a film.
pub(crate) async fn a_renamed_photo_is_refused_with_a_remedy(browser: &Browser) {
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;
    let folder = tempfile::tempdir().expect("a folder");
    let renamed = folder.path().join("photo.mp4");
    fs::copy(sample("photo.jpg"), &renamed).expect("a copy");

    page.choose(&[&renamed]).await;
    let item = page.item(1, "refused").await;

    let message = item.text("message").await;
    for words in ["declared mp4", "JPG", "declare fileType \"jpg\""] {
        assert!(message.contains(words), "{words:?} is not in {message:?}");
    }
    assert!(item.shows("hint").await, "a remedy in plain words");
    assert_ne!(item.text("request-id").await, "");
    assert!(!item.shows("object-key").await, "nothing is stored");
    assert!(
        !item.shows("retry").await,
        "the same file would be refused again"
    );
    assert!(server.has_stored_nothing());
    page.assert_clean().await;
}

/// Each answer brings a new token and voids the old one.
pub(crate) async fn several_files_follow_the_rotation_of_the_token(browser: &Browser) {
    let arguments = ["--rotation", "every-call-strict"];
    let server = Server::start(browser.name(), &arguments, &[]).await;
    let page = UploadPage::open(browser, &server).await;

    page.choose(&[&sample("rgb.png"), &sample("bmi.csv"), &sample("cbr.mp3")])
        .await;
    for (position, name) in [(1, "rgb.png"), (2, "bmi.csv"), (3, "cbr.mp3")] {
        let item = page.item(position, "stored").await;
        assert_eq!(item.text("name").await, name);
        let object_key = item.text("object-key").await;
        assert_eq!(
            server.stored(&object_key),
            fs::read(sample(name)).expect("a file")
        );
    }

    assert_eq!(page.summary().await, "3 stored");
    page.assert_clean().await;
}
