//! A form (`multipart/form-data`, RFC 7578), as a page's `<form>` or `curl -F file=@photo.jpg`
//! sends it.
//!
//! The part `file` is the file itself. `fileType` and `channel` are optional, and count as absent if
//! they are empty, as the untouched fields of a page's form are. Other parts are ignored and never
//! forwarded, like unknown fields of the JSON body.

use std::convert::Infallible;

use bytes::{Bytes, BytesMut};
use ccmessaging_core::{Absence, Declared, Family, Field, FileType, UploadError, UploadRequest};
use futures_util::stream;
use http::{HeaderName, HeaderValue};
use multer::{Field as Part, Multipart};

use super::error::FormError;
use crate::rejection::Rejection;

/// The longest boundary (RFC 2046 section 5.1.1).
const LONGEST_BOUNDARY: usize = 70;

/// The most parts of a form. Three have a meaning; the rest leaves room for what pages add.
const MAX_PARTS: usize = 16;

/// The longest text part: far longer than any documented value.
const MAX_TEXT_BYTES: usize = 1024;

/// Deprecated in forms (RFC 7578 section 4.7), but older libraries send it.
const CONTENT_TRANSFER_ENCODING: HeaderName = HeaderName::from_static("content-transfer-encoding");

/// The encodings that change nothing (RFC 2045 section 6.2).
const IDENTITY_ENCODINGS: [&[u8]; 3] = [b"binary", b"8bit", b"7bit"];

/// The fields of a form parsed so far.
#[derive(Default)]
struct Form {
    file: Option<FilePart>,
    file_type: Option<Bytes>,
    channel: Option<Bytes>,
}

struct FilePart {
    content: Bytes,
    /// The type that its media type and its name declare.
    declared: Option<FileType>,
}

/// The boundary of a form's parts.
pub(super) fn boundary(media_type: &str) -> Result<String, FormError> {
    multer::parse_boundary(media_type)
        .ok()
        .filter(|boundary| (1..=LONGEST_BOUNDARY).contains(&boundary.len()))
        .ok_or(FormError::NoBoundary)
}

/// Reads a form. Every part is read to its end, so that a form that was cut off is never mistaken for
/// a whole one.
pub(super) async fn read(boundary: String, body: Bytes) -> Result<UploadRequest, Rejection> {
    // The parser enforces no limits, but the body that it borrows from is already limited in size.
    let body = stream::once(async { Ok::<_, Infallible>(body) });
    let mut parser = Multipart::new(body, boundary);
    let mut form = Form::default();
    let mut count = 0;
    while let Some(part) = parser.next_field().await.map_err(|error| reason(&error))? {
        count += 1;
        if count > MAX_PARTS {
            return Err(FormError::TooManyParts { limit: MAX_PARTS }.into());
        }
        form.add(part).await?;
    }
    Ok(form.into_request()?)
}

impl Form {
    /// Reads a part to its end; one without a meaning is skipped.
    async fn add(&mut self, mut part: Part<'_>) -> Result<(), FormError> {
        let name = part.name().ok_or(FormError::UnnamedPart)?;
        if name == Field::File.name() {
            check_first(self.file.is_none(), Field::File)?;
            check_encoding(&part, Field::File)?;
            let declared = declared_type(&part);
            let content = content(part, usize::MAX, Field::File).await?;
            self.file = Some(FilePart { content, declared });
        } else if name == Field::FileType.name() {
            check_first(self.file_type.is_none(), Field::FileType)?;
            self.file_type = Some(text_part(part, Field::FileType).await?);
        } else if name == Field::Channel.name() {
            check_first(self.channel.is_none(), Field::Channel)?;
            self.channel = Some(text_part(part, Field::Channel).await?);
        } else {
            while part
                .chunk()
                .await
                .map_err(|error| reason(&error))?
                .is_some()
            {}
        }
        Ok(())
    }

    fn into_request(self) -> Result<UploadRequest, UploadError> {
        let Some(file) = self.file else {
            return Err(UploadError::Missing {
                field: Field::File,
                absence: Absence::Absent,
            });
        };
        // The part `fileType` takes precedence over the file's own part.
        let declared = match text(self.file_type) {
            Some(spelling) => Declared::Spelling(spelling),
            None => file.declared.into(),
        };
        let request = UploadRequest::from_file(file.content, declared).in_field(Field::File);
        Ok(match text(self.channel) {
            Some(channel) => request.with_channel(channel),
            None => request,
        })
    }
}

/// Returns the type that the file's media type or else its name declares. Among text types, the
/// extension has priority: many systems send CSV files as `text/plain`.
fn declared_type(part: &Part<'_>) -> Option<FileType> {
    let media_type = part.headers().get(http::header::CONTENT_TYPE);
    let by_media_type = media_type
        .and_then(|value| value.to_str().ok())
        .and_then(FileType::from_media_type);
    let by_name = part
        .file_name()
        .and_then(|name| name.rsplit_once('.'))
        .and_then(|(_, extension)| FileType::from_extension(extension));
    let is_text = |file_type: FileType| file_type.family() == Family::Text;
    match (by_media_type, by_name) {
        (Some(by_media_type), Some(by_name)) if is_text(by_media_type) && is_text(by_name) => {
            Some(by_name)
        }
        (by_media_type, by_name) => by_media_type.or(by_name),
    }
}

fn check_encoding(part: &Part<'_>, field: Field) -> Result<(), FormError> {
    let is_identity = |encoding: &HeaderValue| {
        IDENTITY_ENCODINGS
            .iter()
            .any(|identity| encoding.as_bytes().eq_ignore_ascii_case(identity))
    };
    match part.headers().get(CONTENT_TRANSFER_ENCODING) {
        Some(encoding) if !is_identity(encoding) => {
            Err(FormError::EncodedPart { name: field.name() })
        }
        _ => Ok(()),
    }
}

/// Rejects a repeated part before it is read.
fn check_first(is_first: bool, field: Field) -> Result<(), FormError> {
    if is_first {
        Ok(())
    } else {
        Err(FormError::RepeatedPart { name: field.name() })
    }
}

async fn text_part(part: Part<'_>, field: Field) -> Result<Bytes, FormError> {
    check_encoding(&part, field)?;
    content(part, MAX_TEXT_BYTES, field).await
}

/// The content of a part. The parser returns a part of a body that is one piece in one piece as well,
/// so the file is not copied.
async fn content(mut part: Part<'_>, limit_bytes: usize, field: Field) -> Result<Bytes, FormError> {
    let mut content = Bytes::new();
    while let Some(piece) = part.chunk().await.map_err(|error| reason(&error))? {
        content = joined(content, piece);
        if content.len() > limit_bytes {
            return Err(FormError::LongPart {
                name: field.name(),
                limit_bytes,
            });
        }
    }
    Ok(content)
}

fn joined(first: Bytes, second: Bytes) -> Bytes {
    if first.is_empty() {
        return second;
    }
    let mut joined = BytesMut::from(first);
    joined.extend_from_slice(&second);
    joined.freeze()
}

/// A text part's value, if it has one. Non-UTF-8 values are converted lossily: none is documented, so
/// they are rejected either way.
fn text(part: Option<Bytes>) -> Option<String> {
    part.filter(|text| !text.is_empty())
        .map(|text| String::from_utf8_lossy(&text).into_owned())
}

/// The parser's error without what it quotes of the body.
fn reason(error: &multer::Error) -> FormError {
    match error {
        multer::Error::ReadHeaderFailed(_)
        | multer::Error::DecodeHeaderName { .. }
        | multer::Error::DecodeHeaderValue { .. }
        | multer::Error::IncompleteHeaders => FormError::MalformedHeaders,
        _ => FormError::Incomplete,
    }
}
