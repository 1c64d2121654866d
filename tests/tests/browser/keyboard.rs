//! The page without a mouse.

use fantoccini::key::Key;

use crate::browser::Browser;
use crate::page::{UploadPage, hook};
use crate::server::{Server, sample};

/// Cancels, retries and copies. Where a pressed button disappears, its item takes the focus.
///
/// Only the file chooser is not opened by a key: it is a window of the system, out of reach.
pub(crate) async fn everything_can_be_done_with_the_keyboard(browser: &Browser) {
    let arguments = [
        "--faults",
        r#"[{"call":"uploadFileStream","when":{"nth":1},"delayMs":60000}]"#,
    ];
    let server = Server::start(browser.name(), &arguments, &[]).await;
    let page = UploadPage::open(browser, &server).await;

    browser.press(Key::Tab).await;
    assert_focused(browser, "file-input").await;
    page.choose(&[&sample("photo.jpg")]).await;
    page.item(1, "uploading").await;
    assert_focused(browser, "file-input").await;

    browser.press(Key::Tab).await;
    assert_focused(browser, "cancel").await;
    browser.press(Key::Enter).await;
    page.item(1, "cancelled").await;
    assert_focused(browser, "item").await;

    browser.press(Key::Tab).await;
    assert_focused(browser, "retry").await;
    browser.press(Key::Space).await;
    let stored = page.item(1, "stored").await;
    assert_focused(browser, "item").await;

    browser.press(Key::Tab).await;
    assert_focused(browser, "copy").await;
    browser.press(Key::Enter).await;
    // Added, cancelled, stored, copied: each is announced, in a paragraph that stays.
    let announcements = hook("announcements");
    browser
        .wait_for(&format!("{announcements} > :nth-child(4)"))
        .await;
    let object_key = stored.text("object-key").await;
    assert_eq!(browser.clipboard(server.origin()).await, object_key);
    assert_focused(browser, "copy").await;
    page.assert_clean().await;
}

async fn assert_focused(browser: &Browser, test_id: &str) {
    assert_eq!(browser.focused().await.as_deref(), Some(test_id));
}
