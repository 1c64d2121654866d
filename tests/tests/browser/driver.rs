//! `chromedriver`, the program that starts browsers and steers them.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::artefacts;

const DRIVER: &str = "chromedriver";

/// The names under which the browser is packaged.
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

const START_LIMIT: Duration = Duration::from_secs(30);

/// The installed programs.
#[derive(Debug)]
pub(crate) struct Programs {
    driver: PathBuf,
    browser: PathBuf,
}

impl Programs {
    /// Finds them on the `PATH`, or says what is not installed.
    pub(crate) fn find() -> Result<Self, String> {
        let missing = |name: &str| format!("{name} is not installed");
        Ok(Self {
            driver: on_path(DRIVER).ok_or_else(|| missing(DRIVER))?,
            browser: BROWSERS
                .into_iter()
                .find_map(on_path)
                .ok_or_else(|| missing("chromium"))?,
        })
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// A running driver.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    /// Kept, because the driver would fail to print to a closed pipe.
    _stdout: BufReader<ChildStdout>,
    url: String,
    browser: PathBuf,
}

impl Driver {
    /// Starts it on a free port.
    pub(crate) async fn start(programs: Programs) -> Self {
        let mut log = std::ffi::OsString::from("--log-path=");
        log.push(artefacts::path("chromedriver.log"));
        let mut child = Command::new(&programs.driver)
            .arg("--port=0")
            .arg(log)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{DRIVER} does not start: {error}"));
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let port = timeout(START_LIMIT, announced_port(&mut stdout))
            .await
            .unwrap_or_else(|_| panic!("{DRIVER} does not say its port"));
        Self {
            child,
            _stdout: stdout,
            url: format!("http://127.0.0.1:{port}"),
            browser: programs.browser,
        }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The browser that it is to start.
    pub(crate) fn browser(&self) -> &Path {
        &self.browser
    }

    /// Ends it. Browsers have to be closed before.
    pub(crate) async fn stop(mut self) {
        self.child.kill().await.expect("a process to kill");
    }
}

/// The port in the line `ChromeDriver was started successfully on port 34567.`
async fn announced_port(stdout: &mut BufReader<ChildStdout>) -> u16 {
    let mut lines = stdout.lines();
    while let Some(line) = lines.next_line().await.expect("UTF-8") {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            return port.trim_end_matches('.').parse().expect("a port");
        }
    }
    panic!("{DRIVER} ended before it listened");
}
