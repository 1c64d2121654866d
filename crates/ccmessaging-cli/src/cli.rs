//! The arguments: one variant a command, whose own arguments stand beside its code.

use clap::{Parser, Subcommand};

use crate::commands::check::CheckArguments;
use crate::commands::completions::CompletionsArguments;
use crate::commands::doctor::DoctorArguments;
use crate::commands::sandbox::SandboxArguments;
use crate::commands::send::SendArguments;
use crate::commands::serve::ServeArguments;

/// The uploadFileStream gateway on your own machine.
///
/// Without a command it serves: the gateway in front of a simulated upstream, no account needed.
#[derive(Debug, Parser)]
#[command(
    name = "ccmessaging",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  ccmessaging                              serve on 127.0.0.1:8000 and print a curl line to try
  ccmessaging check photo.jpg              would the gateway take this file?
  ccmessaging send photo.jpg --verify      upload it, download it again, compare
  ccmessaging doctor                       is this environment's configuration right?
  ccmessaging sandbox                      the simulated upstream alone

Exit codes: 0 success; 1 the answer is no; 2 wrong usage, or it could not be done."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) serve: ServeArguments,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the gateway, in front of a simulated upstream or the environment's (the default command).
    Serve(ServeArguments),
    /// Send files to the upstream, the whole way from app key to object key.
    Send(SendArguments),
    /// Find out what is wrong with a configuration, from DNS to the upload's path.
    Doctor(DoctorArguments),
    /// Run the simulated upstream alone and show every call that it answers.
    Sandbox(SandboxArguments),
    /// Say what files really are and whether the gateway would take them.
    Check(CheckArguments),
    /// Print a shell's completion script.
    Completions(CompletionsArguments),
}
