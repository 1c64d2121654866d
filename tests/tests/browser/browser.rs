//! A browser of one test's own.

use std::time::{Duration, Instant};

use fantoccini::actions::{
    InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use gateway_tests::http_client;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::artefacts;
use crate::driver::Driver;
use crate::engine::{Engine, Programs};

/// The longest time that anything is waited for. It is there to end a broken run, and long enough
/// for a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// The longest time that a script may take: axe needs many seconds on a busy machine.
const SCRIPT_LIMIT: Duration = Duration::from_secs(120);

/// The pause between two looks at a condition.
const POLL: Duration = Duration::from_millis(20);

/// Finds in the upload element, which may not be defined yet.
const FIND_IN_ELEMENT: &str = "
    const { shadowRoot } = document.querySelector('upload-file-stream');
    return shadowRoot && shadowRoot.querySelector(arguments[0]);";

/// All text of the page.
const SHOWN: &str = "
    const element = document.querySelector('upload-file-stream');
    return [document.body.innerText, element?.shadowRoot?.textContent];";

/// A running browser with one empty page and a new profile.
pub(crate) struct Browser {
    name: String,
    engine: Engine,
    driver: Driver,
    client: Client,
    session_url: String,
    http: reqwest::Client,
    /// Removed at the end.
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser for the test of this name.
    pub(crate) async fn open(programs: &Programs, name: &str) -> Self {
        let name = name.replace("::", ".");
        let profile = tempfile::tempdir().expect("a folder");
        let driver = Driver::start(programs, &name).await;
        let Value::Object(mut capabilities) = programs.capabilities(profile.path()) else {
            unreachable!("capabilities are an object");
        };
        let timeouts = json!({"script": SCRIPT_LIMIT.as_secs() * 1000});
        capabilities.insert("timeouts".to_owned(), timeouts);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(driver.url())
            .await
            .unwrap_or_else(|error| panic!("the browser does not start: {error}"));
        client.set_window_size(1100, 900).await.expect("a window");
        let id = client.session_id().await.expect("a session");
        let id = id.expect("the driver names the session");
        Self {
            name,
            engine: programs.engine,
            session_url: format!("{}/session/{id}", driver.url()),
            driver,
            client,
            http: http_client(),
            _profile: profile,
        }
    }

    /// The name of its test, fit for a file.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether it is Chromium, whose driver reports more than others.
    pub(crate) fn is_chromium(&self) -> bool {
        self.engine == Engine::Chromium
    }

    /// Its commands.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Waits until an element matches a CSS selector, and gives it.
    pub(crate) async fn wait_for(&self, selector: &str) -> Element {
        let wait = self.client.wait().at_most(LIMIT).every(POLL);
        match wait.for_element(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(error) => {
                let text = self.script("return document.body.innerText", vec![]).await;
                panic!("waiting for {selector}: {error}. The page shows: {text}")
            }
        }
    }

    /// Returns the first match of a CSS selector in the upload element.
    pub(crate) async fn in_element(&self, selector: &str) -> Option<Element> {
        let found = self.script(FIND_IN_ELEMENT, vec![json!(selector)]).await;
        let id = found.as_object()?.values().next()?.as_str()?;
        let reference = ElementRef::from(id.to_owned());
        Some(Element::from_element_id(self.client.clone(), reference))
    }

    /// Waits until a CSS selector finds something in the upload element, and gives it.
    pub(crate) async fn wait_in_element(&self, selector: &str) -> Element {
        self.wait_for_script(FIND_IN_ELEMENT, vec![json!(selector)])
            .await;
        let found = self.in_element(selector).await;
        found.unwrap_or_else(|| panic!("{selector} has gone"))
    }

    /// Waits until a script returns something, and gives it.
    pub(crate) async fn wait_for_script(&self, script: &str, arguments: Vec<Value>) -> Value {
        let begun = Instant::now();
        loop {
            let returned = self.script(script, arguments.clone()).await;
            if returned != Value::Null && returned != Value::Bool(false) {
                return returned;
            }
            if begun.elapsed() > LIMIT {
                let shown = self.script(SHOWN, vec![]).await;
                panic!("waiting for {script} with {arguments:?}. The page shows: {shown}");
            }
            sleep(POLL).await;
        }
    }

    /// Runs a script in the page and gives what it returns.
    pub(crate) async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        let ran = self.client.execute(script, arguments).await;
        ran.unwrap_or_else(|error| panic!("the script failed: {error}"))
    }

    /// Presses and releases a key, wherever the focus is.
    pub(crate) async fn press(&self, key: Key) {
        let value = key.into();
        let press = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value });
        let pressed = self.client.perform_actions(press).await;
        pressed.expect("a keyboard");
    }

    /// Types a text, wherever the focus is.
    pub(crate) async fn type_text(&self, text: &str) {
        for letter in text.chars() {
            let typing = KeyActions::new("keyboard".to_owned())
                .then(KeyAction::Down { value: letter })
                .then(KeyAction::Up { value: letter });
            let typed = self.client.perform_actions(typing).await;
            typed.expect("a keyboard");
        }
    }

    /// The part of the upload element, or the hook of the page, that has the focus.
    pub(crate) async fn focused(&self) -> String {
        const SCRIPT: &str = "
            const outer = document.activeElement;
            const focused = outer.shadowRoot?.activeElement ?? outer;
            return focused.getAttribute('part') ?? focused.dataset.testid ?? focused.localName;";
        let focused = self.script(SCRIPT, vec![]).await;
        focused.as_str().expect("an element").to_owned()
    }

    /// Takes the page offline or online. In other browsers than Chromium this only sets what scripts
    /// see, and replaces the element's endpoint with one that the page's policy forbids.
    pub(crate) async fn set_online(&self, is_online: bool) {
        const SCRIPT: &str = "
            const [isOnline] = arguments;
            const element = document.querySelector('upload-file-stream');
            const endpoint = (window.endpoint ??= element.getAttribute('endpoint'));
            element.setAttribute('endpoint', isOnline ? endpoint : 'http://nowhere.invalid/');
            Object.defineProperty(navigator, 'onLine', { configurable: true, value: isOnline });
            dispatchEvent(new Event(isOnline ? 'online' : 'offline'));";
        if self.is_chromium() {
            let conditions = json!({
                "offline": !is_online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
            });
            self.development_tools("Network.emulateNetworkConditions", conditions)
                .await;
        } else {
            self.script(SCRIPT, vec![json!(is_online)]).await;
        }
    }

    /// Clicks twice in quick succession.
    pub(crate) async fn double_click(&self, element: Element) {
        let press = PointerAction::Down {
            button: MOUSE_BUTTON_LEFT,
        };
        let release = PointerAction::Up {
            button: MOUSE_BUTTON_LEFT,
        };
        let there = PointerAction::MoveToElement {
            element,
            duration: None,
            x: 0.0,
            y: 0.0,
        };
        let clicks = MouseActions::new("mouse".to_owned())
            .then(there)
            .then(press.clone())
            .then(release.clone())
            .then(press)
            .then(release);
        self.client.perform_actions(clicks).await.expect("a mouse");
    }

    /// The text in the clipboard, as a page of this origin would read it, which must be open.
    pub(crate) async fn clipboard(&self, origin: &str) -> Value {
        let permissions = json!({"origin": origin, "permissions": ["clipboardReadWrite"]});
        self.development_tools("Browser.grantPermissions", permissions)
            .await;
        // A promise that is returned is waited for.
        self.script("return navigator.clipboard.readText()", vec![])
            .await
    }

    /// The warnings and errors in the console since the last look.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        self.log("browser")
            .await
            .iter()
            .filter(|entry| ["WARNING", "SEVERE"].contains(&text(&entry["level"])))
            .map(|entry| text(&entry["message"]).to_owned())
            .collect()
    }

    /// The URLs that pages requested since the last look, without those of the browser's own pages.
    pub(crate) async fn requests(&self) -> Vec<String> {
        self.log("performance")
            .await
            .iter()
            .map(|entry| serde_json::from_str(text(&entry["message"])).expect("JSON"))
            .map(|mut event: Value| event["message"].take())
            .filter(|event| event["method"] == "Network.requestWillBeSent")
            .map(|mut event| event["params"].take())
            .filter(|request| !text(&request["documentURL"]).starts_with("chrome:"))
            .map(|request| text(&request["request"]["url"]).to_owned())
            .collect()
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.extension("se/log", &json!({ "type": kind })).await;
        entries.as_array().expect("a list of entries").clone()
    }

    /// Sends a command of Chromium's development tools.
    pub(crate) async fn development_tools(&self, command: &str, parameters: Value) -> Value {
        let command = json!({"cmd": command, "params": parameters});
        self.extension("goog/cdp/execute", &command).await
    }

    /// Sends a command that is chromedriver's own.
    async fn extension(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}/{path}", self.session_url);
        let request = self.http.post(url).body(body.to_string());
        let response = request.send().await.expect("the driver answers");
        let status = response.status();
        let answer = response.text().await.expect("a whole answer");
        assert!(status.is_success(), "{path}: {answer}");
        let mut answer: Value = serde_json::from_str(&answer).expect("JSON");
        answer["value"].take()
    }

    /// Keeps a picture of the last page and ends the browser.
    pub(crate) async fn close(self) {
        match self.client.screenshot().await {
            Ok(png) => artefacts::write(&format!("{}.png", self.name), &png),
            Err(error) => eprintln!("{}: no screenshot: {error}", self.name),
        }
        if let Err(error) = self.client.close().await {
            eprintln!("{}: the browser was not closed: {error}", self.name);
        }
        self.driver.stop().await;
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
