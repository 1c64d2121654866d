//! What is said of one file, in each of the three forms.

use std::path::Path;

use ccmessaging_core::{FileType, Limits};
use serde_json::json;

use super::verdict::Verdict;

/// What is known of one file.
pub(super) struct Report<'a> {
    path: &'a Path,
    declared: Option<FileType>,
    size: Option<u64>,
    verdict: Verdict,
}

impl<'a> Report<'a> {
    /// Reads the file, and judges it against these limits.
    pub(super) fn of(path: &'a Path, declared: Option<FileType>, limits: &Limits) -> Self {
        let declared = declared.or_else(|| path.extension()?.to_str()?.parse().ok());
        let (size, verdict) = match Verdict::on_file(path, declared, limits) {
            Ok((size, verdict)) => (Some(size), verdict),
            Err(error) => (None, Verdict::Unreadable(error)),
        };
        Self {
            path,
            declared,
            size,
            verdict,
        }
    }

    /// The exit code that this file alone would give.
    pub(super) fn exit_code(&self) -> u8 {
        self.verdict.exit_code()
    }

    /// The answer to a line of `--batch`.
    pub(super) fn to_answer(&self) -> String {
        match &self.verdict {
            Verdict::Passes(_) => "accept".to_owned(),
            refused => format!("reject: {}", refused.reason()),
        }
    }

    /// What a person reads of it.
    pub(super) fn to_sentence(&self) -> String {
        match &self.verdict {
            Verdict::Passes(file_type) => {
                format!("passes as {file_type} ({})", file_type.media_type())
            }
            Verdict::Unreadable(error) => format!("cannot be read: {error}"),
            refused => match refused.hint() {
                Some(hint) => format!("refused: {}. Remedy: {hint}", refused.reason()),
                None => format!("refused: {}", refused.reason()),
            },
        }
    }

    /// What a program reads of it.
    pub(super) fn to_json(&self) -> serde_json::Value {
        let reason = match &self.verdict {
            Verdict::Passes(_) => None,
            refused => Some(refused.reason()),
        };
        json!({
            "path": self.path.to_string_lossy(),
            "size": self.size,
            "declared": self.declared.map(FileType::name),
            "passes": reason.is_none(),
            "reason": reason,
            "hint": self.verdict.hint(),
        })
    }
}
