//! A form (`multipart/form-data`, RFC 7578), as a page's `<form>` or `curl -F file=@photo.jpg`
//! sends it.
//!
//! The part `file` is the file itself. `fileType` and `channel` are optional, and count as not
//! there if they are empty, as the untouched fields of a page's form are. Other parts are ignored
//! and never sent on, like unknown fields of the JSON body.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use ccmessaging_core::{
    Absence, Declared, Family, Field, FileHead, FileType, Policy, UploadError, UploadRequest,
};
use futures_util::{Stream, stream};
use http::{HeaderName, HeaderValue};
use tokio::sync::Mutex;

use super::error::{BodyError, ExtractError, FormError};
use super::form_parts::{Part, Parts};
use super::{BodyReader, Incoming, Rest, Trailer, prove};

/// The longest boundary (RFC 2046 section 5.1.1).
const LONGEST_BOUNDARY: usize = 70;

/// The longest text part: far longer than any documented value.
const MAX_TEXT_BYTES: usize = 1024;

/// The longest piece that the parser gets: it would otherwise read all that a fast client sends.
const PIECE_BYTES: usize = 8 * 1024;

/// Deprecated in forms (RFC 7578 section 4.7), but older libraries send it.
const CONTENT_TRANSFER_ENCODING: HeaderName = HeaderName::from_static("content-transfer-encoding");

/// The encodings that change nothing (RFC 2045 section 6.2).
const IDENTITY_ENCODINGS: [&[u8]; 3] = [b"binary", b"8bit", b"7bit"];

/// What has been read of a form.
#[derive(Default)]
struct Form {
    file: FilePart,
    file_type: Option<Bytes>,
    channel: Option<Bytes>,
}

#[derive(Default)]
enum FilePart {
    #[default]
    Absent,
    Held {
        content: Bytes,
        /// What its media type and its name declare it to be.
        declared: Option<FileType>,
    },
    /// It is sent on while it arrives.
    Streamed,
}

/// A form whose file is sent on while it arrives: the file's rest, and the parts behind it.
pub(crate) struct FormRest {
    form: Form,
    part: Option<Part>,
    parts: Parts,
    body: Arc<Mutex<BodyReader>>,
    max_held_bytes: usize,
}

/// The boundary of a form's parts.
pub(super) fn boundary(media_type: &str) -> Result<String, FormError> {
    multer::parse_boundary(media_type)
        .ok()
        .filter(|boundary| (1..=LONGEST_BOUNDARY).contains(&boundary.len()))
        .ok_or(FormError::NoBoundary)
}

/// Reads a form that is in memory. Every part is read to its end, so that a form that was cut off
/// is never mistaken for a whole one.
pub(super) async fn read(boundary: String, body: Bytes) -> Result<UploadRequest, ExtractError> {
    let body = stream::once(async { Ok(body) });
    let mut parts = Parts::new(body, boundary);
    let mut form = Form::default();
    while let Some(part) = parts.next().await? {
        form.take(part, usize::MAX).await?;
    }
    Ok(form.into_request()?)
}

/// Reads a form as it arrives, until the head of its file proves its type. What stands behind the
/// file may still spoil the upload.
pub(super) async fn read_streaming(
    boundary: String,
    body: BodyReader,
    policy: &Policy,
    max_held_bytes: usize,
) -> Result<Incoming, ExtractError> {
    let body = Arc::new(Mutex::new(body));
    let mut parts = Parts::new(pieces(Arc::clone(&body)), boundary);
    let mut form = Form::default();
    while let Some(part) = parts.next().await? {
        let is_first_file = matches!(form.file, FilePart::Absent) && is_file(&part);
        if !is_first_file {
            form.take(part, max_held_bytes).await?;
            continue;
        }
        let declared = declared_type(&part);
        check_encoding(&part, Field::File)?;
        let (part, head) = form.head(part, declared).await?;
        match prove(head, policy) {
            Ok(upload) => {
                form.file = FilePart::Streamed;
                let rest = FormRest {
                    form,
                    part: Some(part),
                    parts,
                    body,
                    max_held_bytes,
                };
                return Ok(Incoming::Streaming {
                    upload,
                    file_bytes: None,
                    rest: Rest::Form(Box::new(rest)),
                });
            }
            Err(head) => {
                let content = held(part, head.into_bytes(), max_held_bytes).await?;
                form.file = FilePart::Held { content, declared };
            }
        }
    }
    drop(parts);
    let mut body = body.lock().await;
    body.finish().await?;
    // As large as a form that was never going to be sent on.
    body.limit(max_held_bytes)?;
    Ok(Incoming::Buffered(form.into_request()?))
}

impl FormRest {
    /// The next bytes of the file; `None` at its end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, ExtractError> {
        let Some(part) = &mut self.part else {
            return Ok(None);
        };
        let piece = part.next().await?;
        if piece.is_none() {
            self.part = None;
        }
        Ok(piece)
    }

    /// Reads the parts behind the file, and what stands behind the form.
    pub(super) async fn finish(mut self) -> Result<Trailer, ExtractError> {
        drop(self.part);
        while let Some(part) = self.parts.next().await? {
            self.form.take(part, self.max_held_bytes).await?;
        }
        // The parser may hold the body while it waits for more of it.
        drop(self.parts);
        self.body.lock().await.finish().await?;
        Ok(Trailer {
            file_type: text(self.form.file_type),
            channel: text(self.form.channel),
        })
    }
}

impl Form {
    /// Reads a part to its end; one without a meaning is skipped.
    async fn take(&mut self, part: Part, max_file_bytes: usize) -> Result<(), ExtractError> {
        let name = part.name().ok_or(FormError::UnnamedPart)?;
        if name == Field::File.name() {
            check_first(matches!(self.file, FilePart::Absent), Field::File)?;
            let declared = declared_type(&part);
            check_encoding(&part, Field::File)?;
            let content = held(part, Bytes::new(), max_file_bytes).await?;
            self.file = FilePart::Held { content, declared };
        } else if name == Field::FileType.name() {
            check_first(self.file_type.is_none(), Field::FileType)?;
            self.file_type = Some(value(part, Field::FileType).await?);
        } else if name == Field::Channel.name() {
            check_first(self.channel.is_none(), Field::Channel)?;
            self.channel = Some(value(part, Field::Channel).await?);
        } else {
            part.skip().await?;
        }
        Ok(())
    }

    /// The head of the file, and what the form has declared of it so far.
    async fn head(
        &self,
        mut part: Part,
        by_part: Option<FileType>,
    ) -> Result<(Part, FileHead), ExtractError> {
        let mut bytes = BytesMut::with_capacity(FileHead::BYTES);
        while bytes.len() < FileHead::BYTES
            && let Some(piece) = part.next().await?
        {
            bytes.extend_from_slice(&piece);
        }
        let declared = declared(text(self.file_type.clone()), by_part);
        let head = FileHead::new(bytes, declared).in_field(Field::File);
        Ok((part, head))
    }

    fn into_request(self) -> Result<UploadRequest, UploadError> {
        let FilePart::Held {
            content,
            declared: by_part,
        } = self.file
        else {
            return Err(UploadError::Missing {
                field: Field::File,
                absence: Absence::Absent,
            });
        };
        let declared = declared(text(self.file_type), by_part);
        let request = UploadRequest::from_file(content, declared).in_field(Field::File);
        Ok(match text(self.channel) {
            Some(channel) => request.with_channel(channel),
            None => request,
        })
    }
}

/// The part `fileType` declares more than the file's own part.
fn declared(spelling: Option<String>, by_part: Option<FileType>) -> Declared {
    spelling.map_or_else(|| Declared::from(by_part), Declared::from)
}

fn is_file(part: &Part) -> bool {
    part.name() == Some(Field::File.name())
}

/// What a file's media type and name declare it to be, the media type first. Between the kinds of
/// text, the name's extension is the better judge: many systems call a CSV file `text/plain`.
fn declared_type(part: &Part) -> Option<FileType> {
    let media_type = part.headers().get(http::header::CONTENT_TYPE);
    let by_media_type = media_type
        .and_then(|value| value.to_str().ok())
        .and_then(FileType::from_media_type);
    let by_name = part
        .file_name()
        .and_then(|name| name.rsplit_once('.'))
        .and_then(|(_, extension)| extension.parse().ok());
    let is_text = |file_type: FileType| file_type.family() == Family::Text;
    match (by_media_type, by_name) {
        (Some(by_media_type), Some(by_name)) if is_text(by_media_type) && is_text(by_name) => {
            Some(by_name)
        }
        (by_media_type, by_name) => by_media_type.or(by_name),
    }
}

fn check_encoding(part: &Part, field: Field) -> Result<(), FormError> {
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

/// The bytes of a part that begins with `head`, if they are not more than may be held in memory.
async fn held(mut part: Part, head: Bytes, limit_bytes: usize) -> Result<Bytes, ExtractError> {
    let mut whole = head;
    while let Some(piece) = part.next().await? {
        whole = joined(whole, piece);
        if whole.len() > limit_bytes {
            return Err(BodyError::TooLarge { limit_bytes }.into());
        }
    }
    Ok(whole)
}

/// The value of a text part.
async fn value(mut part: Part, field: Field) -> Result<Bytes, ExtractError> {
    check_encoding(&part, field)?;
    let mut whole = Bytes::new();
    while let Some(piece) = part.next().await? {
        whole = joined(whole, piece);
        if whole.len() > MAX_TEXT_BYTES {
            return Err(FormError::LongPart {
                name: field.name(),
                limit_bytes: MAX_TEXT_BYTES,
            }
            .into());
        }
    }
    Ok(whole)
}

/// Both, one behind the other; the first piece of all is not copied.
fn joined(whole: Bytes, piece: Bytes) -> Bytes {
    if whole.is_empty() {
        return piece;
    }
    let mut joined = BytesMut::from(whole);
    joined.extend_from_slice(&piece);
    joined.freeze()
}

/// Refuses a part that was there before, and does so before it is read.
fn check_first(is_first: bool, field: Field) -> Result<(), FormError> {
    if is_first {
        Ok(())
    } else {
        Err(FormError::RepeatedPart { name: field.name() })
    }
}

/// A text part's value, if it has one. What is not UTF-8 is no documented value either way.
fn text(part: Option<Bytes>) -> Option<String> {
    part.filter(|text| !text.is_empty())
        .map(|text| String::from_utf8_lossy(&text).into_owned())
}

/// The body in small pieces, one at each poll.
fn pieces(
    body: Arc<Mutex<BodyReader>>,
) -> impl Stream<Item = Result<Bytes, ExtractError>> + Send + 'static {
    stream::try_unfold(body, async |body| {
        tokio::task::yield_now().await;
        let piece = body.lock().await.next_up_to(PIECE_BYTES).await?;
        Ok(piece.map(|piece| (piece, body)))
    })
}
