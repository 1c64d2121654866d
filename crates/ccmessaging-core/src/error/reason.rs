//! The reason of an error in a form that programs can read.

use std::borrow::Cow;

use serde::Serialize;

use super::{FileProblem, UploadError};
use crate::sniff::Found;

impl UploadError {
    /// Returns the reason as one stable word, for programs and translations. Words are part of the API: a
    /// new error may add one, but none is renamed.
    #[must_use]
    pub const fn reason_code(&self) -> &'static str {
        match self {
            Self::NotJson { .. } => "not_json",
            Self::NotAnObject { .. } => "not_json_object",
            Self::DuplicateField { .. } => "duplicate_field",
            Self::TooManyFields { .. } => "too_many_fields",
            Self::Chunk => "malformed_form",
            Self::Missing { .. } | Self::OtherParts { .. } | Self::Nested { .. } => "missing_field",
            Self::WrongType { .. } => "wrong_field_type",
            Self::UnsupportedFileType { .. } => "unsupported_type",
            Self::UnsupportedChannel { .. } => "unsupported_channel",
            Self::NotBase64(_) => "not_base64",
            Self::MediaTypeMismatch { .. } => "media_type_mismatch",
            Self::File { problem, .. } => match problem {
                FileProblem::Empty | FileProblem::OnlyByteOrderMark => "empty_file",
                FileProblem::TooLarge { .. } => "too_large",
                FileProblem::Mismatch(_)
                | FileProblem::NotConvertible { .. }
                | FileProblem::TextInstead { .. } => "content_mismatch",
                FileProblem::Unsupported { .. } => "unsupported_content",
                FileProblem::DamagedInTransit(_) => "damaged_in_transit",
                FileProblem::Metadata(_) => "metadata_not_removable",
            },
        }
    }

    /// Returns the values that a program needs to word the reason itself.
    ///
    /// ```
    /// use ccmessaging_core::{Policy, UploadRequest};
    ///
    /// let gif = b"GIF89a\x01\0\x01\0\0\0\0;".as_slice();
    /// let refused = UploadRequest::from_file(gif, "png").validate(&Policy::default()).unwrap_err();
    /// assert_eq!(refused.reason_code(), "content_mismatch");
    /// let details = refused.details();
    /// assert_eq!(details.declared.as_deref(), Some("png"));
    /// assert_eq!(details.detected.as_deref(), Some("image/gif"));
    /// ```
    #[must_use]
    pub fn details(&self) -> Details {
        let details = Details {
            field: self.field().map(|field| field.name().into()),
            position: self.position(),
            ..Details::default()
        };
        match self {
            Self::NotJson { .. }
            | Self::TooManyFields { .. }
            | Self::Chunk
            | Self::Missing { .. }
            | Self::OtherParts { .. }
            | Self::Nested { .. }
            | Self::NotBase64(_) => details,
            Self::DuplicateField { name } => Details {
                field: Some(name.escaped().into()),
                ..details
            },
            Self::NotAnObject { found } | Self::WrongType { found, .. } => Details {
                detected: Some(found.name().into()),
                ..details
            },
            Self::UnsupportedFileType {
                spelling: declared, ..
            }
            | Self::UnsupportedChannel { channel: declared } => Details {
                declared: Some(declared.escaped().into()),
                ..details
            },
            Self::MediaTypeMismatch {
                declared,
                media_type,
            } => Details {
                declared: Some(declared.name().into()),
                detected: Some(media_type.escaped().into()),
                ..details
            },
            Self::File { problem, .. } => match problem {
                FileProblem::Empty
                | FileProblem::OnlyByteOrderMark
                | FileProblem::DamagedInTransit(_)
                | FileProblem::Metadata(_) => details,
                FileProblem::TooLarge {
                    limit_bytes,
                    actual_bytes,
                    ..
                } => Details {
                    limit_bytes: Some(*limit_bytes),
                    actual_bytes: Some(*actual_bytes),
                    ..details
                },
                FileProblem::Mismatch(mismatch) | FileProblem::NotConvertible { mismatch, .. } => {
                    Details {
                        declared: Some(mismatch.declared().name().into()),
                        detected: Some(detected(mismatch.found()).into()),
                        ..details
                    }
                }
                FileProblem::TextInstead { declared, found } => Details {
                    declared: Some((*declared).into()),
                    detected: Some(detected(found).into()),
                    ..details
                },
                FileProblem::Unsupported { found, .. } => Details {
                    detected: Some(detected(found).into()),
                    ..details
                },
            },
        }
    }
}

/// Returns the media type of recognised content, or a word if it has none.
const fn detected(found: &Found) -> &'static str {
    match found {
        Found::Format { media_type, .. } => media_type,
        Found::Damaged { .. } | Found::Preceded { .. } => "damaged",
        Found::Binary | Found::ControlCharacter { .. } | Found::NotAsMarked { .. } => "binary",
        Found::Empty => "empty",
        Found::Unknown => "unknown",
    }
}

/// Values that accompany a reason code. Serializes to an object in camel case without the absent ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// The declared type as the message shows it: a file type, or at most
    /// [`Excerpt::LIMIT`](crate::Excerpt::LIMIT) characters of an unsupported value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<Cow<'static, str>>,
    /// The detected content: a media type; `damaged`, `binary`, `empty` or `unknown` for content without one; or
    /// the kind of a JSON value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detected: Option<Cow<'static, str>>,
    /// The limit that was exceeded, in bytes: for an [`UploadError`], of the decoded file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_bytes: Option<usize>,
    /// The size that exceeds the limit, in bytes, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_bytes: Option<usize>,
    /// The limit that was exceeded, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_characters: Option<usize>,
    /// The part of the request at fault: a field's name, or `body`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// A byte offset from 0, as [`UploadError::position`] defines it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
}

impl Details {
    /// Returns whether all values are absent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
