//! The result of sending one file.

use std::path::Path;

use ccmessaging_client::{CallErrorKind, SessionError, TokenError};
use serde_json::{Value, json};

use crate::failure::{Failure, NOT_DONE};
use crate::output::print_result;
use crate::remedies;

/// The indentation of a remedy.
const REMEDY_INDENT: usize = 4;

/// The result of sending one file.
pub(super) struct Report<'a> {
    path: &'a Path,
    /// The type as it is sent, once known.
    pub(super) file_type: Option<String>,
    /// The file's size in bytes, once known.
    pub(super) bytes: Option<usize>,
    /// Its SHA-256 in lower-case hexadecimal digits.
    pub(super) sha256: Option<String>,
    outcome: Outcome,
}

/// The outcome for a file.
pub(super) enum Outcome {
    /// The upstream stored it.
    Stored {
        /// The key under which it is stored.
        object_key: String,
        /// The result of `--verify`; `None` without it.
        verified: Option<Result<(), String>>,
    },
    /// The file or the credentials are invalid; a retry would not help.
    Refused(Problem),
    /// The upload failed.
    Failed(Problem),
    /// The file cannot be read.
    Unreadable(Problem),
}

/// Why a file is not stored, with a remedy if one is known.
pub(super) struct Problem {
    reason: String,
    remedy: Option<&'static str>,
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
            reason: describe(error),
            remedy: remedies::for_session(error),
        };
        match error {
            SessionError::Token(TokenError::KeyRejected { .. }) => Self::Refused(problem),
            SessionError::Token(_) | SessionError::Call(_) => Self::Failed(problem),
            _ => Self::Refused(problem),
        }
    }
}

/// Describes the error in one sentence, with the causes of a failed call.
pub(super) fn describe(error: &SessionError) -> String {
    match error {
        // The causes are rustls's debug output; the remedy names the command that explains them.
        SessionError::Call(call) if matches!(call.kind(), CallErrorKind::Tls(_)) => {
            error.to_string()
        }
        error => error.causes(),
    }
}

impl<'a> Report<'a> {
    /// Returns a report without an outcome.
    pub(super) fn begin(path: &'a Path) -> Self {
        Self {
            path,
            file_type: None,
            bytes: None,
            sha256: None,
            outcome: Outcome::Failed("not sent".to_owned().into()),
        }
    }

    /// Sets the outcome.
    pub(super) fn end(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    /// Returns the exit code for this file.
    pub(super) fn exit_code(&self) -> u8 {
        match &self.outcome {
            Outcome::Stored { verified, .. } => u8::from(matches!(verified, Some(Err(_)))),
            Outcome::Refused(_) | Outcome::Failed(_) => 1,
            Outcome::Unreadable(_) => NOT_DONE,
        }
    }

    /// Returns the outcome as a word.
    pub(super) fn outcome(&self) -> &'static str {
        match &self.outcome {
            Outcome::Stored { .. } => "stored",
            Outcome::Refused(_) => "refused",
            Outcome::Failed(_) => "failed",
            Outcome::Unreadable(_) => "unreadable",
        }
    }

    /// Returns the report for programs.
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
                (None, None, Some(&problem.reason), problem.remedy)
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

    /// Prints the human-readable report.
    pub(super) fn print(&self) -> Result<(), Failure> {
        let (text, remedy) = match &self.outcome {
            Outcome::Stored {
                object_key,
                verified,
            } => {
                let verified = match verified {
                    None => String::new(),
                    Some(Ok(())) => ", verified".to_owned(),
                    Some(Err(reason)) => format!(", but not verified: {reason}"),
                };
                (format!(" as {object_key}{verified}"), None)
            }
            Outcome::Refused(problem) | Outcome::Failed(problem) | Outcome::Unreadable(problem) => {
                (format!(": {}", problem.reason), problem.remedy)
            }
        };
        let line = format!("{}: {}{text}", self.path.display(), self.outcome());
        print_result(line, remedy, REMEDY_INDENT)
    }
}
