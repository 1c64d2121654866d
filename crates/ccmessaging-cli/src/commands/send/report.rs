//! What became of one file.

use std::fmt;
use std::path::Path;

use serde_json::{Value, json};

use super::file::SendFile;

/// One file and what became of it.
pub(super) struct Report<'a> {
    path: &'a Path,
    file_type: Option<String>,
    /// The file's size, once it is known.
    pub(super) bytes: Option<usize>,
    sha256: Option<String>,
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
    Refused(String),
    /// Something went wrong on the way.
    Failed(String),
}

impl<'a> Report<'a> {
    /// A report on a file of which nothing is known yet.
    pub(super) fn begin(path: &'a Path) -> Self {
        Self {
            path,
            file_type: None,
            bytes: None,
            sha256: None,
            outcome: Outcome::Failed("not sent".to_owned()),
        }
    }

    /// Notes what reading the file told.
    pub(super) fn describe(&mut self, file: &SendFile) {
        self.file_type = Some(file.spelling.clone());
        self.bytes = Some(file.bytes);
        self.sha256 = Some(file.sha256.clone());
    }

    /// The report with its end.
    pub(super) fn end(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    /// Whether the file is stored, and the same where that was checked.
    pub(super) fn is_good(&self) -> bool {
        match &self.outcome {
            Outcome::Stored { verified, .. } => !matches!(verified, Some(Err(_))),
            Outcome::Refused(_) | Outcome::Failed(_) => false,
        }
    }

    /// The report for programs.
    pub(super) fn to_json(&self) -> Value {
        let (outcome, object_key, verified, reason) = match &self.outcome {
            Outcome::Stored {
                object_key,
                verified,
            } => (
                "stored",
                Some(object_key),
                verified.as_ref().map(Result::is_ok),
                verified.as_ref().and_then(|result| result.as_ref().err()),
            ),
            Outcome::Refused(reason) => ("refused", None, None, Some(reason)),
            Outcome::Failed(reason) => ("failed", None, None, Some(reason)),
        };
        json!({
            "path": self.path.to_string_lossy(),
            "fileType": self.file_type,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "outcome": outcome,
            "objectKey": object_key,
            "verified": verified,
            "reason": reason,
        })
    }
}

impl fmt::Display for Report<'_> {
    /// One line for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        match &self.outcome {
            Outcome::Stored {
                object_key,
                verified,
            } => {
                write!(f, "stored as {object_key}")?;
                match verified {
                    None => Ok(()),
                    Some(Ok(())) => f.write_str(", verified"),
                    Some(Err(reason)) => write!(f, ", but not verified: {reason}"),
                }
            }
            Outcome::Refused(reason) => write!(f, "refused: {reason}"),
            Outcome::Failed(reason) => write!(f, "failed: {reason}"),
        }
    }
}
