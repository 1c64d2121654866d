//! A browser of one test's own.

use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use gateway_tests::http_client;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::artefacts;
use crate::driver::Driver;

/// The longest time that anything is waited for. It is there to end a broken run, and long enough
/// for a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// The pause between two looks at a condition.
const POLL: Duration = Duration::from_millis(20);

const ARGUMENTS: [&str; 12] = [
    "--headless",
    "--no-sandbox", // a container's root user can have none
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    // Neither the page nor the browser itself gets to any other host.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--window-size=900,900",
];

/// A running browser with one empty page and a new profile.
pub(crate) struct Browser {
    name: String,
    client: Client,
    session_url: String,
    http: reqwest::Client,
    /// Removed at the end.
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser for the test of this name.
    pub(crate) async fn open(driver: &Driver, name: &str) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(driver, &profile))
            .connect(driver.url())
            .await
            .unwrap_or_else(|error| panic!("the browser does not start: {error}"));
        let id = client.session_id().await.expect("a session");
        let id = id.expect("the driver names the session");
        Self {
            name: name.replace("::", "."),
            client,
            session_url: format!("{}/session/{id}", driver.url()),
            http: http_client(),
            _profile: profile,
        }
    }

    /// The name of its test, fit for a file.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its commands.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Waits until an element matches a CSS selector, and gives it.
    pub(crate) async fn wait_for(&self, selector: &str) -> fantoccini::elements::Element {
        let wait = self.client.wait().at_most(LIMIT).every(POLL);
        match wait.for_element(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(error) => {
                let text = self.script("return document.body.innerText", vec![]).await;
                panic!("waiting for {selector}: {error}. The page shows: {text}")
            }
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

    /// The `data-testid` of the element that has the focus.
    pub(crate) async fn focused(&self) -> Option<String> {
        let element = self.client.active_element().await.expect("a focus");
        element.attr("data-testid").await.expect("an element")
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
    }
}

fn capabilities(driver: &Driver, profile: &TempDir) -> Capabilities {
    let profile = format!("--user-data-dir={}", profile.path().display());
    let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([profile.as_str()]).collect();
    let capabilities = json!({
        "goog:chromeOptions": {"binary": driver.browser(), "args": arguments},
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
    });
    match capabilities {
        Value::Object(capabilities) => capabilities,
        _ => unreachable!("an object was written"),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
