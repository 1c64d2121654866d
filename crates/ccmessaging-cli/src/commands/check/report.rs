//! What is said of one file, in each of the three forms.

use std::path::Path;

use ccmessaging_core::{Declared, FileType, Policy, UploadError};
use serde_json::json;

use crate::failure::NOT_DONE;
use crate::files::{Input, reason};
use crate::terminal::{Entry, FILE_INDENT, Tone, printable};

/// What is known of one file.
pub(super) struct Report<'a> {
    path: &'a Path,
    declared: &'a Declared,
    size: Option<u64>,
    outcome: Outcome,
}

enum Outcome {
    Passes(FileType),
    Refused(UploadError),
    Unreadable(String),
}

impl<'a> Report<'a> {
    /// Reads the file and judges it.
    pub(super) fn of(input: &'a Input, policy: &Policy) -> Self {
        let (size, outcome) = match input.read(&policy.limits) {
            Err(problem) => (None, Outcome::Unreadable(problem)),
            Ok(content) => {
                let size = content.size;
                let outcome = match content.validate(input.declared.clone(), policy) {
                    Ok(upload) => Outcome::Passes(upload.file_type()),
                    Err(error) => Outcome::Refused(error),
                };
                (size, outcome)
            }
        };
        Self {
            path: &input.path,
            declared: &input.declared,
            size,
            outcome,
        }
    }

    /// The exit code that this file alone would give.
    pub(super) fn exit_code(&self) -> u8 {
        match &self.outcome {
            Outcome::Passes(_) => 0,
            Outcome::Refused(_) => 1,
            Outcome::Unreadable(_) => NOT_DONE,
        }
    }

    /// The outcome in a word, for the summary.
    pub(super) fn outcome(&self) -> &'static str {
        match &self.outcome {
            Outcome::Passes(_) => "passed",
            Outcome::Refused(_) => "refused",
            Outcome::Unreadable(_) => "unreadable",
        }
    }

    /// The answer to a line of `--batch`.
    pub(super) fn to_answer(&self) -> String {
        match self.reason() {
            None => "accept".to_owned(),
            Some(reason) => format!("reject: {}", printable(reason)),
        }
    }

    /// What a person reads of it.
    pub(super) fn to_entry(&self) -> Entry<'static> {
        let (word, tone, text) = match &self.outcome {
            Outcome::Passes(file_type) => (
                "passes",
                Tone::Good,
                format!(" as {file_type} ({})", file_type.media_type()),
            ),
            Outcome::Refused(error) => ("refused", Tone::Bad, format!(": {}", reason(error))),
            Outcome::Unreadable(problem) => ("unreadable", Tone::Bad, format!(": {problem}")),
        };
        Entry {
            lead: format!("{}: ", self.path.display()),
            word,
            tone,
            text,
            remedy: None,
            indent: FILE_INDENT,
        }
    }

    /// What a program reads of it.
    pub(super) fn to_json(&self) -> serde_json::Value {
        let (file_type, detected, reason_code) = match &self.outcome {
            Outcome::Passes(file_type) => (
                Some(file_type.name()),
                Some(file_type.media_type().into()),
                None,
            ),
            Outcome::Refused(error) => (None, error.details().detected, Some(error.reason_code())),
            Outcome::Unreadable(_) => (None, None, Some("unreadable")),
        };
        json!({
            "path": self.path.to_string_lossy(),
            "size": self.size,
            "declared": self.declared.as_str(),
            "passes": file_type.is_some(),
            "fileType": file_type,
            "detected": detected,
            "reasonCode": reason_code,
            "reason": self.reason(),
        })
    }

    fn reason(&self) -> Option<String> {
        match &self.outcome {
            Outcome::Passes(_) => None,
            Outcome::Refused(error) => Some(reason(error)),
            Outcome::Unreadable(problem) => Some(format!("the file cannot be read: {problem}")),
        }
    }
}
