//! Files as arguments: reads and validates them.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ccmessaging_core::media::metadata::StripLevel;
use ccmessaging_core::{
    Declared, FileType, ParseFileTypeError, Policy, UploadError, UploadRequest, ValidatedUpload,
};
use clap::Args;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

/// The argument for standard input.
const STANDARD_INPUT: &str = "-";

/// The files and their declared type.
#[derive(Args, Debug)]
pub(crate) struct FileArguments {
    /// The files; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The declared type of the files [default: from each file's extension, or its content].
    #[arg(long = "type", value_name = "TYPE", value_parser = parse_spelling)]
    declared: Option<String>,
}

fn parse_spelling(spelling: &str) -> Result<String, ParseFileTypeError> {
    let parsed: Result<FileType, _> = spelling.parse();
    parsed.map(|_| spelling.to_owned())
}

impl FileArguments {
    /// Returns the files in the order of the arguments.
    pub(crate) fn inputs(&self, policy: &Policy) -> impl Iterator<Item = Input> {
        self.files.iter().map(|path| Input {
            path: path.clone(),
            declared: match &self.declared {
                Some(spelling) => spelling.as_str().into(),
                None => by_extension(path, policy).into(),
            },
        })
    }
}

fn by_extension(path: &Path, policy: &Policy) -> Option<FileType> {
    policy.type_of_extension(path.extension()?.to_str()?)
}

/// A file argument and its declared type.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    pub(crate) declared: Declared,
}

impl Input {
    /// Reads the whole file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub(crate) fn read(&self) -> Result<Vec<u8>, String> {
        let content = if self.path.as_os_str() == STANDARD_INPUT {
            let mut content = Vec::new();
            let read = io::stdin().lock().read_to_end(&mut content);
            read.map(|_| content)
        } else {
            std::fs::read(&self.path)
        };
        content.map_err(|error| error.to_string())
    }

    /// Validates the file's content and removes its metadata, as the gateway does.
    pub(crate) fn validate(
        &self,
        content: Vec<u8>,
        policy: &Policy,
        removal: Option<StripLevel>,
    ) -> Result<ValidatedUpload, UploadError> {
        let upload = UploadRequest::from_file(content, self.declared.clone()).validate(policy)?;
        match removal {
            Some(level) => Ok(upload.without_metadata(level)?.0),
            None => Ok(upload),
        }
    }
}

/// Returns the SHA-256 of `content` in lower-case hexadecimal digits.
pub(crate) fn sha256(content: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(content))
}

/// Describes why a file is rejected, without the name of the request's field.
pub(crate) fn reason(error: &UploadError) -> String {
    match error {
        UploadError::File { problem, .. } => problem.to_string(),
        other => other.to_string(),
    }
}

/// Returns the last line for several files: their number, and the number of each outcome.
pub(crate) fn summary(outcomes: &[&'static str]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for outcome in outcomes {
        if !words.contains(outcome) {
            words.push(outcome);
        }
    }
    let counts: Vec<_> = words
        .into_iter()
        .map(|word| {
            let count = outcomes.iter().filter(|outcome| **outcome == word).count();
            format!("{count} {word}")
        })
        .collect();
    format!("{} files: {}", outcomes.len(), counts.join(", "))
}
