//! The page without a mouse.

use fantoccini::key::Key;

use crate::browser::Browser;
use crate::page::UploadPage;
use crate::server::{Server, sample};

/// Cancels, retries, removes, writes and copies. Where a pressed button disappears, its item takes the focus,
/// and where an item does, the file chooser.
///
/// Only the file chooser is not opened by a key: it is a window of the system, out of reach.
pub(crate) async fn everything_can_be_done_with_the_keyboard(browser: &Browser) {
    let arguments = [
        "--faults",
        r#"[{"call":"uploadFileStream","when":{"nth":1},"delayMs":60000}]"#,
    ];
    let server = Server::start(browser.name(), &arguments, &[]).await;
    let page = UploadPage::open(browser, &server).await;
    let folder = tempfile::tempdir().expect("a folder");
    let heic = folder.path().join("photo.heic");
    std::fs::copy(sample("refused/heic.jpg"), &heic).expect("a copy");

    press(browser, Key::Tab, "language").await;
    page.choose(&[&sample("photo.jpg"), &heic]).await;
    page.item("photo.jpg", "uploading").await;
    page.item("photo.heic", "refused").await;

    // The list is above the input.
    let focus = "document.querySelector('[data-testid=conversation]').focus()";
    browser.script(focus, vec![]).await;
    press(browser, Key::Tab, "button end").await;
    browser.press(Key::Enter).await;
    page.item("photo.jpg", "cancelled").await;
    assert_eq!(browser.focused().await, "button end");
    press(browser, Key::Tab, "button retry").await;
    browser.press(Key::Space).await;
    // It is stored, and leaves the list with the focus on it.
    let stored = page.stored("photo.jpg").await;
    assert_eq!(browser.focused().await, "item");

    press(browser, Key::Tab, "button end").await;
    browser.press(Key::Enter).await;
    browser.wait_in_element("[part=list][hidden]").await;
    assert_eq!(browser.focused().await, "input");

    press(browser, Key::Tab, "text").await;
    browser.type_text("Hello").await;
    browser.press(Key::Enter).await;
    page.says("desk", "Hello").await;
    press(browser, Key::Tab, "button").await;
    press(browser, Key::Tab, "end").await;
    press(browser, Key::Tab, "desk").await;
    press(browser, Key::Tab, "a").await;
    press(browser, Key::Tab, "copy").await;
    browser.press(Key::Enter).await;
    page.says("page-status", "Copied").await;
    assert_eq!(browser.focused().await, "copy");
    if browser.is_chromium() {
        assert_eq!(browser.clipboard(server.origin()).await, stored.object_key);
    }
    press(browser, Key::Tab, "reply-text").await;
    browser.type_text("Good morning").await;
    browser.press(Key::Enter).await;
    page.says("conversation", "Good morning").await;
    page.assert_clean().await;
}

/// Presses a key and asserts what has the focus then.
async fn press(browser: &Browser, key: Key, expected: &str) {
    browser.press(key).await;
    assert_eq!(browser.focused().await, expected);
}
