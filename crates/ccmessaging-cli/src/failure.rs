//! Why a command ended without an answer.

use std::error::Error;
use std::io;
use std::process::ExitCode;

/// The exit code of wrong usage, an unusable configuration and what could not be done; clap ends
/// with the same one.
const EXIT_CODE: u8 = 2;

/// A command that could not be carried out.
#[derive(Debug)]
pub(crate) enum Failure {
    /// One plain sentence says what is wrong and what to do.
    Sentence(String),
    /// Nobody reads the output any more: not worth a word.
    OutputClosed,
}

impl Failure {
    /// A failure that is told in these words.
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self::Sentence(sentence.into())
    }

    /// A failure that is told in an error's words and those of its causes.
    pub(crate) fn from_error(error: &dyn Error) -> Self {
        Self::Sentence(with_causes(error))
    }

    /// Tells the user and gives the process's exit code.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Sentence(sentence) => {
                eprintln!("error: {sentence}");
                ExitCode::from(EXIT_CODE)
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
            Self::Sentence(format!("cannot write to standard output: {error}"))
        }
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
