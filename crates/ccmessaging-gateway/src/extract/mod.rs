//! Extracts the upload from a request's body, in each of the formats in which a file is sent.
//!
//! | `Content-Type` | the body is | the type is declared by |
//! |---|---|---|
//! | `application/json`, `text/json`, none | the documented JSON | `fileType` |
//! | `multipart/form-data` | a form with the part `file` | the part `fileType`, else the media type and the name of `file` |
//! | a media type of a file, such as `image/jpeg` | the file's own bytes | the media type; other `text/*` is TXT |
//! | `application/octet-stream` | the file's own bytes | nothing; a name in `Content-Disposition` may exclude text |
//!
//! A declared type is proven; otherwise the type is inferred from the content. Everything after that is
//! the same for all formats.

mod chunk;
pub(crate) mod error;
mod form;
mod json;
mod multipart;
mod other_format;
mod parameters;
mod raw;
pub(crate) mod text_instead_of_file;

use ccmessaging_core::{Declared, FileType, Policy, ReceivedBody, UploadError, UploadRequest};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

pub(crate) use error::{FormError, MediaTypeError};
use other_format::names_piece;

use crate::rejection::Rejection;

const TEXT: &str = "text/";

const FORM: &[u8] = b"multipart/form-data";

const URL_ENCODED: &str = "application/x-www-form-urlencoded";

/// The media types of the documented JSON. `text/json` is an older name that some clients use.
const JSON: [&[u8]; 2] = [b"application/json", b"text/json"];

/// The content codings that a client may have applied (IANA's registry).
const CONTENT_CODINGS: [&str; 13] = [
    "aes128gcm",
    "br",
    "compress",
    "dcb",
    "dcz",
    "deflate",
    "exi",
    "gzip",
    "lz4",
    "pack200-gzip",
    "x-compress",
    "x-gzip",
    "zstd",
];

/// The format in which a file is sent.
#[derive(Debug)]
pub(crate) enum UploadFormat {
    /// The documented JSON; `is_declared` unless there is no `Content-Type`.
    Json { is_declared: bool },
    /// A form, whose parts this boundary separates.
    Multipart { boundary: String },
    /// The raw file, and its declared type; `is_text_format` if that is TXT because of another media type of text.
    Raw {
        declared: Declared,
        is_text_format: bool,
    },
}

impl UploadFormat {
    /// Chooses the format by a request's headers and query, before its body is read.
    ///
    /// A body without a media type is parsed as JSON, the only type that the API documents. JSON's
    /// `charset` is ignored, because JSON is always UTF-8 (RFC 8259 section 8.1).
    pub(crate) fn choose(
        headers: &HeaderMap,
        query: Option<&str>,
        policy: &Policy,
    ) -> Result<Self, Rejection> {
        check_encodings(headers)?;
        chunk::check_head(headers, query)?;
        if raw::file_name(headers).is_some_and(|name| names_piece(&name, policy)) {
            return Err(UploadError::Chunk.into());
        }
        let Some(media_type) = single_media_type(headers)? else {
            return Ok(Self::Json { is_declared: false });
        };
        let (essence, _) = parameters::split(media_type);
        if is_json_type(essence) {
            return Ok(Self::Json { is_declared: true });
        }
        if is_form(essence) {
            let boundary = multipart::boundary(media_type)?;
            return Ok(Self::Multipart { boundary });
        }
        let essence = String::from_utf8_lossy(essence);
        // Markdown, HTML, a vCard: each is text, and proven to be.
        let start = essence.get(..TEXT.len());
        let is_text = start.is_some_and(|start| start.eq_ignore_ascii_case(TEXT));
        let by_media_type = policy.type_of_media_type(&essence);
        let is_text_format = is_text && by_media_type.is_none();
        let declared = if let Some(file_type) = by_media_type {
            Declared::Type(file_type)
        } else if is_text {
            Declared::Type(FileType::Txt)
        } else if FileType::is_generic_media_type(&essence) {
            raw::other_format(headers, policy).map_or(Declared::Unknown, Declared::Other)
        } else if essence.eq_ignore_ascii_case(URL_ENCODED) {
            return Err(MediaTypeError::UrlEncoded.into());
        } else {
            let hint = other_format::hint(&essence);
            let other = hint.map(|hint| MediaTypeError::OtherFormat { hint });
            return Err(other.unwrap_or(MediaTypeError::Unsupported).into());
        };
        Ok(Self::Raw {
            declared,
            is_text_format,
        })
    }

    /// The names of all formats.
    pub(crate) const NAMES: [&'static str; 3] = ["json", "multipart", "raw"];

    /// The format's name in the log and in metrics.
    pub(crate) fn name(&self) -> &'static str {
        let [json, multipart, raw] = Self::NAMES;
        match self {
            Self::Json { .. } => json,
            Self::Multipart { .. } => multipart,
            Self::Raw { .. } => raw,
        }
    }

    /// Reads a whole body.
    pub(crate) fn read(
        self,
        body: ReceivedBody,
        policy: &Policy,
    ) -> Result<UploadRequest, Rejection> {
        match self {
            Self::Json { is_declared } => json::read(is_declared, body),
            Self::Multipart { boundary } => form::read(&boundary, body.into_bytes(), policy),
            Self::Raw {
                declared,
                is_text_format,
            } => raw::read(declared, is_text_format, body.into_bytes()),
        }
    }
}

/// Checks the headers of a body that must be JSON: `false` if it has another media type. A body without
/// one counts as JSON, as for uploads.
pub(crate) fn is_json(headers: &HeaderMap) -> Result<bool, Rejection> {
    check_encodings(headers)?;
    let Some(media_type) = single_media_type(headers)? else {
        return Ok(true);
    };
    let (essence, _) = parameters::split(media_type);
    Ok(is_json_type(essence))
}

fn is_json_type(essence: &[u8]) -> bool {
    JSON.iter().any(|name| name.eq_ignore_ascii_case(essence))
}

fn is_form(essence: &[u8]) -> bool {
    essence.eq_ignore_ascii_case(FORM)
}

/// Returns a name without the differences between `fileStream`, `file_stream` and `File-Stream`.
fn folded(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Returns the only media type of a request; `None` if there is none or it is empty.
fn single_media_type(headers: &HeaderMap) -> Result<Option<&[u8]>, Rejection> {
    let mut media_types = headers.get_all(CONTENT_TYPE).iter();
    let media_type = media_types.next().map(HeaderValue::as_bytes);
    if media_types.next().is_some() {
        return Err(MediaTypeError::Repeated.into());
    }
    let media_type = media_type.filter(|value| !value.trim_ascii().is_empty());
    // Some triggers join several values with a comma. A single boundary may contain one.
    if let Some(media_type) = media_type
        && has_comma_outside_quotes(media_type)
    {
        let (essence, _) = parameters::split(media_type);
        return Err(match multipart::boundary(media_type) {
            Err(error @ FormError::UnquotedBoundary) if is_form(essence) => error.into(),
            _ => MediaTypeError::Repeated.into(),
        });
    }
    Ok(media_type)
}

/// Rejects a body that is compressed, or that claims an unknown coding.
fn check_encodings(headers: &HeaderMap) -> Result<(), MediaTypeError> {
    let codings = headers.get_all(CONTENT_ENCODING).iter();
    let codings = codings.flat_map(|value| value.as_bytes().split(|&byte| byte == b','));
    let mut error = None;
    for coding in codings.map(<[u8]>::trim_ascii) {
        let is = |name: &str| coding.eq_ignore_ascii_case(name.as_bytes());
        if CONTENT_CODINGS.iter().any(|name| is(name)) {
            return Err(MediaTypeError::Encoded);
        }
        if !coding.is_empty() && !is("identity") {
            error = Some(MediaTypeError::UnknownEncoding);
        }
    }
    error.map_or(Ok(()), Err)
}

/// Returns whether a header value is a list; a comma in a quoted parameter makes none (RFC 9110 section
/// 5.6.4).
fn has_comma_outside_quotes(value: &[u8]) -> bool {
    let mut is_quoted = false;
    let mut bytes = value.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            // The next byte is escaped.
            b'\\' if is_quoted => {
                bytes.next();
            }
            b',' if !is_quoted => return true,
            _ => {}
        }
    }
    false
}
