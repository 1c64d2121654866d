//! The browsers that the tests can run in.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// A browser with its driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Chromium,
    Firefox,
    /// `MiniBrowser`, which comes with `WebKitGTK`.
    WebKit,
}

/// The installed programs of an engine.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    pub(crate) engine: Engine,
    pub(crate) driver: PathBuf,
    pub(crate) browser: PathBuf,
    forced_colours: bool,
}

impl Engine {
    /// The one that `BROWSER_ENGINE` names: `chromium` (also if it is not set), `firefox` or `webkit`.
    pub(crate) fn from_environment() -> Self {
        match std::env::var("BROWSER_ENGINE").as_deref() {
            Ok("chromium") | Err(_) => Self::Chromium,
            Ok("firefox") => Self::Firefox,
            Ok("webkit") => Self::WebKit,
            Ok(other) => panic!("BROWSER_ENGINE={other:?}: use chromium, firefox or webkit"),
        }
    }

    /// The names under which its browser is packaged, and that of its driver.
    fn names(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Chromium => (
                &[
                    "chromium",
                    "chromium-browser",
                    "google-chrome",
                    "google-chrome-stable",
                ],
                "chromedriver",
            ),
            Self::Firefox => (&["firefox-esr", "firefox"], "geckodriver"),
            Self::WebKit => (&["MiniBrowser"], "WebKitWebDriver"),
        }
    }

    /// Finds its programs, or says what is missing.
    pub(crate) fn find(self) -> Result<Programs, String> {
        let (browsers, driver) = self.names();
        let missing = |name: &str| format!("{name} is not installed");
        let browser = browsers.iter().find_map(|name| find_program(name));
        if self == Self::WebKit && std::env::var_os("DISPLAY").is_none() {
            return Err("WebKit needs a display: run the tests in xvfb-run".to_owned());
        }
        Ok(Programs {
            engine: self,
            driver: find_program(driver).ok_or_else(|| missing(driver))?,
            browser: browser.ok_or_else(|| missing(browsers[0]))?,
            forced_colours: false,
        })
    }
}

/// The `PATH`, and where Debian puts `MiniBrowser`.
fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let webkit = Path::new("/usr/lib")
        .join(format!("{}-linux-gnu", std::env::consts::ARCH))
        .join("webkit2gtk-4.1");
    std::env::split_paths(&path)
        .chain([webkit])
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

impl Programs {
    /// Returns the same, but with the colours of a high contrast theme, or says why not. Only Firefox needs to know
    /// it before it starts.
    pub(crate) fn with_forced_colours(self) -> Result<Self, String> {
        if self.engine == Engine::WebKit {
            return Err("WebKitGTK has no forced colours".to_owned());
        }
        Ok(Self {
            forced_colours: true,
            ..self
        })
    }

    /// Returns the requested capabilities of a session with a new profile in `profile`.
    pub(crate) fn capabilities(&self, profile: &Path) -> Value {
        match self.engine {
            Engine::Chromium => json!({
                "goog:chromeOptions": {
                    "binary": self.browser,
                    "args": chromium_arguments(profile),
                    "prefs": {"download.default_directory": profile},
                },
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }),
            Engine::Firefox => json!({
                "moz:firefoxOptions": {
                    "binary": self.browser,
                    "args": ["-headless"],
                    // 2: never the page's colours. 0: the page's, except in high contrast themes.
                    "prefs": {"browser.display.document_color_use": if self.forced_colours { 2 } else { 0 }},
                },
            }),
            Engine::WebKit => json!({
                "webkitgtk:browserOptions": {"binary": self.browser, "args": ["--automation"]},
            }),
        }
    }
}

fn chromium_arguments(profile: &Path) -> Vec<String> {
    const ARGUMENTS: [&str; 11] = [
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
    ];
    let profile = format!("--user-data-dir={}", profile.display());
    let arguments = ARGUMENTS.into_iter().map(str::to_owned);
    arguments.chain([profile]).collect()
}
