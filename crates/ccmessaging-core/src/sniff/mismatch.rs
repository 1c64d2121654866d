//! A refused file: what it was declared to be, and what it is.

use std::fmt;

use super::found::Found;
use super::hints::hint;
use crate::FileType;

/// The content is not of the declared type.
///
/// Reads like `declared mp4, but the content is HEIC (image/heic)` and repeats no byte of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    declared: FileType,
    found: Found,
    position: Option<usize>,
}

impl Mismatch {
    pub(super) fn new(declared: FileType, found: Found) -> Self {
        Self {
            declared,
            found,
            position: None,
        }
    }

    pub(super) fn at(self, position: usize) -> Self {
        Self {
            position: Some(position),
            ..self
        }
    }

    /// The type that the file was declared to be.
    #[must_use]
    pub fn declared(&self) -> FileType {
        self.declared
    }

    /// What the content is instead.
    #[must_use]
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// The offset of the first byte that no text may hold, counted from 0: only for a file that
    /// was declared as text.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.position
    }

    /// What the sender can do about it, in a few words without a full stop.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        hint(self.declared, &self.found)
    }
}

impl std::error::Error for Mismatch {}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            declared, found, ..
        } = self;
        write!(f, "declared {declared}, but the content is {found}")?;
        match (found, self.position) {
            (Found::Binary, Some(position)) => write!(f, " (first at byte {position})"),
            _ => Ok(()),
        }
    }
}
