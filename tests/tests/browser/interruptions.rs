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

    // One after the other: of two files, either may be the first that is sent.
    page.choose(&[&sample("photo.jpg")]).await;
    let sent = page.item("photo.jpg", "uploading").await;
    page.choose(&[&sample("rgb.png")]).await;
    page.item("rgb.png", "waiting").await;
    sent.click("end").await;

    let cancelled = page.item("photo.jpg", "cancelled").await;
    assert!(cancelled.shows("retry").await);
    assert!(!cancelled.shows("progress").await);
    assert!(!cancelled.shows("message").await);
    page.stored("rgb.png").await;
    page.assert_clean().await;
}

/// Faults that may pass are retried by the element itself; a person's double-click on "Try again"
/// is one retry, and does not cancel it.
pub(crate) async fn a_failed_upload_is_stored_when_it_is_retried(browser: &Browser) {
    // In a 200 answer, as the API does it; for other statuses the browser itself writes an error
    // to the console. Retry-After is longer than anybody waits for.
    let arguments = [
        "--faults",
        r#"[{"call":"uploadFileStream","when":{"nth":1},"fault":{"status":{"code":200,"retryAfter":3600}}}]"#,
    ];
    let server = Server::start(browser.name(), &arguments, &[]).await;
    let page = UploadPage::open(browser, &server).await;
    let photo = sample("photo.jpg");

    page.choose(&[&photo]).await;
    let failed = page.item("photo.jpg", "failed").await;
    assert_eq!(
        failed.text("message").await,
        "The service is busy. Try again in 60 minutes."
    );
    let retry = browser.wait_in_element("[part~=retry]").await;
    browser.double_click(retry).await;

    let stored = page.stored("photo.jpg").await;
    assert_eq!(
        server.stored(&stored.object_key).await,
        std::fs::read(photo).expect("a file")
    );
    page.assert_clean().await;
}

/// Files chosen meanwhile are sent when the connection is restored.
pub(crate) async fn being_offline_is_waited_out(browser: &Browser) {
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;

    browser.set_online(false).await;
    page.choose(&[&sample("rgb.png")]).await;
    page.item("rgb.png", "offline").await;
    browser.set_online(true).await;
    page.stored("rgb.png").await;
}
