//! Why a file is refused for what it is.

use crate::Family;
use crate::sniff::{Found, Mismatch};

/// Why a file cannot be taken, however it was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// It has no bytes.
    #[error("the file is empty; send a file with at least one byte")]
    Empty,
    /// It is larger than its family's limit.
    #[error(
        "the file has {actual_bytes} bytes, but {family} files may have at most {limit_bytes}; send a smaller file"
    )]
    TooLarge {
        /// The family whose limit applies.
        family: Family,
        /// The limit, in decoded bytes.
        limit_bytes: usize,
        /// The file's size, in decoded bytes.
        actual_bytes: usize,
    },
    /// It grew over its family's limit while it was sent on, so that its size is not known.
    #[error(
        "the file has more than {limit_bytes} bytes, the most that {family} files may have; send a smaller file"
    )]
    Outgrown {
        /// The family whose limit applies.
        family: Family,
        /// The limit, in decoded bytes.
        limit_bytes: usize,
    },
    /// The content is not of the declared type.
    #[error("{0}; {remedy}", remedy = remedy(.0))]
    Mismatch(#[from] Mismatch),
    /// No type was declared, and the content is of none that the API takes.
    #[error("the content is {found}; send a jpg, png, bmp, mp3, aac, mp4, txt or csv file")]
    Unsupported {
        /// What the content is.
        found: Found,
    },
}

fn remedy(mismatch: &Mismatch) -> &'static str {
    mismatch
        .hint()
        .unwrap_or("declare what the file is, or convert it")
}
