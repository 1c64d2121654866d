//! A `clamd` with test signatures.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use gateway_tests::in_time;
use rustix::process::geteuid;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::net::TcpSocket;
use tokio::process::{Child, ChildStdout, Command};

/// Debian's location, which may not be in `PATH`.
const DEBIANS: &str = "/usr/sbin/clamd";

/// The largest file that it accepts.
pub(crate) const STREAM_MAX_BYTES: usize = 3 * 1024 * 1024;

/// The largest file that it scans.
pub(crate) const MAX_FILE_BYTES: usize = 2_500 * 1024;

/// clamd.conf(5) as it is deployed.
const DEPLOYED: &str = include_str!("../../../deploy/clamav/clamd.conf");

/// Its message once it accepts files.
const READY: &str = "Self checking";

/// Finds the program, or returns why there is none.
pub(crate) fn find() -> Result<PathBuf, String> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let programs = std::env::split_paths(&folders).map(|folder| folder.join("clamd"));
    let program = programs.chain([DEBIANS.into()]).find(|path| path.is_file());
    program.ok_or_else(|| "clamd is not installed (Debian: clamav-daemon)".to_owned())
}

/// The running daemon; it is killed when dropped.
pub(crate) struct Clamd {
    _child: Child,
    // It prints a line for each infected file, so the pipe must stay open.
    _output: Lines<BufReader<ChildStdout>>,
    _port: TcpSocket,
    /// Its addresses in the format of `SCAN_CLAMD`.
    pub(crate) addresses: [String; 2],
    _folder: TempDir,
}

impl Clamd {
    /// Starts it as an unprivileged user with these signatures, each a name and its bytes.
    pub(crate) async fn start(program: &Path, signatures: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        std::fs::create_dir(path.join("signatures")).expect("a folder");
        let database = path.join("signatures/own.ndb");
        std::fs::write(database, lines(signatures)).expect("a file");
        let port = free_port();
        let number = port.local_addr().expect("an address").port();
        let configuration = path.join("clamd.conf");
        std::fs::write(&configuration, configure(path, number)).expect("a file");
        let everybody = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(path, everybody).expect("a folder of one's own");
        let mut child = Command::new(program)
            .arg("--config-file")
            .arg(&configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("clamd must start");
        let mut output = BufReader::new(child.stdout.take().expect("piped")).lines();
        let ready = async {
            while let Some(line) = output.next_line().await.expect("text") {
                if line.contains(READY) {
                    return;
                }
            }
            panic!("clamd ended");
        };
        in_time("clamd must take files", ready).await;
        Self {
            _child: child,
            _output: output,
            _port: port,
            addresses: [
                format!("tcp://127.0.0.1:{number}"),
                format!("unix:{}", path.join("clamd.sock").display()),
            ],
            _folder: folder,
        }
    }
}

/// Returns signatures of bytes anywhere in a file of any type, in ClamAV's extended format.
fn lines(signatures: &[(&str, &[u8])]) -> String {
    let mut lines = String::new();
    for (name, bytes) in signatures {
        let bytes = data_encoding::HEXLOWER.encode(bytes);
        writeln!(lines, "{name}:0:*:{bytes}").expect("memory");
    }
    lines
}

/// Returns the deployed configuration with other paths, limits and signatures.
fn configure(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    let mut own = vec![
        ("DatabaseDirectory", format!("{folder}/signatures")),
        ("TemporaryDirectory", folder.to_string()),
        ("LocalSocket", format!("{folder}/clamd.sock")),
        ("TCPAddr", "127.0.0.1".to_owned()),
        ("TCPSocket", port.to_string()),
        ("StreamMaxLength", STREAM_MAX_BYTES.to_string()),
        ("MaxFileSize", MAX_FILE_BYTES.to_string()),
    ];
    if geteuid().is_root() {
        own.push(("User", "nobody".to_owned()));
    }
    let is_kept = |line: &&str| {
        let option = line.split(' ').next();
        own.iter().all(|(name, _)| option != Some(name))
    };
    let kept = DEPLOYED.lines().filter(is_kept).map(str::to_owned);
    let own = own.iter().map(|(name, value)| format!("{name} {value}"));
    kept.chain(own).map(|line| line + "\n").collect()
}

/// Reserves a port while this is held. The daemon can still listen on it, because both sockets set
/// `SO_REUSEADDR`.
fn free_port() -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("a socket");
    let any_port = "127.0.0.1:0".parse().expect("an address");
    socket.bind(any_port).expect("a free port");
    socket
}
