#![doc = include_str!("../README.md")]
//!
//! # Structure
//!
//! Each command has a module in `commands` with its arguments and its code. `deployment` selects the
//! upstream: the one that the environment configures with the gateway's variables, or a simulated one
//! that runs as long as the command.

mod commands;
mod deployment;
mod failure;
mod files;
mod identity;
mod output;
mod page;
mod printable;
mod remedies;
mod simulator;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::runtime::Builder;

use commands::check::CheckArguments;
use commands::doctor::DoctorArguments;
use commands::sandbox::SandboxArguments;
use commands::send::SendArguments;
use commands::serve::ServeArguments;
use failure::{Failure, NOT_DONE};
use printable::printable;

/// The uploadFileStream gateway on your own machine.
///
/// Without a command it runs the gateway in front of a simulated upstream; no account is needed.
#[derive(Debug, Parser)]
#[command(
    name = "ccmessaging",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  ccmessaging                              serve on 127.0.0.1:8000 and print a curl line to try
  ccmessaging check photo.jpg              would the gateway accept this file?
  ccmessaging send photo.jpg --verify      upload it, download it again, compare
  ccmessaging doctor                       is this environment's configuration right?
  ccmessaging sandbox                      the simulated upstream alone

Exit codes: 0 success; 1 a file was rejected or a check failed; 2 wrong usage, or the command could
not run; 141 standard output was closed."
)]
struct Cli {
    #[command(flatten)]
    serve: ServeArguments,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway in front of a simulated or the configured upstream (default).
    Serve(ServeArguments),
    /// Upload files, from app key to object key.
    Send(SendArguments),
    /// Diagnose a configuration, from DNS to the upload's path.
    Doctor(DoctorArguments),
    /// Run only the simulated upstream and print every call.
    Sandbox(SandboxArguments),
    /// Detect the types of files and report whether the gateway would accept them.
    Check(CheckArguments),
}

/// Runs the command in the process's arguments, or `serve` if there is none.
///
/// The exit code is 0 on success, 1 if a file was rejected or a check failed, and 2 for wrong usage, an
/// invalid configuration or a command that could not run.
#[must_use]
pub fn main() -> ExitCode {
    let Cli { serve, command } = match Cli::try_parse() {
        Ok(cli) => cli,
        // Errors repeat arguments, which may be file names with control characters.
        Err(error) if error.use_stderr() => {
            for line in error.render().to_string().lines() {
                eprintln!("{}", printable(line));
            }
            return ExitCode::from(NOT_DONE);
        }
        Err(error) => error.exit(),
    };
    let ended = run(command.unwrap_or(Command::Serve(serve)));
    ended.unwrap_or_else(|failure| failure.report())
}

/// Runs a command on a new multi-threaded runtime.
fn run(command: Command) -> Result<ExitCode, Failure> {
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::from_error(&error))?;
    match command {
        Command::Serve(arguments) => runtime.block_on(commands::serve::run(&arguments)),
        Command::Send(arguments) => runtime.block_on(commands::send::run(&arguments)),
        Command::Doctor(arguments) => runtime.block_on(commands::doctor::run(&arguments)),
        Command::Sandbox(arguments) => runtime.block_on(commands::sandbox::run(&arguments)),
        Command::Check(arguments) => commands::check::run(&arguments),
    }
}
