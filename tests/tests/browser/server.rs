//! `ccmessaging serve` as a running program.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use gateway_tests::http_client;

use crate::artefacts;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_ccmessaging-under-test");

/// A gateway in front of a simulated upstream, with the upload page. It is killed when dropped.
pub(crate) struct Server {
    _child: Child,
    /// Kept, because the program would fail to print to a closed pipe.
    _stdout: BufReader<ChildStdout>,
    origin: String,
}

impl Server {
    /// Starts it on a free port, with more arguments and nothing but `settings` in its environment.
    /// Its log goes to the artefact that `name` names.
    pub(crate) async fn start(name: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env_clear()
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(artefacts::create(&format!("{name}.log")))
            .kill_on_drop(true)
            .spawn()
            .expect("the gateway must start");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).await.expect("UTF-8");
        let origin = line
            .strip_prefix("gateway:")
            .unwrap_or_else(|| panic!("the gateway does not say where it is; see {name}.log"))
            .trim()
            .to_owned();
        Self {
            _child: child,
            _stdout: stdout,
            origin,
        }
    }

    /// Its scheme, host and port, which are also the upload page's.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the content of a stored file.
    pub(crate) async fn stored(&self, object_key: &str) -> Vec<u8> {
        self.get(&format!("/stored-files/{object_key}")).await
    }

    /// Returns the content of a file in a message, as the agent's desk gets it.
    pub(crate) async fn desk_file(&self, object_key: &str) -> Vec<u8> {
        self.get(&format!("/desk/files/{object_key}")).await
    }

    /// Returns whether the upstream has stored no file at all.
    pub(crate) async fn has_stored_nothing(&self) -> bool {
        self.get("/stored-files").await == b"[]"
    }

    async fn get(&self, path: &str) -> Vec<u8> {
        let response = http_client()
            .get(format!("{}{path}", self.origin))
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        response.bytes().await.expect("a complete response").into()
    }
}

/// The path of a sample file.
pub(crate) fn sample(name: &str) -> PathBuf {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    samples.join(name)
}
