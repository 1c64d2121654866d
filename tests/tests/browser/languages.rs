//! The page in each of its languages, and on a narrow screen.

use serde_json::json;

use crate::browser::Browser;
use crate::page::UploadPage;
use crate::server::{Server, sample};

const LANGUAGES: [&str; 6] = ["en", "zh-CN", "es", "pt-BR", "ar", "fr"];

/// The menu changes page and element, what is already in the list included.
pub(crate) async fn the_menu_changes_the_language_of_everything(browser: &Browser) {
    const CHOOSE: &str = "
        const menu = document.querySelector('[data-testid=language]');
        menu.value = arguments[0];
        menu.dispatchEvent(new Event('change'));";
    const DIRECTIONS: &str = "
        const { shadowRoot } = document.querySelector('upload-file-stream');
        const item = shadowRoot.querySelector('[part=item]');
        return [document.documentElement, item].map((element) => getComputedStyle(element).direction);";
    let server = Server::start(browser.name(), &[], &[]).await;
    let page = UploadPage::open(browser, &server).await;
    page.choose(&[&sample("refused/png.jpg")]).await;
    let item = page.item("png.jpg", "refused").await;
    assert_eq!(item.text("send-as").await, "Send as PNG");
    assert_eq!(
        browser.script(DIRECTIONS, vec![]).await,
        json!(["ltr", "ltr"])
    );

    browser.script(CHOOSE, vec![json!("ar")]).await;
    browser
        .wait_in_element("[part=root][lang=ar][dir=rtl]")
        .await;
    assert_eq!(item.text("send-as").await, "إرسال بصيغة PNG");
    assert_eq!(
        browser.script(DIRECTIONS, vec![]).await,
        json!(["rtl", "rtl"])
    );

    browser.script(CHOOSE, vec![json!("zh-CN")]).await;
    browser
        .wait_in_element("[part=root][lang=zh-CN][dir=ltr]")
        .await;
    assert_eq!(item.text("send-as").await, "以 PNG 格式发送");
    assert_eq!(
        browser.script(DIRECTIONS, vec![]).await,
        json!(["ltr", "ltr"])
    );
    page.assert_clean().await;
}

/// 320 CSS pixels, the least that WCAG 2.2 (1.4.10) asks for, with a list of files, in every language.
pub(crate) async fn nothing_is_cut_off_on_a_narrow_screen(browser: &Browser) {
    // Windows do not get that narrow, but narrow enough for the page to have one column.
    const ADD: &str = "
        document.body.style.width = '320px';
        document.querySelector('upload-file-stream').uploader.add([
          new File(['Delivered on Monday.'], 'a-name-that-is-long-and-has-no-place-to-break-it.jpg'),
          new File(['Delivered on Monday.'], 'another_name_that_is_long_and_has_no_place_to_break_it.txt'),
        ]);";
    const CUT_OFF: &str = "
        const { shadowRoot } = document.querySelector('upload-file-stream');
        const parts = [...document.querySelectorAll('body, body *'), ...shadowRoot.querySelectorAll('[part]')];
        const isCutOff = (part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 1
          && getComputedStyle(part).display !== 'inline';
        return parts.filter(isCutOff).map((part) => `${part.localName} ${part.className} ${part.scrollWidth}`);";
    let server = Server::start(browser.name(), &[], &[]).await;
    let resized = browser.client().set_window_size(500, 900).await;
    resized.expect("a window");
    for language in LANGUAGES {
        let page = UploadPage::open_in(browser, &server, language).await;
        browser.script(ADD, vec![]).await;
        page.item(
            "a-name-that-is-long-and-has-no-place-to-break-it.jpg",
            "refused",
        )
        .await;
        page.stored("another_name_that_is_long_and_has_no_place_to_break_it.txt")
            .await;
        let cut_off = browser.script(CUT_OFF, vec![]).await;
        assert_eq!(cut_off, json!([]), "{language}");
    }
}
