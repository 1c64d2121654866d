//! Errors that end a command.

use std::error::Error;
use std::process::ExitCode;

use ccmessaging_gateway::config::ConfigError;

use crate::printable::printable;

/// The exit code for wrong usage, an invalid configuration and commands that could not run. clap
/// uses the same one.
pub(crate) const NOT_DONE: u8 = 2;

/// The exit code if the reader closed the output: that of a program that SIGPIPE ended.
const OUTPUT_CLOSED: u8 = 128 + 13;

/// An error that ends a command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A problem to report, with a remedy if one is known.
    Reported {
        problem: String,
        remedy: Option<String>,
    },
    /// The reader closed the output, for example `head`. There is nothing to report, but the command has not
    /// done all of its work.
    OutputClosed,
}

impl Failure {
    /// Returns a failure without a remedy.
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self::Reported {
            problem: problem.into(),
            remedy: None,
        }
    }

    /// Returns a failure with a remedy.
    pub(crate) fn with_remedy(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Reported {
            problem: problem.into(),
            remedy: Some(remedy.into()),
        }
    }

    /// Returns a failure with the messages of `error` and its causes.
    pub(crate) fn from_error(error: &dyn Error) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        Self::new(text)
    }

    /// Prints the failure and returns the process's exit code.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Reported { problem, remedy } => {
                eprintln!("error: {}", printable(problem));
                if let Some(remedy) = remedy {
                    eprintln!("       remedy: {}", printable(remedy));
                }
                ExitCode::from(NOT_DONE)
            }
            Self::OutputClosed => ExitCode::from(OUTPUT_CLOSED),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::with_remedy(error.problem(), error.remedy())
    }
}
