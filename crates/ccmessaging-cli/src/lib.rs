#![doc = include_str!("../README.md")]
//!
//! # How it is made
//!
//! One command a file in `commands`, its arguments beside its code. The commands that need an
//! upstream take the one that the environment names, in the variables of the gateway itself, or
//! else a simulated one that lives as long as the command.

mod cli;
mod commands;
mod deployment;
mod example;
mod failure;
mod files;
mod identity;
mod logging;
mod page;
mod progress;
mod remedies;
mod runtime;
mod simulator;
mod terminal;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use cli::{Cli, Command};
use failure::NOT_DONE;
use terminal::printable;

/// Runs the command that the process's arguments name; `serve` if they name none.
///
/// The exit code is 0 on success, 1 where the answer is no (a file was refused, a check failed),
/// and 2 for wrong usage, an unusable configuration and what could not be done.
#[must_use]
pub fn main() -> ExitCode {
    let Cli { serve, command } = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help goes to standard output; an error repeats arguments, which may be names of files.
        Err(error) if error.use_stderr() => {
            for line in error.render().to_string().lines() {
                eprintln!("{}", printable(line));
            }
            return ExitCode::from(NOT_DONE);
        }
        Err(error) => error.exit(),
    };
    let ended = match command.unwrap_or(Command::Serve(serve)) {
        Command::Serve(arguments) => commands::serve::run(&arguments),
        Command::Send(arguments) => commands::send::run(&arguments),
        Command::Doctor(arguments) => commands::doctor::run(&arguments),
        Command::Sandbox(arguments) => commands::sandbox::run(&arguments),
        Command::Check(arguments) => commands::check::run(&arguments),
        Command::Completions(arguments) => commands::completions::run(&arguments, Cli::command()),
    };
    ended.unwrap_or_else(|failure| failure.report())
}
