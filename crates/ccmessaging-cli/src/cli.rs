//! The arguments: one variant a command, whose own arguments stand beside its code.

use clap::{Parser, Subcommand};

use crate::commands::check::CheckArguments;

/// The uploadFileStream gateway on your own machine.
#[derive(Debug, Parser)]
#[command(name = "ccmessaging", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what files really are and whether the gateway would take them.
    Check(CheckArguments),
}
