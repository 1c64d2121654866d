//! Output at a terminal: escaped names, colours, line breaks, progress.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Child, Command, Stdio};

use ccmessaging_sandbox::Sandbox;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::program::{ccmessaging, run, sample};

const HEIC: &str = "tests/samples/refused/heic.jpg";
const PHOTO: &str = "tests/samples/photo.jpg";
const CLEAR_SCREEN: &str = "\x1b[2J";
const SET_TITLE: &str = "\x1b]0;owned\x07";
const RIGHT_TO_LEFT: char = '\u{202e}';

/// More than the socket buffers can hold.
const LONG_FILE_BYTES: usize = 60_000_000;

/// A program whose standard output and error are a terminal.
struct Terminal {
    child: Child,
    screen: File,
    seen: String,
}

impl Terminal {
    fn start(command: &mut Command, columns: u16) -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&controller).expect("a terminal");
        unlockpt(&controller).expect("a terminal");
        let size = Winsize {
            ws_row: 50,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let name = ptsname(&controller, Vec::new()).expect("a name");
        let user = File::options()
            .read(true)
            .write(true)
            .open(OsStr::from_bytes(name.as_bytes()))
            .expect("a terminal");
        tcsetwinsize(&user, size).expect("a terminal");
        let child = command
            .env("TERM", "xterm-256color")
            .stdout(user.try_clone().expect("a descriptor"))
            .stderr(user)
            .spawn()
            .expect("the program starts");
        // The terminal only reports its end once the program holds the last descriptor.
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self {
            child,
            screen: controller.into(),
            seen: String::new(),
        }
    }

    /// Reads until the output so far satisfies `is_there`.
    fn wait_for(&mut self, is_there: impl Fn(&str) -> bool) {
        while !is_there(&self.seen) {
            assert!(self.read(), "the program ended: {:?}", self.seen);
        }
    }

    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        // Reading from a closed terminal is an error.
        let read = self.screen.read(&mut bytes).unwrap_or(0);
        self.seen += &String::from_utf8_lossy(&bytes[..read]);
        read > 0
    }

    /// Reads the complete output.
    fn everything(mut self) -> String {
        while self.read() {}
        self.child.wait().expect("the program ends");
        self.seen.clone()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn hostile_names_are_escaped() {
    let folder = tempfile::tempdir().expect("a folder");
    let hostile = format!("{CLEAR_SCREEN}{SET_TITLE}{RIGHT_TO_LEFT}\n.jpg");
    std::fs::copy(sample("photo.jpg"), folder.path().join(&hostile)).expect("a copy");
    let missing = format!("missing{hostile}");
    let option = format!("--{hostile}");
    let hostile_type = format!("--type={hostile}");
    let file = format!("UPSTREAM_CA_FILE=/{hostile}");
    let (_, ca_file) = file.split_once('=').expect("a value");

    for arguments in [
        vec!["check", &hostile],
        vec!["check", &missing],
        vec!["check", "--recursive", "."],
        vec!["check", &option],
        vec!["check", &hostile_type, "x"],
        vec!["send", &hostile],
        vec!["send", &missing],
        vec!["serve", "--listen", &hostile],
        vec!["doctor"],
    ] {
        let mut command = ccmessaging(&arguments);
        if arguments == ["doctor"] {
            command
                .env("UPSTREAM_BASE_URL", "https://127.0.0.1:1")
                .env("UPSTREAM_CA_FILE", ca_file);
        }
        let ended = run(command.current_dir(folder.path()));
        let all = ended.all();
        assert!(
            all.chars().all(|character| character == '\n'
                || !character.is_control() && character != RIGHT_TO_LEFT),
            "{arguments:?}: {all:?}"
        );
        assert!(all.contains("\\u{202e}"), "{arguments:?}: {all:?}");
    }
}

#[test]
fn ordinary_names_in_any_language_are_not_escaped() {
    let name = "it's a \"photo\" – Fenster, e\u{301}tude, 写真, صورة.jpg";
    let ended = run(&mut ccmessaging(["check", name]));
    assert!(ended.stdout.starts_with(&format!("{name}: unreadable: ")));
}

#[test]
fn responses_of_servers_are_escaped() {
    let fault = r#"[{"call":"applyToken","fault":{"status":{"code":200,"body":"{\"resultCode\":\"\\u001b[2J\"}"}}}]"#;
    for command in ["doctor", "send"] {
        let mut command = ccmessaging([command, "--sandbox", "--faults", fault]);
        if command.get_args().any(|argument| argument == "send") {
            command.arg(PHOTO);
        }
        let ended = run(&mut command);
        assert!(!ended.all().contains('\x1b'));
        assert!(ended.all().contains("\\u{1b}[2J"), "{}", ended.all());
    }
}

#[test]
fn output_is_coloured_unless_no_color_is_set() {
    let mut check = ccmessaging(["check", HEIC]);
    let coloured = Terminal::start(&mut check, 200).everything();
    assert!(coloured.contains("\x1b["), "{coloured:?}");
    let plain = Terminal::start(check.env("NO_COLOR", "1"), 200).everything();
    assert!(!plain.contains('\x1b'), "{plain:?}");
    assert!(!run(&mut check).stdout.contains('\x1b'));
}

#[test]
fn lines_are_wrapped_and_indented() {
    let mut check = ccmessaging(["check", HEIC]);
    let shown = Terminal::start(check.env("NO_COLOR", "1"), 60).everything();
    let lines: Vec<_> = shown.lines().collect();
    assert!(lines.len() > 1, "{shown:?}");
    assert!(lines.iter().all(|line| line.len() <= 60), "{shown:?}");
    assert!(lines[1..].iter().all(|line| line.starts_with("    ")));
    let elsewhere = run(&mut check).stdout;
    assert_eq!(elsewhere.lines().count(), 1, "no terminal, no breaks");
}

/// Returns an upstream that accepts connections but never reads or responds, and its URL.
fn silent_upstream() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url)
}

#[test]
fn doctor_shows_the_current_step_and_its_timeout() {
    let (_upstream, url) = silent_upstream();
    let mut doctor = ccmessaging(["doctor"]);
    doctor.env("UPSTREAM_BASE_URL", url);
    let mut terminal = Terminal::start(&mut doctor, 100);
    terminal.wait_for(|seen| seen.contains("path: waiting for ") && seen.contains("at most 25 s"));
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_bar_follows_bytes_and_files() {
    let tokens = Sandbox::builder().start().await.expect("a sandbox");
    let (_upstream, url) = silent_upstream();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("long.txt");
    std::fs::write(&path, vec![b'a'; LONG_FILE_BYTES]).expect("a file");

    let mut send = ccmessaging(["send", HEIC]);
    send.arg(&path)
        .env("UPSTREAM_BASE_URL", url)
        .env("TOKEN_BASE_URL", tokens.base_url())
        .env("APP_KEY", tokens.app_key())
        .env("APP_SECRET", tokens.app_secret())
        .env("CCMESSAGING_TOKEN", "token")
        .env("MAX_TEXT_BYTES", LONG_FILE_BYTES.to_string());
    tokio::task::block_in_place(|| {
        let mut terminal = Terminal::start(&mut send, 140);
        terminal.wait_for(|seen| {
            let frames = seen.split("file 2 of 2 ").skip(1);
            let positions = frames.filter_map(|frame| frame.split_once("] ")?.1.split_once('/'));
            let mut positions: Vec<_> = positions
                .filter(|(_, rest)| rest.contains("/s, ") && rest.contains(" left: "))
                .map(|(position, _)| position)
                .collect();
            positions.dedup();
            // The bar moved within the second file.
            positions.len() > 1
        });
    });
}
