//! Files as arguments: finds, reads and validates them.

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

    /// Include all files below a folder, following links.
    #[arg(short, long)]
    recursive: bool,
}

fn parse_spelling(spelling: &str) -> Result<String, ParseFileTypeError> {
    FileType::try_from(spelling).map(|_| spelling.to_owned())
}

impl FileArguments {
    /// Returns the files in the order of the arguments; those below a folder sorted by name.
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

/// A file argument and its declared type.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    pub(crate) declared: Declared,
    /// Why listing the folder failed.
    problem: Option<String>,
}

impl Input {
    /// Returns a file with a declared type.
    pub(crate) fn new(path: PathBuf, declared: Declared) -> Self {
        Self {
            path,
            declared,
            problem: None,
        }
    }

    /// Returns the size according to the file system; `None` if it is not a regular file.
    pub(crate) fn size(&self) -> Option<u64> {
        let metadata = std::fs::metadata(&self.path).ok()?;
        metadata.is_file().then_some(metadata.len())
    }

    /// Reads the file, but at most one byte more than the largest limit.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub(crate) fn read(&self, limits: &Limits) -> Result<FileContent, String> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        let read = if self.path.as_os_str() == STANDARD_INPUT {
            FileContent::read(io::stdin().lock(), None, limits)
        } else if self.path.is_dir() {
            return Err("it is a folder; --recursive includes the files below it".to_owned());
        } else {
            File::open(&self.path).and_then(|file| FileContent::read(file, self.size(), limits))
        };
        read.map_err(|error| error.to_string())
    }
}

/// The content of a file.
pub(crate) struct FileContent {
    bytes: Vec<u8>,
    /// The size of the whole file, if known.
    pub(crate) size: Option<u64>,
}

impl FileContent {
    /// Reads at most one byte more than the largest limit.
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

    /// Returns the SHA-256 in lower-case hexadecimal digits.
    pub(crate) fn sha256(&self) -> String {
        sha256(&self.bytes)
    }

    /// Validates the file as the gateway does.
    pub(crate) fn validate(
        self,
        declared: Declared,
        policy: &Policy,
    ) -> Result<ValidatedUpload, UploadError> {
        let read = self.bytes.len();
        let mut verdict = UploadRequest::from_file(self.bytes, declared).validate(policy);
        // A file that exceeds every limit was read in part, so correct the reported size.
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
