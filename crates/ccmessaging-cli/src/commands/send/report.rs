//! What became of one file.

use std::path::Path;

use ccmessaging_client::{CallErrorKind, SessionError, TokenError};
use serde_json::{Value, json};

use crate::failure::NOT_DONE;
use crate::remedies;
use crate::terminal::{Entry, FILE_INDENT, Tone};

/// One file and what became of it.
pub(super) struct Report<'a> {
    path: &'a Path,
    /// The type as it is sent, once it is known.
    pub(super) file_type: Option<String>,
    /// The file's size in bytes, once it is known.
    pub(super) bytes: Option<u64>,
    /// Its SHA-256 in lower-case hexadecimal digits.
    pub(super) sha256: Option<String>,
    outcome: Outcome,
}

/// What became of a file.
pub(super) enum Outcome {
    /// The upstream has it.
    Stored {
        /// The key that a message carries.
        object_key: String,
        /// Whether it came back the same, or why that is not so; `None` if nobody asked.
        verified: Option<Result<(), String>>,
    },
    /// It, or its credentials, were found wanting: sending it again would not help.
    Refused(Problem),
    /// Something went wrong on the way.
    Failed(Problem),
    /// There is no file to be sent.
    Unreadable(Problem),
}

/// Why a file is not stored, and what to do where that is known.
pub(super) struct Problem {
    pub(super) reason: String,
    pub(super) remedy: Option<String>,
}

impl From<String> for Problem {
    fn from(reason: String) -> Self {
        Self {
            reason,
            remedy: None,
        }
    }
}

impl From<&SessionError> for Outcome {
    fn from(error: &SessionError) -> Self {
        let problem = Problem {
            reason: words(error),
            remedy: remedies::for_session(error).map(str::to_owned),
        };
        match error {
            SessionError::Token(TokenError::KeyRefused { .. }) => Self::Refused(problem),
            SessionError::Token(_) | SessionError::Call(_) => Self::Failed(problem),
            _ => Self::Refused(problem),
        }
    }
}

/// The error in one sentence, with the causes of a call that failed.
pub(super) fn words(error: &SessionError) -> String {
    match error {
        // The causes are rustls's debug output; the remedy names the command that explains them.
        SessionError::Call(call) if matches!(call.kind(), CallErrorKind::Tls(_)) => {
            error.to_string()
        }
        error => error.causes(),
    }
}

impl<'a> Report<'a> {
    /// A report on a file of which nothing is known yet.
    pub(super) fn begin(path: &'a Path) -> Self {
        Self {
            path,
            file_type: None,
            bytes: None,
            sha256: None,
            outcome: Outcome::Failed("not sent".to_owned().into()),
        }
    }

    /// The report with its end.
    pub(super) fn end(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    /// The exit code that this file alone would give.
    pub(super) fn exit_code(&self) -> u8 {
        match &self.outcome {
            Outcome::Stored { verified, .. } => u8::from(matches!(verified, Some(Err(_)))),
            Outcome::Refused(_) | Outcome::Failed(_) => 1,
            Outcome::Unreadable(_) => NOT_DONE,
        }
    }

    /// The outcome in a word.
    pub(super) fn outcome(&self) -> &'static str {
        match &self.outcome {
            Outcome::Stored { .. } => "stored",
            Outcome::Refused(_) => "refused",
            Outcome::Failed(_) => "failed",
            Outcome::Unreadable(_) => "unreadable",
        }
    }

    /// The report for programs.
    pub(super) fn to_json(&self) -> Value {
        let (object_key, verified, reason, remedy) = match &self.outcome {
            Outcome::Stored {
                object_key,
                verified,
            } => (
                Some(object_key),
                verified.as_ref().map(Result::is_ok),
                verified.as_ref().and_then(|result| result.as_ref().err()),
                None,
            ),
            Outcome::Refused(problem) | Outcome::Failed(problem) | Outcome::Unreadable(problem) => {
                (None, None, Some(&problem.reason), problem.remedy.as_ref())
            }
        };
        json!({
            "path": self.path.to_string_lossy(),
            "fileType": self.file_type,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "outcome": self.outcome(),
            "objectKey": object_key,
            "verified": verified,
            "reason": reason,
            "remedy": remedy,
        })
    }

    /// The report for people.
    pub(super) fn to_entry(&self) -> Entry<'static> {
        let (tone, text, remedy) = match &self.outcome {
            Outcome::Stored {
                object_key,
                verified,
            } => match verified {
                None => (Tone::Good, format!(" as {object_key}"), None),
                Some(Ok(())) => (Tone::Good, format!(" as {object_key}, verified"), None),
                Some(Err(reason)) => (
                    Tone::Bad,
                    format!(" as {object_key}, but not verified: {reason}"),
                    None,
                ),
            },
            Outcome::Refused(problem) | Outcome::Failed(problem) | Outcome::Unreadable(problem) => {
                (
                    Tone::Bad,
                    format!(": {}", problem.reason),
                    problem.remedy.clone(),
                )
            }
        };
        Entry {
            lead: format!("{}: ", self.path.display()),
            word: self.outcome(),
            tone,
            text,
            remedy,
            indent: FILE_INDENT,
        }
    }
}
