//! Output: names and responses are escaped, and help has examples and no secrets.

use std::io::pipe;

use crate::program::{ccmessaging, run, sample};

const PHOTO: &str = "tests/samples/photo.jpg";
const CLEAR_SCREEN: &str = "\x1b[2J";
const SET_TITLE: &str = "\x1b]0;owned\x07";
const RIGHT_TO_LEFT: char = '\u{202e}';

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
fn a_closed_output_is_no_success() {
    for arguments in [
        &["check", PHOTO][..],
        &["send", "--json", PHOTO],
        &["doctor"],
    ] {
        let (reader, writer) = pipe().expect("a pipe");
        drop(reader);
        let ended = run(ccmessaging(arguments).stdout(writer));
        assert_eq!(ended.code, Some(141), "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.stderr, "");
    }
}

const COMMANDS: [&str; 5] = ["serve", "send", "doctor", "sandbox", "check"];

#[test]
fn help_of_every_command_has_examples() {
    for command in COMMANDS {
        let ended = run(&mut ccmessaging([command, "--help"]));
        assert_eq!(ended.code, Some(0), "{command}");
        let (_, examples) = ended.stdout.split_once("Examples:").expect(command);
        assert!(
            examples.contains(&format!("ccmessaging {command}")),
            "{command}"
        );
    }
}

#[test]
fn help_never_shows_a_token_from_the_environment() {
    let ended = run(ccmessaging(["send", "--help"]).env("CCMESSAGING_TOKEN", "t0ken"));
    assert!(!ended.all().contains("t0ken"));
}
