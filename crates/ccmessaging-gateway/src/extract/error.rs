//! Errors of extracting an upload from a request. Of the body, a message only quotes a boundary.

use ccmessaging_core::Excerpt;

use super::text_instead_of_file::TextInsteadOfFile;

/// The body's media type or encoding is not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MediaTypeError {
    /// The body's media type is not supported.
    #[error(
        "unsupported media type; send JSON as application/json, a form with the part file as multipart/form-data, or the file's own bytes as image/jpeg, image/png, image/bmp, audio/mpeg, audio/aac, video/mp4, text/plain, text/csv or application/octet-stream"
    )]
    Unsupported,
    /// The body's media type is that of a file of an unsupported format.
    #[error("unsupported media type; {hint}")]
    OtherFormat {
        /// What to do with files of this format.
        hint: &'static str,
    },
    /// The body is declared as `application/x-www-form-urlencoded`.
    #[error(
        "unsupported media type application/x-www-form-urlencoded, which curl, wget and many libraries set by default; send JSON as application/json, a form with the part file as multipart/form-data, or the file's own bytes (with curl: --data-binary instead of -d) as image/jpeg, image/png, image/bmp, audio/mpeg, audio/aac, video/mp4, text/plain, text/csv or application/octet-stream"
    )]
    UrlEncoded,
    /// The body stands for a file, but its media type is that of a file.
    #[error("the body is {0}, but its media type is that of a file; {remedy}", remedy = remedy(*.0))]
    TextInsteadOfFile(TextInsteadOfFile),
    /// The request has no media type, and its body is not JSON.
    #[error(
        "the request has no Content-Type, and its body is not JSON; send JSON as application/json, the file's own bytes with their media type, such as image/jpeg, or application/octet-stream, and a form as multipart/form-data"
    )]
    Missing,
    /// The request has several media types.
    #[error(
        "the header content-type was sent more than once, or has a comma outside quotes; send one media type"
    )]
    Repeated,
    /// The body is compressed.
    #[error("compressed bodies are not supported; send the body without Content-Encoding")]
    Encoded,
    /// `Content-Encoding` names something else than a content coding, such as a character set.
    #[error(
        "the header Content-Encoding names no compression; remove Content-Encoding (a character set belongs in Content-Type)"
    )]
    UnknownEncoding,
}

fn remedy(text: TextInsteadOfFile) -> &'static str {
    match text {
        TextInsteadOfFile::Json => "send it with Content-Type: application/json",
        TextInsteadOfFile::Form => {
            "leave the header Content-Type to the library that builds the form"
        }
        TextInsteadOfFile::UrlEncoded => "send JSON with Content-Type: application/json",
        TextInsteadOfFile::DataUrl => "send the file's own bytes, or the URL as fileStream in JSON",
        TextInsteadOfFile::Encoded => "send the file's own bytes, or Base64 as fileStream in JSON",
        TextInsteadOfFile::BytesLiteral => "send the bytes, not str() of them",
        TextInsteadOfFile::Path | TextInsteadOfFile::EmptyObject => "send the file's own bytes",
    }
}

fn remedy_in_form(text: TextInsteadOfFile) -> &'static str {
    match text {
        TextInsteadOfFile::BytesLiteral => "send the bytes, not str() of them",
        _ => "append the File or Blob itself",
    }
}

/// A `multipart/form-data` body (RFC 7578) cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FormError {
    /// `Content-Type` has no boundary of 1 to 70 characters (RFC 2046 section 5.1.1).
    #[error(
        "Content-Type: multipart/form-data has no usable boundary; leave the header to the library that builds the form"
    )]
    NoBoundary,
    /// The boundary contains characters that are only permitted in quotes (RFC 2045 section 5.1).
    #[error(
        "the boundary in Content-Type has characters that need quotes; write boundary=\"...\" with quotes, or leave the header to the library that builds the form"
    )]
    UnquotedBoundary,
    /// The boundary in `Content-Type` has single quotes, which are part of it, and the one in the body has none.
    #[error(
        "the boundary in Content-Type has single quotes, which are part of it; use double quotes, or none"
    )]
    SingleQuotes,
    /// Lines end with LF instead of CRLF.
    #[error(
        "the lines of the form end with LF; end the lines of boundaries and headers with CRLF, as RFC 7578 requires"
    )]
    LineFeeds,
    /// The body is JSON.
    #[error("the body is declared as a form, but is JSON; send it as application/json")]
    Json,
    /// The body is a form in Base64.
    #[error(
        "the body is a form in Base64; send the form itself (whoever builds an AWS event must set isBase64Encoded to true for such a body)"
    )]
    Base64,
    /// The body is empty.
    #[error(
        "the body is empty, but declared as a form; send the form, and leave Content-Type to the library that builds it"
    )]
    Empty,
    /// The body is what JavaScript's `String()` makes of a form.
    #[error(
        "the body is the text [object FormData] or [object Object], not a form; use the FormData of the client that sends it (with fetch: the global one), and leave Content-Type to that client"
    )]
    Printed,
    /// The body begins with another boundary than that in `Content-Type`.
    #[error(
        "the form begins with the boundary {found}, but Content-Type says {declared}; leave Content-Type to the library that builds the form"
    )]
    OtherBoundary {
        /// The boundary in `Content-Type`.
        declared: Excerpt,
        /// The boundary in the body.
        found: Excerpt,
    },
    /// The body does not contain the boundary.
    #[error(
        "the body is not a form, because it does not contain the boundary that Content-Type names; build the form with a library, or send the file's own bytes with their media type, such as image/jpeg"
    )]
    NoForm,
    /// The body does not contain the last boundary.
    #[error(
        "the form is incomplete: its final boundary is missing; close the writer that builds the form before you send it (in Go: Close()), and send the whole body"
    )]
    Unclosed,
    /// A boundary is not followed by a part.
    #[error(
        "the form is incomplete, or its boundary differs from the one in Content-Type; send it again"
    )]
    Incomplete,
    /// A part's headers are malformed.
    #[error("the headers of a part of the form are malformed; build the form with a library")]
    MalformedHeaders,
    /// A header continues in the next line.
    #[error(
        "a header of a part of the form is folded over several lines; write every header in one line"
    )]
    FoldedHeader,
    /// A part has a header twice.
    #[error("a part of the form has more than one header {name}; send it once")]
    RepeatedHeader {
        /// The header's name.
        name: &'static str,
    },
    /// A part's `Content-Disposition` has a parameter twice.
    #[error("the Content-Disposition of a part of the form has more than one {name}; send it once")]
    RepeatedParameter {
        /// The parameter's name.
        name: &'static str,
    },
    /// A part has no name.
    #[error("a part of the form has no name; name every part in its Content-Disposition")]
    UnnamedPart,
    /// A part's content is encoded, which RFC 7578 section 4.7 deprecates.
    #[error(
        "the part {name} has an unsupported Content-Transfer-Encoding; send its bytes without one"
    )]
    EncodedPart {
        /// The part's name.
        name: &'static str,
    },
    /// A part that must be unique occurs twice.
    #[error("the form has more than one part {name}; send it once")]
    RepeatedPart {
        /// The part's name.
        name: &'static str,
    },
    /// The request belongs to the protocol tus.
    #[error(
        "resumable uploads (tus) are not supported; turn them off, and send the file in one request"
    )]
    Resumable,
    /// The part `file` is a text that was put in place of a file.
    #[error(
        "the part file has no file name and contains text, so a script probably appended an object, undefined, a path or a data: URL; append the File or Blob itself"
    )]
    NotAFile,
    /// The part `file` is a text, and nothing says that it is a file.
    #[error(
        "the part file contains text, but has no file name; give it one, as append(\"file\", blob, \"a.csv\") of a FormData does, or send the part fileType"
    )]
    NoFileName,
    /// The part `file` stands for a file.
    #[error("the part file contains {0} instead of the file; {remedy}", remedy = remedy_in_form(*.0))]
    TextInsteadOfFile(TextInsteadOfFile),
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
