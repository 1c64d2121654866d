//! Runs the real program with only the environment variables that a test sets.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use ccmessaging_sandbox::Sandbox;
use rustix::process::{Pid, Signal, kill_process};

/// The project's root, below which the samples are.
pub(crate) fn project() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A sample file.
pub(crate) fn sample(name: &str) -> PathBuf {
    project().join("tests/samples").join(name)
}

/// The program with these arguments, in the project's root.
pub(crate) fn ccmessaging<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ccmessaging"));
    command
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .current_dir(project())
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The variables that point the program at a sandbox.
pub(crate) fn environment(sandbox: &Sandbox) -> [(&'static str, String); 3] {
    [
        ("UPSTREAM_BASE_URL", sandbox.base_url()),
        ("APP_KEY", sandbox.app_key().to_owned()),
        ("APP_SECRET", sandbox.app_secret().to_owned()),
    ]
}

/// The exit code and output of a program.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Everything that was printed.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

/// Runs a command to completion.
pub(crate) fn run(command: &mut Command) -> Ended {
    command.output().expect("the program starts").into()
}

/// A program that runs until it is stopped.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, stdout }
    }

    /// Waits for the next printed line that begins with `prefix` and returns the rest of it.
    pub(crate) fn line(&mut self, prefix: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            let read = self
                .stdout
                .read_line(&mut line)
                .expect("the program prints UTF-8");
            assert_ne!(read, 0, "the program ended before it printed {prefix:?}");
            if let Some(rest) = line.trim_end().strip_prefix(prefix) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Waits for output and returns whether the program ended without any.
    pub(crate) fn is_silent(&mut self) -> bool {
        self.stdout.fill_buf().expect("a pipe").is_empty()
    }

    /// Sends SIGINT, as Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::INT).expect("the program runs");
    }

    /// Waits for the next line on standard error that begins with `prefix`.
    pub(crate) fn error_line(&mut self, prefix: &str) -> String {
        // Byte by byte, because a buffer would swallow the lines after it.
        let stderr = self.child.stderr.as_mut().expect("a pipe");
        let mut line = Vec::new();
        loop {
            let mut byte = [0];
            let read = stderr.read(&mut byte).expect("a pipe");
            assert_ne!(read, 0, "the program ended before it printed {prefix:?}");
            if byte != *b"\n" {
                line.extend(byte);
            } else if line.starts_with(prefix.as_bytes()) {
                return String::from_utf8(line).expect("UTF-8");
            } else {
                line.clear();
            }
        }
    }

    /// Sends SIGTERM and waits for the exit code and the rest of the output.
    pub(crate) fn stop(self) -> Ended {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM).expect("the program runs");
        self.end()
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> Ended {
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).expect("UTF-8");
        let mut stderr = String::new();
        let mut pipe = self.child.stderr.take().expect("a pipe");
        pipe.read_to_string(&mut stderr).expect("UTF-8");
        let code = self.child.wait().expect("the program ends").code();
        Ended {
            code,
            stdout,
            stderr,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
