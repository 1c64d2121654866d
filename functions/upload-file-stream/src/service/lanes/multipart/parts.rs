//! A form's parts, one after the other, and what the parser has to say of them.

use bytes::Bytes;
use futures_util::Stream;
use multer::{Field, Multipart};

use super::FormError;
use crate::Refusal;

/// The most parts of a form. Three have a meaning; the rest leaves room for what pages add.
const MOST_PARTS: usize = 16;

/// The parts of a form.
pub(super) struct Parts<'body> {
    parser: Multipart<'body>,
    count: usize,
}

impl<'body> Parts<'body> {
    pub(super) fn new<S, E>(body: S, boundary: String) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'body,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'body,
    {
        Self {
            parser: Multipart::new(body, boundary),
            count: 0,
        }
    }

    /// The next part. What was not read of the one before is skipped.
    pub(super) async fn next(&mut self) -> Result<Option<Part<'body>>, Refusal> {
        let part = self.parser.next_field().await.map_err(reason)?;
        if part.is_some() {
            self.count += 1;
            if self.count > MOST_PARTS {
                return Err(FormError::TooManyParts { limit: MOST_PARTS }.into());
            }
        }
        Ok(part.map(Part))
    }
}

/// A part of a form.
pub(super) struct Part<'body>(Field<'body>);

impl Part<'_> {
    pub(super) fn name(&self) -> Option<&str> {
        self.0.name()
    }

    pub(super) fn file_name(&self) -> Option<&str> {
        self.0.file_name()
    }

    pub(super) fn headers(&self) -> &http::HeaderMap {
        self.0.headers()
    }

    /// The next bytes; `None` at the part's end. The parser hands over a part of a body in one
    /// piece in one piece, uncopied.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        self.0.chunk().await.map_err(reason)
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
