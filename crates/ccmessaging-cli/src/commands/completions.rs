//! `completions`: prints a shell completion script.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::failure::Failure;

/// The arguments of `completions`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  ccmessaging completions bash > ~/.local/share/bash-completion/completions/ccmessaging
  ccmessaging completions zsh > ~/.zfunc/_ccmessaging
  ccmessaging completions fish > ~/.config/fish/completions/ccmessaging.fish")]
pub(crate) struct CompletionsArguments {
    /// The shell.
    shell: Shell,
}

/// Prints the completion script of `command`.
pub(crate) fn run(
    arguments: &CompletionsArguments,
    mut command: Command,
) -> Result<ExitCode, Failure> {
    let name = command.get_name().to_owned();
    // Generate into memory first: the generator panics if writing fails.
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, name, &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
