//! Why a command ended without an answer.

use std::error::Error;
use std::io;
use std::process::ExitCode;

use ccmessaging_gateway::config::ConfigError;

use crate::terminal::printable;

/// The exit code of wrong usage, an unusable configuration and what could not be done; clap ends
/// with the same one.
pub(crate) const NOT_DONE: u8 = 2;

/// A command that could not be carried out.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// What is wrong, and what to do where that is known.
    Told {
        what: String,
        remedy: Option<String>,
    },
    /// Nobody reads the output any more: not worth a word.
    OutputClosed,
}

impl Failure {
    /// A failure that is told in these words.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self::Told {
            what: what.into(),
            remedy: None,
        }
    }

    /// A failure with what to do about it.
    pub(crate) fn with_remedy(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Told {
            what: what.into(),
            remedy: Some(remedy.into()),
        }
    }

    /// A failure that is told in an error's words and those of its causes.
    pub(crate) fn from_error(error: &dyn Error) -> Self {
        Self::new(with_causes(error))
    }

    /// Tells the user and gives the process's exit code.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Told { what, remedy } => {
                eprintln!("error: {}", printable(what));
                if let Some(remedy) = remedy {
                    eprintln!("       remedy: {}", printable(remedy));
                }
                ExitCode::from(NOT_DONE)
            }
            Self::OutputClosed => ExitCode::SUCCESS,
        }
    }
}

/// From writing to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::OutputClosed
        } else {
            Self::new(format!("cannot write to standard output: {error}"))
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::with_remedy(error.problem(), error.remedy())
    }
}

/// An error's words followed by those of its causes.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
