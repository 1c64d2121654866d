//! Proves that a file's content is what its declared type says.

mod mismatch;

pub use mismatch::{Found, Mismatch};

use crate::{Content, FileType};

/// Checks that `content` really is a file of the `declared` type.
///
/// # Errors
///
/// [`Mismatch`] says what the content is instead, as far as it can be named.
pub fn prove<C: Content + ?Sized>(declared: FileType, content: &C) -> Result<(), Mismatch> {
    let mut head = [0; 4096];
    let count = content.read_at(0, &mut head);
    let kind = infer::get(&head[..count]);
    let matches = match declared.family() {
        crate::Family::Text => kind.is_none(),
        _ => kind.is_some_and(|kind| FileType::from_media_type(kind.mime_type()) == Some(declared)),
    };
    if matches {
        Ok(())
    } else {
        Err(Mismatch::new(
            declared,
            kind.map_or(Found::Unknown, Found::from_infer),
        ))
    }
}

/// Names the API's file type that `content` is, if it is one.
///
/// Text is reported as [`FileType::Txt`]: nothing in the bytes tells a CSV file from it.
#[must_use]
pub fn identify<C: Content + ?Sized>(content: &C) -> Option<FileType> {
    FileType::ALL
        .into_iter()
        .find(|&candidate| prove(candidate, content).is_ok())
}
