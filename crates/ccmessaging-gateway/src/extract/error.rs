//! Why no upload can be extracted from a request. No text repeats anything of the body.

use ccmessaging_core::UploadError;

/// Why no upload can be extracted from a request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExtractError {
    /// The media type or the encoding of the body is not taken.
    #[error(transparent)]
    MediaType(#[from] MediaTypeError),
    /// The body did not arrive as it should.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The form cannot be read.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The upload is not what it must be.
    #[error(transparent)]
    Upload(#[from] UploadError),
}

/// A media type or an encoding that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaTypeError {
    /// The body has a media type that is not taken.
    #[error(
        "the body's media type is not taken; send JSON as application/json, a form with the part file as multipart/form-data, or the file's own bytes as image/jpeg, image/png, image/bmp, audio/mpeg, audio/aac, video/mp4, text/plain, text/csv or application/octet-stream"
    )]
    Unsupported,
    /// The body is the documented JSON under another media type.
    #[error(
        "the body is an upload in JSON, but its media type is that of a file; send it with Content-Type: application/json"
    )]
    MisdeclaredJson,
    /// The request names several media types.
    #[error("the header content-type is sent more than once; send it once")]
    Repeated,
    /// The body is compressed.
    #[error("the body is compressed, which is not taken; send it without Content-Encoding")]
    Encoded,
}

/// A body that did not arrive as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is over the limit.
    #[error("the body has more than {limit_bytes} bytes; send a smaller file")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// It did not arrive in time.
    #[error(transparent)]
    Late(#[from] Lateness),
    /// There is no room for all, and others arrive faster.
    #[error(
        "the gateway is full, and other uploads arrive faster; send it again in a moment, or over a faster connection"
    )]
    NoRoom,
    /// It broke off, or its chunks are not what RFC 9112 section 7.1 says.
    #[error("the body broke off; send it again")]
    BrokenOff,
}

/// The limit of time that a body did not keep to. Of two that end at the same moment, the earlier
/// one here is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Lateness {
    /// The whole body was not there within `RECEIVE_TIMEOUT_MS`, or the platform's deadline came.
    #[error("the body did not arrive in time; send it again")]
    Whole,
    /// Nothing of it came for `IDLE_TIMEOUT_MS`.
    #[error("the rest of the body did not arrive in time; send it again, without a pause")]
    Idle,
    /// It came at less than the least average rate.
    #[error(
        "the body arrives at less than {least_bytes_per_second} bytes a second; send it again over a faster connection"
    )]
    Slow {
        /// The rate.
        least_bytes_per_second: u32,
    },
}

impl From<Lateness> for ExtractError {
    fn from(lateness: Lateness) -> Self {
        Self::Body(BodyError::Late(lateness))
    }
}

/// A `multipart/form-data` body (RFC 7578) cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// `Content-Type` names no boundary of 1 to 70 characters (RFC 2046 section 5.1.1).
    #[error(
        "Content-Type: multipart/form-data names no usable boundary; leave the header to the library that builds the form"
    )]
    NoBoundary,
    /// No part begins, or the last one does not end.
    #[error(
        "the form breaks off, or its boundary is not the one that Content-Type names; send it again"
    )]
    BrokenOff,
    /// A part's headers are malformed.
    #[error("the headers of a part of the form are malformed; build the form with a library")]
    MalformedHeaders,
    /// A part has no name.
    #[error("a part of the form has no name; name every part in its Content-Disposition")]
    UnnamedPart,
    /// A part's content is encoded, which RFC 7578 section 4.7 deprecates.
    #[error(
        "the part {name} has a Content-Transfer-Encoding, which is not taken; send its own bytes without one"
    )]
    EncodedPart {
        /// The part's name.
        name: &'static str,
    },
    /// A part that must be unique is there twice.
    #[error("the form has more than one part {name}; send it once")]
    RepeatedPart {
        /// The part's name.
        name: &'static str,
    },
    /// A text part is far longer than any correct value.
    #[error("the part {name} has more than {limit_bytes} bytes; send a documented value")]
    LongPart {
        /// The part's name.
        name: &'static str,
        /// The most bytes that it may have.
        limit_bytes: usize,
    },
    /// The form has more parts than any caller needs.
    #[error("the form has more than {limit} parts; send file, fileType and channel only")]
    TooManyParts {
        /// The most parts that a form may have.
        limit: usize,
    },
}
