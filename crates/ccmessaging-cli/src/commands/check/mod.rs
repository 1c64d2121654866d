//! `check`: what a file really is, and whether the gateway would take it.

mod batch;
mod report;

use std::io;
use std::process::ExitCode;

use ccmessaging_gateway::Config;
use clap::Args;

use self::report::Report;
use crate::deployment::environment;
use crate::failure::Failure;
use crate::files::{FileArguments, summary};
use crate::terminal::print_line;

/// The arguments of `check`.
#[derive(Args, Debug)]
#[command(after_help = "\
The verdict is the gateway's own, with the limits of the environment (MAX_IMAGE_BYTES,
MAX_AUDIO_BYTES, MAX_VIDEO_BYTES, MAX_TEXT_BYTES), which --batch leaves out. MAX_BODY_BYTES, which
bounds the request around a file, is not looked at.

Examples:
  ccmessaging check photo.jpg notes.txt
  ccmessaging check --recursive pictures
  ccmessaging check --type mp4 --json - < film
  printf 'jpg\\tphoto.jpg\\n' | ccmessaging check --batch

Exit codes: 0 every file passes; 1 a file is refused; 2 a file cannot be read, or a line of --batch
is not TYPE<TAB>PATH.")]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    files: FileArguments,

    /// Print one JSON object a line instead of sentences.
    #[arg(long)]
    json: bool,

    /// Read lines of `TYPE<TAB>PATH` from standard input and answer each with a line that begins
    /// with `accept` or `reject`. Judges the content only, whatever the file's size.
    #[arg(long, conflicts_with_all = ["files", "declared", "recursive", "json"])]
    batch: bool,
}

/// Runs the command: the exit code is the worst of all files'.
pub(crate) fn run(arguments: &CheckArguments) -> Result<ExitCode, Failure> {
    let policy = Config::policy_from_vars(environment())?;
    if arguments.batch {
        return batch::run(io::stdin().lock(), policy);
    }
    let mut worst = 0;
    let mut outcomes = Vec::new();
    for input in &arguments.files.inputs() {
        let report = Report::of(input, &policy);
        worst = worst.max(report.exit_code());
        outcomes.push(report.outcome());
        if arguments.json {
            print_line(&report.to_json().to_string())?;
        } else {
            report.to_entry().print()?;
        }
    }
    if outcomes.len() > 1 && !arguments.json {
        print_line(&summary(&outcomes))?;
    }
    Ok(ExitCode::from(worst))
}
