//! The local gateway's page: the customer's side of a chat, and the agent's desk.

use std::path::Path;

use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::server::Server;

/// The page in a browser.
pub(crate) struct UploadPage<'a> {
    browser: &'a Browser,
    origin: &'a str,
}

/// The ways to add files other than the file chooser.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gesture {
    Drop,
    Paste,
}

impl<'a> UploadPage<'a> {
    /// Opens the page of a gateway in English.
    pub(crate) async fn open(browser: &'a Browser, server: &'a Server) -> Self {
        Self::open_in(browser, server, "en").await
    }

    /// Opens the page of a gateway in a language.
    pub(crate) async fn open_in(browser: &'a Browser, server: &'a Server, language: &str) -> Self {
        let origin = server.origin();
        let opened = browser
            .client()
            .goto(&format!("{origin}/?lang={language}"))
            .await;
        opened.unwrap_or_else(|error| panic!("the page does not open: {error}"));
        let page = Self { browser, origin };
        browser.wait_in_element("[part=root][lang]").await;
        // The chat is open, and an agent was asked for.
        browser
            .wait_for(&format!("{}:not([hidden])", hook("reply")))
            .await;
        page
    }

    /// Chooses files by the file chooser.
    pub(crate) async fn choose(&self, files: &[&Path]) {
        let paths: Vec<&str> = files
            .iter()
            .map(|path| path.to_str().expect("a path in UTF-8"))
            .collect();
        // One path a line: that is how WebDriver names several files.
        let input = self.browser.wait_in_element("[part=input]").await;
        let chosen = input.send_keys(&paths.join("\n")).await;
        chosen.unwrap_or_else(|error| panic!("the files cannot be chosen: {error}"));
    }

    /// Drops text files on the first match of a CSS selector, or pastes them into it, and returns whether
    /// the page accepted them.
    pub(crate) async fn hand_over(&self, gesture: Gesture, selector: &str, names: &[&str]) -> bool {
        // The system's own gestures are out of a driver's reach, and not every engine lets scripts
        // construct these events with files.
        const SCRIPT: &str = "
            const [type, target, names] = arguments;
            const data = new DataTransfer();
            for (const name of names) data.items.add(new File(['Delivered on Monday.'], name));
            const event = new Event(type, { bubbles: true, cancelable: true, composed: true });
            Object.defineProperty(event, type === 'drop' ? 'dataTransfer' : 'clipboardData', { value: data });
            return !document.querySelector(target).dispatchEvent(event);";
        let event = match gesture {
            Gesture::Drop => "drop",
            Gesture::Paste => "paste",
        };
        let arguments = vec![json!(event), json!(selector), json!(names)];
        let is_taken = self.browser.script(SCRIPT, arguments).await;
        is_taken.as_bool().expect("whether it is taken")
    }

    /// Waits until the element's item for a file is in a state.
    pub(crate) async fn item(&self, name: &str, state: &str) -> Item {
        let selector = format!("[part=item][aria-label=\"{name}\"][data-state=\"{state}\"]");
        Item(self.browser.wait_in_element(&selector).await)
    }

    /// Whether the element lists a file.
    pub(crate) async fn lists(&self, name: &str) -> bool {
        let selector = format!("[part=item][aria-label=\"{name}\"]");
        let found = self.browser.in_element(&selector).await;
        found.is_some()
    }

    /// Waits until a file of this name is in the conversation and on the desk, and returns what the
    /// desk shows.
    pub(crate) async fn stored(&self, name: &str) -> Stored {
        const SCRIPT: &str = "
            const all = (hook) => [...document.querySelectorAll(hook)];
            const sent = all('[data-testid=conversation] [data-object-key]').find((bubble) => bubble.dataset.name === arguments[0]);
            const text = (file, hook) => file.querySelector(`[data-testid=${hook}]`).textContent;
            const file = all('[data-testid=stored-file]').find((file) => text(file, 'object-key') === sent?.dataset.objectKey);
            return file && { objectKey: text(file, 'object-key'), facts: text(file, 'stored-facts') };";
        let found = self
            .browser
            .wait_for_script(SCRIPT, vec![json!(name)])
            .await;
        let text = |key: &str| without_isolates(found[key].as_str().expect("a text"));
        Stored {
            object_key: text("objectKey"),
            facts: text("facts"),
        }
    }

    /// Waits for the gateway's decision about a file, and returns it.
    pub(crate) async fn decision(&self, name: &str) -> String {
        let line = format!("[data-name=\"{name}\"] {}", hook("decision"));
        let line = self.browser.wait_for(&line).await;
        without_isolates(&line.text().await.expect("an element"))
    }

    /// Waits until a line in one side's conversation contains a text.
    pub(crate) async fn says(&self, side: &str, text: &str) {
        const SCRIPT: &str = r"
            const side = document.querySelector(`[data-testid=${arguments[0]}]`);
            return side.textContent.replace(/[\u2068\u2069]/g, '').includes(arguments[1]);";
        let arguments = vec![json!(side), json!(text)];
        self.browser.wait_for_script(SCRIPT, arguments).await;
    }

    /// Writes a text in an input and presses Enter.
    pub(crate) async fn write(&self, input: &str, text: &str) {
        let input = self.browser.wait_for(&hook(input)).await;
        let written = input.send_keys(text).await;
        written.unwrap_or_else(|error| panic!("nothing can be written: {error}"));
        self.browser.press(Key::Enter).await;
    }

    /// Clicks on the first match of a CSS selector, once there is one.
    pub(crate) async fn click(&self, selector: &str) {
        let clicked = self.browser.wait_for(selector).await.click().await;
        clicked.unwrap_or_else(|error| panic!("{selector} cannot be clicked: {error}"));
    }

    /// Waits until screen readers have been told so many texts since the page was opened.
    pub(crate) async fn announcements(&self, count: usize) -> Vec<String> {
        const SCRIPT: &str = "
            const { shadowRoot } = document.querySelector('upload-file-stream');
            const { children } = shadowRoot.querySelector('[part=announcements]');
            return Array.from(children, ({ textContent }) => textContent);";
        let last = format!("[part=announcements] > :nth-child({count})");
        self.browser.wait_in_element(&last).await;
        let texts = self.browser.script(SCRIPT, vec![]).await;
        let texts = texts.as_array().expect("a list").iter();
        texts
            .map(|text| without_isolates(text.as_str().expect("a text")))
            .collect()
    }

    /// From now on, notes every value that a progress bar takes.
    pub(crate) async fn record_progress(&self) {
        const SCRIPT: &str = r"
            window.noted = [];
            new MutationObserver((changes) => noted.push(...changes.map(({ target }) => target.value)))
              .observe(document.querySelector('upload-file-stream').shadowRoot, { subtree: true, attributeFilter: ['value'] });";
        self.browser.script(SCRIPT, vec![]).await;
    }

    /// The values that were noted, each between 0 and 1.
    pub(crate) async fn recorded_progress(&self) -> Vec<f64> {
        let noted = self.browser.script("return window.noted", vec![]).await;
        let noted = noted.as_array().expect("a list");
        noted.iter().filter_map(Value::as_f64).collect()
    }

    /// Asserts that there was nothing to complain about in the console, and that everything the
    /// page requested is the gateway's or was in the browser already. Only Chromium's driver reports it.
    pub(crate) async fn assert_clean(&self) {
        if !self.browser.is_chromium() {
            return;
        }
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

/// A file on the desk.
pub(crate) struct Stored {
    pub(crate) object_key: String,
    /// Type, size and time.
    pub(crate) facts: String,
}

/// One file in the element's list.
pub(crate) struct Item(Element);

impl Item {
    /// The text of a part; nothing if it is hidden.
    pub(crate) async fn text(&self, part: &str) -> String {
        let part = self.part(part).await;
        if part.attr("hidden").await.expect("an element").is_some() {
            return String::new();
        }
        // WebKit's driver reports no visible text for a box whose lines are clamped.
        let text = part.prop("textContent").await.expect("an element");
        without_isolates(&text.unwrap_or_default())
    }

    /// Whether a part can be seen.
    pub(crate) async fn shows(&self, part: &str) -> bool {
        let part = self.part(part).await;
        part.is_displayed().await.expect("an element")
    }

    /// Clicks on a part.
    pub(crate) async fn click(&self, part: &str) {
        let clicked = self.part(part).await.click().await;
        clicked.unwrap_or_else(|error| panic!("{part} cannot be clicked: {error}"));
    }

    async fn part(&self, part: &str) -> Element {
        let selector = format!("[part~=\"{part}\"]");
        let found = self.0.find(Locator::Css(&selector)).await;
        found.unwrap_or_else(|error| panic!("{part} is missing: {error}"))
    }
}

/// The text without the marks that keep a name's direction to itself.
fn without_isolates(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}

/// The selector of a test hook.
pub(crate) fn hook(test_id: &str) -> String {
    format!("[data-testid=\"{test_id}\"]")
}
