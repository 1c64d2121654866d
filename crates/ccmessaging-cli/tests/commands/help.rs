//! Help.

use crate::program::{ccmessaging, run};

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
