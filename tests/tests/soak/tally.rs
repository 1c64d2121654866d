//! What the clients saw.

use std::collections::BTreeMap;
use std::fmt;

use data_encoding::HEXLOWER;
use gateway_tests::Answer;
use sha2::{Digest as _, Sha256};

use crate::files::File;
use crate::kinds::{Kind, Lane};

/// One upload and what became of it.
pub(crate) struct Upload {
    pub(crate) kind: Kind,
    pub(crate) lane: Lane,
    pub(crate) file_type: String,
    /// Of the file, in lower-case hexadecimal digits.
    pub(crate) sha256: String,
    pub(crate) outcome: Outcome,
}

/// What the sender of an upload saw of its end.
pub(crate) enum Outcome {
    Answered(Answer),
    /// Its sender hung up, as it meant to.
    LeftByClient,
    /// The connection ended without an answer.
    Unanswered(String),
}

impl Upload {
    pub(crate) fn new(kind: Kind, lane: Lane, file: &File, outcome: Outcome) -> Self {
        Self {
            kind,
            lane,
            file_type: file.declared.clone(),
            sha256: HEXLOWER.encode(&Sha256::digest(&file.content)),
            outcome,
        }
    }

    /// The answer's status and return code, for the report.
    fn told(&self) -> String {
        match &self.outcome {
            Outcome::Answered(answer) => {
                let json = answer.json();
                let code = json["returnCode"].as_str().unwrap_or("none");
                format!("status {} code {code}", answer.status)
            }
            Outcome::LeftByClient => "cut off by the client itself".to_owned(),
            Outcome::Unanswered(_) => "NO ANSWER".to_owned(),
        }
    }
}

/// All uploads, in no particular order.
#[derive(Default)]
pub(crate) struct Tally(Vec<Upload>);

impl Tally {
    pub(crate) fn add(&mut self, upload: Upload) {
        self.0.push(upload);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn uploads(&self) -> impl Iterator<Item = &Upload> {
        self.0.iter()
    }
}

impl FromIterator<Self> for Tally {
    fn from_iter<T: IntoIterator<Item = Self>>(tallies: T) -> Self {
        Self(tallies.into_iter().flat_map(|tally| tally.0).collect())
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "uploads  {}", self.0.len())?;
        let kinds = self.uploads().map(|upload| format!("{:?}", upload.kind));
        write_counts(f, kinds)?;
        writeln!(f, "sent as")?;
        let lanes = self.uploads().map(|upload| format!("{:?}", upload.lane));
        write_counts(f, lanes)?;
        writeln!(f, "declared as")?;
        write_counts(f, self.uploads().map(|upload| upload.file_type.clone()))?;
        writeln!(f, "answers")?;
        write_counts(f, self.uploads().map(Upload::told))
    }
}

fn write_counts(f: &mut fmt::Formatter<'_>, words: impl Iterator<Item = String>) -> fmt::Result {
    let mut counts = BTreeMap::<String, usize>::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    counts
        .iter()
        .try_for_each(|(word, count)| writeln!(f, "  {count:>7}  {word}"))
}
