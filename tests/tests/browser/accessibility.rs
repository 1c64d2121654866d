//! What axe-core, the checker of accessibility, finds in each state of the page.

use std::path::Path;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::page::UploadPage;
use crate::server::{Server, sample};

/// Installed by `npm ci` in `web/`.
const AXE: &str = "../web/node_modules/axe-core/axe.min.js";

/// Gives the element an upload in each state, of which some would pass too soon.
const SHOW_EVERY_STATE: &str = "
    const states = ['waiting', 'ready', 'preparing', 'uploading', 'offline', 'retrying', 'stored', 'refused', 'failed', 'cancelled'];
    const details = { declared: 'jpg', detected: 'image/png' };
    const uploads = states.map((state, id) => {
      const file = new File(['Delivered on Monday.'], `${state}.txt`);
      const isRepeatable = /refused|failed|cancelled/.test(state);
      return {
        id, state, original: file, file, fileType: 'txt', progress: 0.4, isRepeatable, isUnfinished: !isRepeatable && state !== 'stored',
        error: isRepeatable ? { reasonCode: 'content_mismatch', details } : undefined,
        detectedType: state === 'refused' ? 'png' : undefined, retryAt: state === 'retrying' ? Date.now() + 3600000 : undefined,
      };
    });
    document.querySelector('upload-file-stream').uploader = Object.assign(new EventTarget(), { options: {}, uploads });";

/// Whether axe-core is installed, or what to do.
pub(crate) fn is_installed() -> Result<(), String> {
    let is_there = Path::new(env!("CARGO_MANIFEST_DIR")).join(AXE).is_file();
    is_there
        .then_some(())
        .ok_or_else(|| "axe-core is not installed: run `npm ci` in web/".to_owned())
}

/// Left to right and right to left, light and dark.
pub(crate) async fn axe_finds_nothing_in_any_state(browser: &Browser) {
    let server = Server::start(browser.name(), &[], &[]).await;
    for (language, scheme) in [("en", "light"), ("en", "dark"), ("ar", "light")] {
        check_every_state(browser, &server, language, scheme).await;
    }
}

/// With the person's own colours instead of the page's.
pub(crate) async fn axe_finds_nothing_in_forced_colours(browser: &Browser) {
    if browser.is_chromium() {
        let media = json!({"features": [{"name": "forced-colors", "value": "active"}]});
        browser
            .development_tools("Emulation.setEmulatedMedia", media)
            .await;
    }
    let are_forced = "return matchMedia('(forced-colors: active)').matches";
    assert_eq!(browser.script(are_forced, vec![]).await, json!(true));
    let server = Server::start(browser.name(), &[], &[]).await;
    check_every_state(browser, &server, "en", "light").await;
}

/// Checks the page when it is empty, with a file in both conversations, and with an upload in each state.
async fn check_every_state(browser: &Browser, server: &Server, language: &str, scheme: &str) {
    let page = UploadPage::open_in(browser, server, language).await;
    let set_scheme = "document.documentElement.style.colorScheme = arguments[0]";
    browser.script(set_scheme, vec![json!(scheme)]).await;
    assert_accessible(browser, &format!("empty, {language}, {scheme}")).await;
    page.choose(&[&sample("bmi.csv"), &sample("refused/png.jpg")])
        .await;
    page.stored("bmi.csv").await;
    page.decision("png.jpg").await;
    browser.script(SHOW_EVERY_STATE, vec![]).await;
    browser
        .wait_in_element("[data-state=refused] [part=message]:not([hidden])")
        .await;
    assert_accessible(browser, &format!("every state, {language}, {scheme}")).await;
}

async fn assert_accessible(browser: &Browser, state: &str) {
    const RUN: &str = "
        const done = arguments[arguments.length - 1];
        window.axe.run().then(
          ({ violations }) => done(violations.map(({ id, nodes }) => [id, nodes.map(({ target, failureSummary }) => [target, failureSummary])])),
          (error) => done(String(error)));";
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join(AXE);
    let axe = std::fs::read_to_string(axe).expect("axe-core");
    browser
        .script(&format!("if (!window.axe) {{ {axe} }}"), vec![])
        .await;
    let ran = browser.client().execute_async(RUN, vec![]).await;
    let violations: Value = ran.unwrap_or_else(|error| panic!("axe does not end: {error}"));
    assert_eq!(violations, json!([]), "{state}");
}
