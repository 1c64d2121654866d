//! What axe-core, the checker of accessibility, finds in each state of the page.

use std::path::Path;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::page::UploadPage;
use crate::server::{Server, sample};

/// Installed by `npm ci` in `web/`.
const AXE: &str = "../web/node_modules/axe-core/axe.min.js";

/// Whether axe-core is installed, or what to do.
pub(crate) fn is_installed() -> Result<(), String> {
    let is_there = Path::new(env!("CARGO_MANIFEST_DIR")).join(AXE).is_file();
    is_there
        .then_some(())
        .ok_or_else(|| "axe-core is not installed: run `npm ci` in web/".to_owned())
}

/// Empty, uploading, failed, refused, cancelled and stored; left to right and right to left.
pub(crate) async fn axe_finds_nothing_in_any_state(browser: &Browser) {
    let arguments = [
        "--faults",
        r#"[
            {"call":"uploadFileStream","when":{"nth":1},"fault":{"status":{"code":200,"retryAfter":3600}}},
            {"call":"uploadFileStream","when":{"nth":3},"delayMs":60000}
        ]"#,
    ];
    for language in ["en", "ar"] {
        let server = Server::start(browser.name(), &arguments, &[]).await;
        let page = UploadPage::open_in(browser, &server, language).await;
        assert_accessible(browser, "empty").await;
        page.choose(&[&sample("photo.jpg"), &sample("refused/png.jpg")])
            .await;
        page.item("photo.jpg", "failed").await;
        page.item("png.jpg", "refused").await;
        assert_accessible(browser, "failed and refused").await;
        // One after the other, because only the third call is held.
        page.choose(&[&sample("bmi.csv")]).await;
        page.stored("bmi.csv").await;
        page.choose(&[&sample("rgb.png")]).await;
        let uploading = page.item("rgb.png", "uploading").await;
        assert_accessible(browser, "uploading").await;
        uploading.click("end").await;
        page.item("rgb.png", "cancelled").await;
        assert_accessible(browser, "cancelled and stored").await;
    }
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
