//! A form's parts, one after the other, and what the parser has to say of them.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use multer::{Field, Multipart};

use crate::Refusal;
use crate::refusal::FormError;

/// The most parts of a form. Three have a meaning; the rest leaves room for what pages add.
const MOST_PARTS: usize = 16;

/// The most of a form that arrives without a part's beginning or more of its content: 64 KiB. The
/// parser keeps what it has not understood yet, and searches all of it again with every piece, so
/// that without a limit a form without parts could take all the memory that its body may have, and
/// time that grows with the square of it. A body that comes in one piece is in memory anyway.
const MOST_SEARCHED_BYTES: usize = 64 * 1024;

/// The parts of a form.
pub(super) struct Parts<'body> {
    parser: Multipart<'body>,
    searched: Searched,
    count: usize,
}

/// How much the parser has been given since it last gave something back.
#[derive(Clone, Default)]
struct Searched(Arc<AtomicUsize>);

impl Searched {
    fn begin(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn add(&self, piece: &Bytes) -> Result<(), FormError> {
        let before = self.0.fetch_add(piece.len(), Ordering::Relaxed);
        if before > MOST_SEARCHED_BYTES {
            return Err(FormError::NoPart {
                limit_bytes: MOST_SEARCHED_BYTES,
            });
        }
        Ok(())
    }
}

impl<'body> Parts<'body> {
    pub(super) fn new<S, E>(body: S, boundary: String) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'body,
        E: Into<Box<dyn Error + Send + Sync>> + 'body,
    {
        let searched = Searched::default();
        let counted = searched.clone();
        let body = body.map(
            move |piece| -> Result<Bytes, Box<dyn Error + Send + Sync>> {
                let piece = piece.map_err(Into::into)?;
                counted.add(&piece).map_err(Refusal::from)?;
                Ok(piece)
            },
        );
        Self {
            parser: Multipart::new(body, boundary),
            searched,
            count: 0,
        }
    }

    /// The next part, after the one before was read to its end.
    pub(super) async fn next(&mut self) -> Result<Option<Part<'body>>, Refusal> {
        self.searched.begin();
        let part = self.parser.next_field().await.map_err(reason)?;
        if part.is_some() {
            self.count += 1;
            if self.count > MOST_PARTS {
                return Err(FormError::TooManyParts { limit: MOST_PARTS }.into());
            }
        }
        Ok(part.map(|field| Part {
            field,
            searched: self.searched.clone(),
        }))
    }
}

/// A part of a form.
pub(super) struct Part<'body> {
    field: Field<'body>,
    searched: Searched,
}

impl Part<'_> {
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
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        self.searched.begin();
        self.field.chunk().await.map_err(reason)
    }

    /// Reads to the end and throws it away.
    pub(super) async fn skip(mut self) -> Result<(), Refusal> {
        while self.next().await?.is_some() {}
        Ok(())
    }
}

/// The parser's error without what it quotes of the body; or why there is no more of the body.
fn reason(error: multer::Error) -> Refusal {
    match error {
        multer::Error::StreamReadFailed(source) => match source.downcast() {
            Ok(refusal) => *refusal,
            Err(_) => FormError::BrokenOff.into(),
        },
        multer::Error::ReadHeaderFailed(_)
        | multer::Error::DecodeHeaderName { .. }
        | multer::Error::DecodeHeaderValue { .. }
        | multer::Error::IncompleteHeaders => FormError::MalformedHeaders.into(),
        _ => FormError::BrokenOff.into(),
    }
}
