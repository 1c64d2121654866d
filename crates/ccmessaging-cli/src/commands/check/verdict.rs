//! Whether a file is what it is declared to be, and not too large.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use ccmessaging_core::{FileType, Limits, sniff};

/// The decision on a file.
pub(super) enum Verdict {
    Passes(FileType),
    /// The content is not of the declared type.
    Refused(sniff::Mismatch),
    TooLarge(TooLarge),
    /// Neither the extension nor an option names a type of the API; the content may be one.
    Undeclared(Option<FileType>),
    Unreadable(io::Error),
}

impl Verdict {
    /// The verdict and the file's size. As at the gateway the limit comes first, so that a file
    /// over it is not read.
    pub(super) fn on_file(
        path: &Path,
        declared: Option<FileType>,
        limits: &Limits,
    ) -> io::Result<(u64, Self)> {
        let mut file = File::open(path)?;
        let promised = file.metadata()?.len();
        if let Some(too_large) = TooLarge::check(declared, promised, limits) {
            return Ok((promised, Self::TooLarge(too_large)));
        }
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        // A pipe has no length beforehand.
        let size = content.len() as u64;
        let verdict = match TooLarge::check(declared, size, limits) {
            Some(too_large) => Self::TooLarge(too_large),
            None => Self::on(declared, &content),
        };
        Ok((size, verdict))
    }

    fn on(declared: Option<FileType>, content: &[u8]) -> Self {
        match declared {
            None => Self::Undeclared(sniff::identify(content)),
            Some(declared) => match sniff::prove(declared, content) {
                Ok(()) => Self::Passes(declared),
                Err(mismatch) => Self::Refused(mismatch),
            },
        }
    }

    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Passes(_) => 0,
            Self::Refused(_) | Self::TooLarge(_) | Self::Undeclared(_) => 1,
            Self::Unreadable(_) => 2,
        }
    }

    pub(super) fn reason(&self) -> String {
        match self {
            Self::Passes(_) => String::new(),
            Self::Refused(mismatch) => mismatch.to_string(),
            Self::TooLarge(too_large) => too_large.reason(),
            Self::Undeclared(Some(actual)) => {
                format!("the extension names no type of the API, but the content is {actual}")
            }
            Self::Undeclared(None) => {
                "neither the extension nor the content is a type of the API".to_owned()
            }
            Self::Unreadable(error) => format!("the file cannot be read: {error}"),
        }
    }

    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(mismatch) => mismatch.hint().map(str::to_owned),
            Self::TooLarge(_) => Some("send a smaller file".to_owned()),
            Self::Undeclared(Some(actual)) => Some(format!("check it with --type {actual}")),
            Self::Passes(_) | Self::Undeclared(None) | Self::Unreadable(_) => None,
        }
    }
}

/// A file over the limit of its family.
pub(super) struct TooLarge {
    declared: FileType,
    actual_bytes: u64,
    limit_bytes: u64,
}

impl TooLarge {
    fn check(declared: Option<FileType>, actual_bytes: u64, limits: &Limits) -> Option<Self> {
        let declared = declared?;
        let limit_bytes = limits.of(declared.family()) as u64;
        (actual_bytes > limit_bytes).then_some(Self {
            declared,
            actual_bytes,
            limit_bytes,
        })
    }

    fn reason(&self) -> String {
        format!(
            "{} bytes are over the limit of {} bytes for {} files",
            grouped(self.actual_bytes),
            grouped(self.limit_bytes),
            self.declared.family(),
        )
    }
}

/// A number with a comma every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
