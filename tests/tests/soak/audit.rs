//! Compares the responses to the callers with the files in the contact centre.

use std::collections::{HashMap, HashSet};
use std::fmt;

use ccmessaging_sandbox::{Sandbox, StoredFile};
use gateway_tests::Answer;

use crate::uploads::{Kind, Outcome, Upload};

/// The codes in responses to valid files: stored, upstream failure, expired session. The API fabric's
/// rejection of an access token has none.
const CODES_OF_GOOD_FILES: [Option<&str>; 4] = [Some("0"), Some("13"), Some("401"), None];

/// The result of the comparison.
pub(crate) struct Audit {
    /// One sentence each.
    pub(crate) violations: Vec<String>,
    stored: usize,
    keys: usize,
}

impl Audit {
    pub(crate) fn of(uploads: &[Upload], sandbox: &Sandbox) -> Self {
        let stored = sandbox.uploads();
        let mut auditor = Auditor {
            stored: stored
                .iter()
                .map(|file| (file.object_key.as_str(), file))
                .collect(),
            keys: HashSet::new(),
            violations: Vec::new(),
        };
        for upload in uploads {
            auditor.judge(upload);
        }
        let refused = |upload: &&Upload| upload.kind == Kind::WrongContent;
        let refused = declared_files(uploads.iter().filter(refused));
        let good = declared_files(uploads.iter().filter(|upload| !upload.kind.is_refused()));
        for file in &stored {
            let declared = (file.file_type.as_str(), file.sha256.as_str());
            if refused.contains(&declared) {
                auditor.object(format!("{}: a refused file is stored", file.object_key));
            }
            if !good.contains(&declared) {
                auditor.object(format!("{}: no caller sent this file", file.object_key));
            }
        }
        Self {
            stored: stored.len(),
            keys: auditor.keys.len(),
            violations: auditor.violations,
        }
    }
}

/// Types and checksums: the same file may be valid as one type and not as another.
fn declared_files<'a>(uploads: impl Iterator<Item = &'a Upload>) -> HashSet<(&'a str, &'a str)> {
    uploads
        .map(|upload| (upload.file_type.as_str(), upload.sha256.as_str()))
        .collect()
}

struct Auditor<'a> {
    stored: HashMap<&'a str, &'a StoredFile>,
    keys: HashSet<String>,
    violations: Vec<String>,
}

impl Auditor<'_> {
    fn object(&mut self, sentence: String) {
        self.violations.push(sentence);
    }

    fn judge(&mut self, upload: &Upload) {
        match &upload.outcome {
            Outcome::Answered(answer) => self.judge_answer(upload, answer),
            Outcome::LeftByClient => {}
            Outcome::Unanswered(error) => {
                self.object(format!("{:?}: no answer: {error}", upload.kind));
            }
        }
    }

    fn judge_answer(&mut self, upload: &Upload, answer: &Answer) {
        let (kind, status, text) = (upload.kind, answer.status, &answer.text);
        let json = answer.json();
        let code = json["returnCode"].as_str();
        if code == Some("0") {
            self.judge_key(upload, json["objectKey"].as_str().unwrap_or_default());
            if answer.header("ccmessaging-token").is_none() {
                self.object(format!("{kind:?}: the rotated token is lost"));
            }
        } else if kind.is_refused() {
            if !matches!(code, Some("2" | "3")) {
                self.object(format!("{kind:?}: not refused: {status} {text}"));
            }
        } else if !CODES_OF_GOOD_FILES.contains(&code) && kind.awaits_answer() {
            self.object(format!("{kind:?}: a good file is refused: {status} {text}"));
        }
    }

    fn judge_key(&mut self, upload: &Upload, key: &str) {
        let kind = upload.kind;
        if kind.is_refused() {
            self.object(format!("{kind:?}: stored as {key}"));
        }
        match self.stored.get(key) {
            None => self.object(format!("{key}: LOST: it is not stored")),
            Some(file) if file.sha256 != upload.sha256 => {
                self.object(format!("{key}: LOST: another file is stored"));
            }
            Some(file) if file.file_type != upload.file_type => {
                self.object(format!("{key}: stored as {}", file.file_type));
            }
            Some(_) => {}
        }
        if !self.keys.insert(key.to_owned()) {
            self.object(format!("{key}: told to two callers"));
        }
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let losses = self.violations.iter().filter(|said| said.contains("LOST"));
        let orphans = self.stored - self.keys.min(self.stored);
        writeln!(f, "files stored  {}", self.stored)?;
        writeln!(f, "  {:>7}  with a key that a caller received", self.keys)?;
        writeln!(f, "  {orphans:>7}  whose answer was spoilt or not awaited")?;
        writeln!(f, "losses  {}", losses.count())
    }
}
