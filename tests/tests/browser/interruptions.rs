//! Uploads that do not end well at once.

use crate::browser::Browser;
use crate::page::UploadPage;
use crate::server::{Server, sample};

/// The first upload is answered so late that only cancelling ends it.
pub(crate) async fn a_cancelled_upload_ends_and_the_next_file_is_sent(browser: &Browser) {
    let arguments = [
        "--faults",
        r#"[{"call":"uploadFileStream","when":{"nth":1},"delayMs":60000}]"#,
    ];
    let server = Server::start(browser.name(), &arguments, &[]).await;
    let page = UploadPage::open(browser, &server).await;

    page.choose(&[&sample("photo.jpg"), &sample("rgb.png")])
        .await;
    let sent = page.item(1, "uploading").await;
    let waiting = page.item(2, "waiting").await;
    assert!(waiting.shows("cancel").await);
    sent.click("cancel").await;

    let cancelled = page.item(1, "cancelled").await;
    assert!(cancelled.shows("retry").await);
    for part in ["cancel", "progress", "message", "object-key"] {
        assert!(!cancelled.shows(part).await, "{part}");
    }
    page.item(2, "stored").await;
    assert_eq!(page.summary().await, "1 stored, 1 cancelled");
    page.assert_clean().await;
}

/// The contact centre does not store the file at first.
pub(crate) async fn a_failed_upload_is_stored_when_it_is_retried(browser: &Browser) {
    // In a 200 answer, as the API does it; for other statuses the browser itself writes an error
    // to the console.
    let arguments = [
        "--faults",
        r#"[{"call":"uploadFileStream","when":{"nth":1},"fault":{"status":{"code":200}}}]"#,
    ];
    let server = Server::start(browser.name(), &arguments, &[]).await;
    let page = UploadPage::open(browser, &server).await;
    let photo = sample("photo.jpg");

    page.choose(&[&photo]).await;
    let failed = page.item(1, "failed").await;
    assert_ne!(failed.text("message").await, "");
    assert_ne!(failed.text("request-id").await, "");
    assert!(failed.text("hint").await.contains("retrying is safe"));
    failed.click("retry").await;

    let stored = page.item(1, "stored").await;
    let object_key = stored.text("object-key").await;
    assert_eq!(
        server.stored(&object_key),
        std::fs::read(photo).expect("a file")
    );
    assert!(!stored.shows("message").await, "the problem is over");
    assert_eq!(page.summary().await, "1 stored");
    page.assert_clean().await;
}
