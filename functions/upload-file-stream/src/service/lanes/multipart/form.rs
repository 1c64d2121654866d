//! The parts of a form that have a meaning, and what they say together.

use bytes::{Bytes, BytesMut};
use ccmessaging_core::{Absence, Family, Field, FileType, UploadError, UploadRequest};
use http::HeaderName;
use multer::Field as Part;

use super::{FormError, reason};

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

struct FilePart {
    content: Bytes,
    /// What its media type and its name declare it to be.
    declared: Option<FileType>,
}

impl Form {
    /// Reads a part; the ones without a meaning are left to the parser to skip.
    pub(super) async fn take(&mut self, part: Part<'_>) -> Result<(), FormError> {
        let name = part.name().ok_or(FormError::UnnamedPart)?;
        if name == Field::File.name() {
            let declared = declared_type(
                part.headers()
                    .get(http::header::CONTENT_TYPE)
                    .and_then(|value| value.to_str().ok()),
                part.file_name(),
            );
            let content = content(part, Field::File, None).await?;
            put(&mut self.file, FilePart { content, declared }, Field::File)
        } else if name == Field::FileType.name() {
            let text = content(part, Field::FileType, Some(MOST_TEXT_BYTES)).await?;
            put(&mut self.file_type, text, Field::FileType)
        } else if name == Field::Channel.name() {
            let text = content(part, Field::Channel, Some(MOST_TEXT_BYTES)).await?;
            put(&mut self.channel, text, Field::Channel)
        } else {
            Ok(())
        }
    }

    pub(super) fn into_request(self) -> Result<UploadRequest, UploadError> {
        let Some(file) = self.file else {
            return Err(UploadError::Missing {
                field: Field::File,
                absence: Absence::Absent,
            });
        };
        let request = match (text(self.file_type), file.declared) {
            (Some(spelling), _) => UploadRequest::from_file(file.content, spelling),
            (None, Some(declared)) => UploadRequest::from_file_of_type(file.content, declared),
            (None, None) => UploadRequest::from_undeclared_file(file.content),
        }
        .in_field(Field::File);
        Ok(match text(self.channel) {
            Some(channel) => request.with_channel(channel),
            None => request,
        })
    }
}

/// What a file's media type and name declare it to be, the media type first. Between the kinds of
/// text, the name's extension is the better judge: many systems call a CSV file `text/plain`.
fn declared_type(media_type: Option<&str>, file_name: Option<&str>) -> Option<FileType> {
    let by_media_type = media_type.and_then(FileType::from_media_type);
    let by_name = file_name
        .and_then(|name| name.rsplit_once('.'))
        .and_then(|(_, extension)| FileType::from_spelling(extension));
    let is_text = |file_type: FileType| file_type.family() == Family::Text;
    match (by_media_type, by_name) {
        (Some(by_media_type), Some(by_name)) if is_text(by_media_type) && is_text(by_name) => {
            Some(by_name)
        }
        (by_media_type, by_name) => by_media_type.or(by_name),
    }
}

/// A part's bytes. The parser hands over a part of a body in one piece in one piece, uncopied.
async fn content(
    mut part: Part<'_>,
    field: Field,
    limit_bytes: Option<usize>,
) -> Result<Bytes, FormError> {
    let name = field.name();
    let is_encoded = part
        .headers()
        .get(CONTENT_TRANSFER_ENCODING)
        .is_some_and(|encoding| {
            !IDENTITY_ENCODINGS
                .iter()
                .any(|identity| encoding.as_bytes().eq_ignore_ascii_case(identity))
        });
    if is_encoded {
        return Err(FormError::EncodedPart { name });
    }
    let mut whole = Bytes::new();
    while let Some(chunk) = part.chunk().await.map_err(|error| reason(&error))? {
        whole = if whole.is_empty() {
            chunk
        } else {
            let mut joined = BytesMut::from(whole);
            joined.extend_from_slice(&chunk);
            joined.freeze()
        };
        if let Some(limit_bytes) = limit_bytes.filter(|&limit| whole.len() > limit) {
            return Err(FormError::LongPart { name, limit_bytes });
        }
    }
    Ok(whole)
}

fn put<T>(slot: &mut Option<T>, value: T, field: Field) -> Result<(), FormError> {
    if slot.is_some() {
        return Err(FormError::RepeatedPart { name: field.name() });
    }
    *slot = Some(value);
    Ok(())
}

/// A text part's value, if it has one. What is not UTF-8 is no documented value either way.
fn text(part: Option<Bytes>) -> Option<String> {
    part.filter(|text| !text.is_empty())
        .map(|text| String::from_utf8_lossy(&text).into_owned())
}
