//! `check`: detects what a file is and whether the gateway would accept it.

use std::ffi::OsStr;
use std::io::{self, BufRead};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ccmessaging_core::media::metadata::StripLevel;
use ccmessaging_core::{Conversion, Declared, FileType, Limits, Policy, UploadError};
use ccmessaging_gateway::Config;
use clap::Args;
use serde_json::json;

use crate::deployment::environment;
use crate::failure::{Failure, NOT_DONE};
use crate::files::{FileArguments, Input, reason, summary};
use crate::output::{print_json, print_line};

/// The arguments of `check`.
#[derive(Args, Debug)]
#[command(after_help = "\
Applies the gateway's rules with the environment's MAX_IMAGE_BYTES, MAX_AUDIO_BYTES, MAX_VIDEO_BYTES,
MAX_TEXT_BYTES, CONVERT_MEDIA and STRIP_METADATA; --batch ignores these limits, and neither converts nor
strips. MAX_BODY_BYTES, which limits the request that contains a file, has no effect.

Examples:
  ccmessaging check photo.jpg notes.txt
  ccmessaging check pictures/*
  ccmessaging check --type mp4 --json - < film
  printf 'jpg\\tphoto.jpg\\n' | ccmessaging check --batch

Exit codes: 0 every file passes; 1 a file is rejected; 2 a file cannot be read, or a line of --batch
is not TYPE<TAB>PATH.")]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    files: FileArguments,

    /// Print one JSON object per line instead of text.
    #[arg(long)]
    json: bool,

    /// Read lines of `TYPE<TAB>PATH` from standard input and print `accept` or `reject: REASON` for
    /// each. Checks only the content, not the size.
    #[arg(long, conflicts_with_all = ["files", "declared", "json"])]
    batch: bool,
}

/// Runs the command; the exit code is the highest of all files.
pub(crate) fn run(arguments: &CheckArguments) -> Result<ExitCode, Failure> {
    let policy = Config::policy_from_vars(environment())?;
    let removal = Config::removal_from_vars(environment())?;
    if arguments.batch {
        return run_batch(io::stdin().lock(), policy);
    }
    let mut worst = 0;
    let mut outcomes = Vec::new();
    for input in arguments.files.inputs(&policy) {
        let report = Report::of(&input, &policy, removal);
        worst = worst.max(report.exit_code());
        outcomes.push(report.outcome());
        if arguments.json {
            print_json(&report.to_json())?;
        } else {
            print_line(report.to_line())?;
        }
    }
    if outcomes.len() > 1 && !arguments.json {
        print_line(summary(&outcomes))?;
    }
    Ok(ExitCode::from(worst))
}

/// Responds to each line before reading the next one. Paths need not be UTF-8.
fn run_batch(lines: impl BufRead, policy: Policy) -> Result<ExitCode, Failure> {
    let policy = policy
        .with_limits(Limits::uniform(usize::MAX))
        .with_convert_media(false);
    let mut worst = 0;
    for line in lines.split(b'\n') {
        let line =
            line.map_err(|error| Failure::new(format!("cannot read standard input: {error}")))?;
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        let (verdict, exit_code) = match split(line) {
            Some((spelling, path)) => {
                let input = Input {
                    path,
                    declared: spelling.into(),
                };
                let report = Report::of(&input, &policy, None);
                (report.to_verdict(), report.exit_code())
            }
            None => ("reject: the line is not TYPE<TAB>PATH".to_owned(), NOT_DONE),
        };
        worst = worst.max(exit_code);
        print_line(verdict)?;
    }
    Ok(ExitCode::from(worst))
}

fn split(line: &[u8]) -> Option<(&str, PathBuf)> {
    let tab = line.iter().position(|&byte| byte == b'\t')?;
    let spelling = std::str::from_utf8(&line[..tab]).ok()?;
    Some((spelling, OsStr::from_bytes(&line[tab + 1..]).into()))
}

/// The result for one file.
struct Report<'a> {
    path: &'a Path,
    declared: &'a Declared,
    size: Option<usize>,
    outcome: Outcome,
}

enum Outcome {
    Passes(FileType, Option<Conversion>),
    Refused(UploadError),
    Unreadable(String),
}

impl<'a> Report<'a> {
    /// Reads and validates the file, and checks that the metadata can be removed.
    fn of(input: &'a Input, policy: &Policy, removal: Option<StripLevel>) -> Self {
        let content = input.read();
        let size = content.as_ref().ok().map(Vec::len);
        let outcome = match content {
            Err(problem) => Outcome::Unreadable(problem),
            Ok(content) => match input.validate(content, policy, removal) {
                Ok(upload) => Outcome::Passes(upload.file_type(), upload.conversion()),
                Err(error) => Outcome::Refused(error),
            },
        };
        Self {
            path: &input.path,
            declared: &input.declared,
            size,
            outcome,
        }
    }

    /// Returns the exit code for this file.
    fn exit_code(&self) -> u8 {
        match &self.outcome {
            Outcome::Passes(..) => 0,
            Outcome::Refused(_) => 1,
            Outcome::Unreadable(_) => NOT_DONE,
        }
    }

    /// Returns the outcome as a word for the summary.
    fn outcome(&self) -> &'static str {
        match &self.outcome {
            Outcome::Passes(..) => "passed",
            Outcome::Refused(_) => "refused",
            Outcome::Unreadable(_) => "unreadable",
        }
    }

    /// Returns the response to a line of `--batch`.
    fn to_verdict(&self) -> String {
        match self.reason() {
            None => "accept".to_owned(),
            Some(reason) => format!("reject: {reason}"),
        }
    }

    /// Returns the human-readable result.
    fn to_line(&self) -> String {
        let path = self.path.display();
        match &self.outcome {
            Outcome::Passes(file_type, conversion) => {
                let converted = conversion
                    .map(|conversion| format!(", converted from {}", conversion.source()));
                let converted = converted.unwrap_or_default();
                let media_type = file_type.media_type();
                format!("{path}: passes as {file_type} ({media_type}){converted}")
            }
            Outcome::Refused(error) => format!("{path}: refused: {}", reason(error)),
            Outcome::Unreadable(problem) => format!("{path}: unreadable: {problem}"),
        }
    }

    /// Returns the result for programs.
    fn to_json(&self) -> serde_json::Value {
        let (file_type, detected, reason_code) = match &self.outcome {
            Outcome::Passes(file_type, _) => (
                Some(file_type.name()),
                Some(file_type.media_type().into()),
                None,
            ),
            Outcome::Refused(error) => (None, error.details().detected, Some(error.reason_code())),
            Outcome::Unreadable(_) => (None, None, Some("unreadable")),
        };
        let converted_from = match &self.outcome {
            Outcome::Passes(_, Some(conversion)) => Some(conversion.source()),
            _ => None,
        };
        json!({
            "path": self.path.to_string_lossy(),
            "size": self.size,
            "declared": self.declared.as_str(),
            "passes": file_type.is_some(),
            "fileType": file_type,
            "detected": detected,
            "convertedFrom": converted_from,
            "reasonCode": reason_code,
            "reason": self.reason(),
        })
    }

    fn reason(&self) -> Option<String> {
        match &self.outcome {
            Outcome::Passes(..) => None,
            Outcome::Refused(error) => Some(reason(error)),
            Outcome::Unreadable(problem) => Some(format!("the file cannot be read: {problem}")),
        }
    }
}
