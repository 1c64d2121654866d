//! The parts of a form that have a meaning, and what they say together.

use bytes::{Bytes, BytesMut};
use ccmessaging_core::{
    Absence, Declared, Family, Field, FileHead, FileType, UploadError, UploadRequest,
};
use http::{HeaderName, HeaderValue};

use super::parts::Part;
use crate::Refusal;
use crate::refusal::FormError;
use crate::service::streaming::{Closing, Feed, Outlet};

/// The longest text part: far longer than any documented value.
const MOST_TEXT_BYTES: usize = 1024;

/// Deprecated in forms (RFC 7578 section 4.7), but older libraries send it.
const CONTENT_TRANSFER_ENCODING: HeaderName = HeaderName::from_static("content-transfer-encoding");

/// The encodings that change nothing (RFC 2045 section 6.2).
const IDENTITY_ENCODINGS: [&[u8]; 3] = [b"binary", b"8bit", b"7bit"];

/// What has been read of a form.
#[derive(Default)]
pub(super) struct Form {
    file: Option<FilePart>,
    file_type: Option<Bytes>,
    channel: Option<Bytes>,
}

enum FilePart {
    Held {
        content: Bytes,
        /// What its media type and its name declare it to be.
        declared: Option<FileType>,
    },
    /// It was sent on.
    Sent,
}

/// Whether a part is the form's file.
pub(super) fn is_file(part: &Part<'_>) -> bool {
    part.name() == Some(Field::File.name())
}

impl Form {
    /// Reads a part to its end; one without a meaning is skipped.
    pub(super) async fn take(
        &mut self,
        mut part: Part<'_>,
        max_file_bytes: usize,
    ) -> Result<(), Refusal> {
        let name = part.name().ok_or(FormError::UnnamedPart)?;
        if name == Field::File.name() {
            check_first(self.file.is_none(), Field::File)?;
            let declared = declared_type(&part);
            check_encoding(&part, Field::File)?;
            let content = rest(&mut part, Bytes::new(), max_file_bytes).await?;
            self.file = Some(FilePart::Held { content, declared });
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

    /// Reads the first file, and sends it on if its head proves its type.
    pub(super) async fn pass(
        &mut self,
        mut part: Part<'_>,
        outlet: Outlet,
    ) -> Result<Option<Feed>, Refusal> {
        let declared = declared_type(&part);
        check_encoding(&part, Field::File)?;
        let mut bytes = BytesMut::with_capacity(FileHead::BYTES);
        while bytes.len() < FileHead::BYTES
            && let Some(piece) = part.next().await?
        {
            bytes.extend_from_slice(&piece);
        }
        let spelled = text(self.file_type.clone()).map(Declared::Spelling);
        let head = FileHead::new(bytes, spelled.unwrap_or(declared.into()));
        match outlet.prove(head.in_field(Field::File)) {
            Ok(upload) => {
                self.file = Some(FilePart::Sent);
                let mut feed = outlet.open(upload, None).await?;
                while let Some(piece) = part.next().await? {
                    feed.push(piece).await?;
                }
                Ok(Some(feed))
            }
            Err(head) => {
                let limit = outlet.max_held_bytes();
                let content = rest(&mut part, head.into_bytes(), limit).await?;
                self.file = Some(FilePart::Held { content, declared });
                Ok(None)
            }
        }
    }

    pub(super) fn into_request(self) -> Result<UploadRequest, UploadError> {
        let Some(FilePart::Held { content, declared }) = self.file else {
            return Err(UploadError::Missing {
                field: Field::File,
                absence: Absence::Absent,
            });
        };
        let spelled = text(self.file_type).map(Declared::Spelling);
        let request = UploadRequest::from_file(content, spelled.unwrap_or(declared.into()))
            .in_field(Field::File);
        Ok(match text(self.channel) {
            Some(channel) => request.with_channel(channel),
            None => request,
        })
    }

    /// What the form says besides its file, which was sent on.
    pub(super) fn into_closing(self) -> Closing {
        Closing {
            file_type: text(self.file_type),
            channel: text(self.channel),
        }
    }
}

/// What a file's media type and name declare it to be, the media type first. Between the kinds of
/// text, the name's extension is the better judge: many systems call a CSV file `text/plain`.
fn declared_type(part: &Part<'_>) -> Option<FileType> {
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

/// The bytes of a part that begins with `head`, if they are not more than may be held in memory.
async fn rest(part: &mut Part<'_>, head: Bytes, limit_bytes: usize) -> Result<Bytes, Refusal> {
    let mut whole = head;
    while let Some(piece) = part.next().await? {
        whole = joined(whole, piece);
        if whole.len() > limit_bytes {
            return Err(Refusal::BodyTooLarge { limit_bytes });
        }
    }
    Ok(whole)
}

/// The value of a text part.
async fn value(mut part: Part<'_>, field: Field) -> Result<Bytes, Refusal> {
    check_encoding(&part, field)?;
    let mut whole = Bytes::new();
    while let Some(piece) = part.next().await? {
        whole = joined(whole, piece);
        if whole.len() > MOST_TEXT_BYTES {
            return Err(FormError::LongPart {
                name: field.name(),
                limit_bytes: MOST_TEXT_BYTES,
            }
            .into());
        }
    }
    Ok(whole)
}

/// Both behind one another; the first piece of all is not copied.
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
