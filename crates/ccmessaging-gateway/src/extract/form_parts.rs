//! A form's parts, one after the other, within limits that its parser does not have.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use multer::{Field, Multipart};

use super::error::{ExtractError, FormError};

/// The most parts of a form. Three have a meaning; the rest leaves room for what pages add.
const MAX_PARTS: usize = 16;

/// The most of a form that arrives without a part's beginning or more of its content: 64 KiB. The
/// parser keeps what it has not understood yet, and searches all of it again with every piece, so
/// that without a limit a form without parts could take all the memory that its body may have, and
/// time that grows with the square of it. A body that comes in one piece is in memory anyway.
const MAX_SEARCHED_BYTES: usize = 64 * 1024;

/// The parts of a form.
pub(super) struct Parts {
    parser: Multipart<'static>,
    searched: Searched,
    count: usize,
}

/// How many bytes the parser got since it last gave something back.
#[derive(Clone, Default)]
struct Searched(Arc<AtomicUsize>);

impl Searched {
    fn begin(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn add(&self, piece: &Bytes) -> Result<(), FormError> {
        let before = self.0.fetch_add(piece.len(), Ordering::Relaxed);
        if before > MAX_SEARCHED_BYTES {
            return Err(FormError::NoPart {
                limit_bytes: MAX_SEARCHED_BYTES,
            });
        }
        Ok(())
    }
}

impl Parts {
    pub(super) fn new<S>(body: S, boundary: String) -> Self
    where
        S: Stream<Item = Result<Bytes, ExtractError>> + Send + 'static,
    {
        let searched = Searched::default();
        let counted = searched.clone();
        let body = body.map(move |piece| {
            let piece = piece?;
            counted.add(&piece)?;
            Ok::<_, ExtractError>(piece)
        });
        Self {
            parser: Multipart::new(body, boundary),
            searched,
            count: 0,
        }
    }

    /// The next part, after the one before was read to its end.
    pub(super) async fn next(&mut self) -> Result<Option<Part>, ExtractError> {
        self.searched.begin();
        let part = self.parser.next_field().await.map_err(reason)?;
        if part.is_some() {
            self.count += 1;
            if self.count > MAX_PARTS {
                return Err(FormError::TooManyParts { limit: MAX_PARTS }.into());
            }
        }
        Ok(part.map(|field| Part {
            field,
            searched: self.searched.clone(),
        }))
    }
}

/// A part of a form.
pub(super) struct Part {
    field: Field<'static>,
    searched: Searched,
}

impl Part {
    pub(super) fn name(&self) -> Option<&str> {
        self.field.name()
    }

    pub(super) fn file_name(&self) -> Option<&str> {
        self.field.file_name()
    }

    pub(super) fn headers(&self) -> &http::HeaderMap {
        self.field.headers()
    }

    /// The next bytes; `None` at the part's end. The parser hands over a part of a body in one
    /// piece in one piece, uncopied.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, ExtractError> {
        self.searched.begin();
        self.field.chunk().await.map_err(reason)
    }

    /// Reads to the end and throws it away.
    pub(super) async fn skip(mut self) -> Result<(), ExtractError> {
        while self.next().await?.is_some() {}
        Ok(())
    }
}

/// The parser's error without what it quotes of the body, or the error of the body that it met.
fn reason(error: multer::Error) -> ExtractError {
    match error {
        multer::Error::StreamReadFailed(source) => match source.downcast() {
            Ok(error) => *error,
            Err(_) => FormError::BrokenOff.into(),
        },
        multer::Error::ReadHeaderFailed(_)
        | multer::Error::DecodeHeaderName { .. }
        | multer::Error::DecodeHeaderValue { .. }
        | multer::Error::IncompleteHeaders => FormError::MalformedHeaders.into(),
        _ => FormError::BrokenOff.into(),
    }
}
