//! The command line of the uploadFileStream gateway.

mod cli;
mod commands;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

/// Runs the command that the process's arguments name.
///
/// The exit code is 0 on success, 1 where the answer is no (a file was refused), and 2 for wrong
/// usage and for what could not be done.
#[must_use]
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Check(arguments) => commands::check::run(&arguments),
    }
}
