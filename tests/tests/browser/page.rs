//! The upload page through its test hooks.

use std::path::Path;

use fantoccini::Locator;
use fantoccini::elements::Element;
use serde_json::Value;

use crate::browser::Browser;
use crate::server::Server;

/// The upload page in a browser.
pub(crate) struct UploadPage<'a> {
    browser: &'a Browser,
    origin: &'a str,
}

impl<'a> UploadPage<'a> {
    /// Opens the page of a gateway.
    pub(crate) async fn open(browser: &'a Browser, server: &'a Server) -> Self {
        let origin = server.origin();
        let opened = browser.client().goto(origin).await;
        opened.unwrap_or_else(|error| panic!("the page does not open: {error}"));
        Self { browser, origin }
    }

    /// Chooses files by the file chooser.
    pub(crate) async fn choose(&self, files: &[&Path]) {
        let paths: Vec<&str> = files
            .iter()
            .map(|path| path.to_str().expect("a path in UTF-8"))
            .collect();
        let input = self.browser.wait_for(&hook("file-input")).await;
        // One path a line: that is how WebDriver names several files.
        let chosen = input.send_keys(&paths.join("\n")).await;
        chosen.unwrap_or_else(|error| panic!("the files cannot be chosen: {error}"));
    }

    /// Waits until a file, counted from 1, is in a state.
    pub(crate) async fn item(&self, position: usize, state: &str) -> Item {
        let items = hook("items");
        let selector = format!("{items} > :nth-child({position})[data-state=\"{state}\"]");
        Item(self.browser.wait_for(&selector).await)
    }

    /// The counts above the list.
    pub(crate) async fn summary(&self) -> String {
        let summary = self.browser.wait_for(&hook("summary")).await;
        summary.text().await.expect("an element")
    }

    /// From now on, notes every value that a progress bar takes.
    pub(crate) async fn record_progress(&self) {
        const SCRIPT: &str = r"
            window.noted = [];
            new MutationObserver((changes) => noted.push(...changes.map(({ target }) => target.value)))
              .observe(document.querySelector(arguments[0]), { subtree: true, attributeFilter: ['value'] });";
        let items = Value::from(hook("items"));
        self.browser.script(SCRIPT, vec![items]).await;
    }

    /// The values that were noted, each between 0 and 1.
    pub(crate) async fn recorded_progress(&self) -> Vec<f64> {
        let noted = self.browser.script("return window.noted", vec![]).await;
        let noted = noted.as_array().expect("a list");
        noted.iter().filter_map(Value::as_f64).collect()
    }

    /// Asserts that there was nothing to complain about in the console, and that everything the
    /// page requested is the gateway's or was in the browser already.
    pub(crate) async fn assert_clean(&self) {
        assert_eq!(self.browser.complaints().await, Vec::<String>::new());
        let requests = self.browser.requests().await;
        assert!(!requests.is_empty(), "requests are recorded");
        let own = format!("{}/", self.origin);
        let shown = format!("blob:{own}");
        for url in requests {
            assert!(url.starts_with(&own) || url.starts_with(&shown), "{url}");
        }
    }
}

/// One file in the list.
pub(crate) struct Item(Element);

impl Item {
    /// The text that a part shows; nothing if it is hidden.
    pub(crate) async fn text(&self, test_id: &str) -> String {
        self.part(test_id).await.text().await.expect("an element")
    }

    /// Whether a part can be seen.
    pub(crate) async fn shows(&self, test_id: &str) -> bool {
        let part = self.part(test_id).await;
        part.is_displayed().await.expect("an element")
    }

    /// Clicks on a part.
    pub(crate) async fn click(&self, test_id: &str) {
        let clicked = self.part(test_id).await.click().await;
        clicked.unwrap_or_else(|error| panic!("{test_id} cannot be clicked: {error}"));
    }

    async fn part(&self, test_id: &str) -> Element {
        let hook = hook(test_id);
        let found = self.0.find(Locator::Css(&hook)).await;
        found.unwrap_or_else(|error| panic!("{test_id} is missing: {error}"))
    }
}

/// The selector of a test hook.
pub(crate) fn hook(test_id: &str) -> String {
    format!("[data-testid=\"{test_id}\"]")
}
