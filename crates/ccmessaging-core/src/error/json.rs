//! Why a body is not JSON, and what its sender can do.

use crate::file_type::FileType;
use crate::sniff::Found;

/// The problem with a body that is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonProblem {
    /// Its syntax is wrong: the parser's message.
    Syntax(String),
    /// It has no bytes other than white space.
    Empty,
    /// It is a form, as `multipart/form-data` has it.
    Form,
    /// It is the file itself.
    File(FileType),
    /// A string contains a line break.
    LineBreak,
    /// It is encoded in UTF-16.
    Utf16,
    /// It is compressed.
    Compressed,
    /// It is an object that was encoded in Base64.
    Base64,
    /// It is a file of a format that the API does not have.
    OtherFile(Found),
}

impl JsonProblem {
    /// Returns the sentence for a problem at this byte of the body.
    pub(super) fn sentence(&self, position: usize) -> String {
        match self {
            Self::Syntax(reason) => {
                format!("the body is not JSON: {reason} at byte {position}; send one JSON object")
            }
            Self::Empty => "the body is empty; send one JSON object".to_owned(),
            Self::Form => "the body is declared as JSON, but this looks like multipart/form-data; leave the header Content-Type to the library that builds the form".to_owned(),
            Self::File(file_type) => format!(
                "the body is declared as JSON, but this is the {file_type} file itself; send it with Content-Type: {}",
                file_type.media_type()
            ),
            Self::Utf16 => {
                "the body is encoded in UTF-16; encode the JSON in UTF-8".to_owned()
            }
            Self::Compressed => {
                "the body is compressed, which is not supported; send the JSON uncompressed".to_owned()
            }
            Self::Base64 => "the body is JSON in Base64; send the JSON itself (whoever builds an AWS event must set isBase64Encoded to true for such a body)".to_owned(),
            Self::OtherFile(found) => format!(
                "the body is declared as JSON, but this is {found}; send one JSON object"
            ),
            Self::LineBreak => format!(
                "the body is not JSON: a string has a line break at byte {position}; encode the file without line breaks, as base64 -w0 does"
            ),
        }
    }
}
