//! Files as arguments: which ones are meant, what they hold, and whether the gateway would take them.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ccmessaging_core::{
    Declared, FileProblem, FileType, Limits, ParseFileTypeError, Policy, UploadError,
    UploadRequest, ValidatedUpload,
};
use clap::Args;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

/// The name of standard input.
const STANDARD_INPUT: &str = "-";

/// Which files, and of what type.
#[derive(Args, Debug)]
pub(crate) struct FileArguments {
    /// The files; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The type that the files are declared to be [default: by each file's extension, else by its
    /// content].
    #[arg(long = "type", value_name = "TYPE", value_parser = parse_spelling)]
    declared: Option<String>,

    /// Take all files below a folder, links followed.
    #[arg(short, long)]
    recursive: bool,
}

fn parse_spelling(spelling: &str) -> Result<String, ParseFileTypeError> {
    FileType::try_from(spelling).map(|_| spelling.to_owned())
}

impl FileArguments {
    /// The files in the order of the arguments; those below a folder by their names.
    pub(crate) fn inputs(&self) -> Vec<Input> {
        self.files
            .iter()
            .flat_map(|path| self.expand(path))
            .collect()
    }

    fn expand(&self, path: &Path) -> Vec<Input> {
        if !self.recursive || !path.is_dir() {
            return vec![self.input(path.to_owned(), None)];
        }
        let entries = WalkDir::new(path)
            .follow_links(true)
            .sort_by_file_name()
            .into_iter();
        entries
            .filter_map(|entry| match entry {
                Ok(entry) if entry.file_type().is_dir() => None,
                Ok(entry) => Some(self.input(entry.into_path(), None)),
                Err(error) => {
                    let path = error.path().unwrap_or(path).to_owned();
                    let reason = error.io_error().map(ToString::to_string);
                    Some(self.input(path, reason.or_else(|| Some(error.to_string()))))
                }
            })
            .collect()
    }

    fn input(&self, path: PathBuf, problem: Option<String>) -> Input {
        let spelled = self.declared.as_deref().map(Declared::from);
        Input {
            declared: spelled.unwrap_or_else(|| by_extension(&path).into()),
            path,
            problem,
        }
    }
}

fn by_extension(path: &Path) -> Option<FileType> {
    FileType::from_extension(path.extension()?.to_str()?)
}

/// A file that was asked for, and what it is declared to be.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    pub(crate) declared: Declared,
    /// Why it was not even found.
    problem: Option<String>,
}

impl Input {
    /// A file that is declared to be of this type.
    pub(crate) fn new(path: PathBuf, declared: Declared) -> Self {
        Self {
            path,
            declared,
            problem: None,
        }
    }

    /// The size that the file system tells, for the sum of all.
    pub(crate) fn size(&self) -> Option<u64> {
        let metadata = std::fs::metadata(&self.path).ok()?;
        metadata.is_file().then_some(metadata.len())
    }

    /// Reads it as far as the largest limit matters.
    ///
    /// # Errors
    ///
    /// Why it cannot be read.
    pub(crate) fn read(&self, limits: &Limits) -> Result<FileContent, String> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        let read = if self.path.as_os_str() == STANDARD_INPUT {
            FileContent::read(io::stdin().lock(), None, limits)
        } else if self.path.is_dir() {
            return Err("it is a folder; --recursive takes the files below it".to_owned());
        } else {
            File::open(&self.path).and_then(|file| FileContent::read(file, self.size(), limits))
        };
        read.map_err(|error| error.to_string())
    }
}

/// What a file holds.
pub(crate) struct FileContent {
    bytes: Vec<u8>,
    /// The whole size; `None` where that is not known because not all was read.
    pub(crate) size: Option<u64>,
}

impl FileContent {
    /// Reads one byte more than any file may have, at most.
    fn read(source: impl Read, size: Option<u64>, limits: &Limits) -> io::Result<Self> {
        let families = FileType::ALL
            .iter()
            .map(|file_type| limits.of(file_type.family()));
        let largest = families.into_iter().max().unwrap_or_default() as u64;
        let mut bytes = Vec::new();
        source
            .take(largest.saturating_add(1))
            .read_to_end(&mut bytes)?;
        let read = bytes.len() as u64;
        Ok(Self {
            bytes,
            size: if read <= largest { Some(read) } else { size },
        })
    }

    /// Its SHA-256 in lower-case hexadecimal digits.
    pub(crate) fn sha256(&self) -> String {
        sha256(&self.bytes)
    }

    /// The one verdict of all commands: the gateway's own.
    pub(crate) fn validate(
        self,
        declared: Declared,
        policy: &Policy,
    ) -> Result<ValidatedUpload, UploadError> {
        let read = self.bytes.len();
        let mut verdict = UploadRequest::from_file(self.bytes, declared).validate(policy);
        // Of a file that is too large for any type not all was read.
        if let Err(UploadError::File { problem, .. }) = &mut verdict
            && let FileProblem::TooLarge {
                family,
                limit_bytes,
                actual_bytes,
            } = problem
        {
            match self.size {
                Some(size) if size == read as u64 => {}
                Some(size) => *actual_bytes = usize::try_from(size).unwrap_or(usize::MAX),
                None => {
                    *problem = FileProblem::LimitExceeded {
                        family: *family,
                        limit_bytes: *limit_bytes,
                    };
                }
            }
        }
        verdict
    }
}

/// The SHA-256 of some content in lower-case hexadecimal digits.
pub(crate) fn sha256(content: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(content))
}

/// Why a file is refused, without the part of a request that only the gateway's callers know.
pub(crate) fn reason(error: &UploadError) -> String {
    match error {
        UploadError::File { problem, .. } => problem.to_string(),
        other => other.to_string(),
    }
}

/// The last line over several files: how many there were, and how many of each outcome.
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
