//! Why a form cannot be read.

/// A `multipart/form-data` body (RFC 7578) cannot be read. No text repeats anything of the body.
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
    /// Far more than a part's headers has come, and no part.
    #[error(
        "the form goes on for {limit_bytes} bytes without a part: its boundary is not the one that Content-Type names, or the headers of a part do not end; build the form with a library"
    )]
    NoPart {
        /// How much may come.
        limit_bytes: usize,
    },
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
