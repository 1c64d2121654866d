//! `ccmessaging serve` as a running program.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::artefacts;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_ccmessaging-under-test");

/// A gateway in front of a simulated upstream, with the upload page. It is killed when dropped.
pub(crate) struct Server {
    _child: Child,
    /// Kept, because the program would fail to print to a closed pipe.
    _stdout: BufReader<ChildStdout>,
    origin: String,
    storage: TempDir,
}

impl Server {
    /// Starts it on a free port, with more arguments and nothing but `settings` in its environment.
    /// Its log goes to the artefact that `name` names.
    pub(crate) async fn start(name: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let storage = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0", "--storage"])
            .arg(storage.path())
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
            storage,
        }
    }

    /// Its scheme, host and port, which are also the upload page's.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The content of a stored file.
    pub(crate) fn stored(&self, object_key: &str) -> Vec<u8> {
        std::fs::read(self.storage.path().join(object_key))
            .unwrap_or_else(|error| panic!("{object_key:?} is not stored: {error}"))
    }

    /// Whether the upstream has stored no file at all.
    pub(crate) fn has_stored_nothing(&self) -> bool {
        let mut files = std::fs::read_dir(self.storage.path()).expect("a folder");
        files.next().is_none()
    }
}

/// The path of a sample file.
pub(crate) fn sample(name: &str) -> PathBuf {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    samples.join(name)
}
