//! The reason of a refusal in a form that programs can read.

use std::borrow::Cow;

use serde::Serialize;

use super::{FileProblem, UploadError};
use crate::sniff::Found;

impl UploadError {
    /// The reason in one stable word, for programs and translations. The words are part of the
    /// interface: a new error may add one, none is ever renamed.
    #[must_use]
    pub const fn reason_code(&self) -> &'static str {
        match self {
            Self::NotJson { .. } => "not_json",
            Self::NotAnObject { .. } => "not_json_object",
            Self::DuplicateField { .. } => "duplicate_field",
            Self::TooManyFields { .. } => "too_many_fields",
            Self::Missing { .. } => "missing_field",
            Self::WrongType { .. } => "wrong_field_type",
            Self::UnsupportedFileType { .. } => "unsupported_type",
            Self::UnsupportedChannel { .. } => "unsupported_channel",
            Self::NotBase64(_) => "not_base64",
            Self::MediaTypeMismatch { .. } => "media_type_mismatch",
            Self::File { problem, .. } => match problem {
                FileProblem::Empty => "empty_file",
                FileProblem::TooLarge { .. } | FileProblem::Outgrown { .. } => "too_large",
                FileProblem::Mismatch(_) => "content_mismatch",
                FileProblem::Unsupported { .. } => "unsupported_content",
                FileProblem::Metadata(_) => "metadata_not_removable",
            },
        }
    }

    /// What a program needs to word the reason itself.
    ///
    /// ```
    /// use ccmessaging_core::{Policy, UploadRequest};
    ///
    /// let gif = b"GIF89a\x01\0\x01\0\0\0\0;";
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
            | Self::Missing { .. }
            | Self::NotBase64(_) => details,
            Self::DuplicateField { name } => Details {
                field: Some(name.escaped().into()),
                ..details
            },
            Self::NotAnObject { found } | Self::WrongType { found, .. } => Details {
                detected: Some(found.name().into()),
                ..details
            },
            Self::UnsupportedFileType { spelling: declared }
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
                FileProblem::Empty | FileProblem::Metadata(_) => details,
                FileProblem::TooLarge {
                    limit_bytes,
                    actual_bytes,
                    ..
                } => Details {
                    limit_bytes: Some(*limit_bytes),
                    actual_bytes: Some(*actual_bytes),
                    ..details
                },
                FileProblem::Outgrown { limit_bytes, .. } => Details {
                    limit_bytes: Some(*limit_bytes),
                    ..details
                },
                FileProblem::Mismatch(mismatch) => Details {
                    declared: Some(mismatch.declared().name().into()),
                    detected: Some(detected(mismatch.found()).into()),
                    ..details
                },
                FileProblem::Unsupported { found } => Details {
                    detected: Some(detected(found).into()),
                    ..details
                },
            },
        }
    }
}

/// What content was recognised as: its media type, or a word where it has none.
const fn detected(found: &Found) -> &'static str {
    match found {
        Found::Format { media_type, .. } => media_type,
        Found::Damaged { .. } => "damaged",
        Found::Binary => "binary",
        Found::Empty => "empty",
        Found::Unknown => "unknown",
    }
}

/// What is known beside a reason code. As JSON it is an object in camel case, in which what is not
/// known is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// What the caller declared, as the sentence shows it: a file type, or at most
    /// [`Excerpt::LIMIT`](crate::Excerpt::LIMIT) characters of what is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<Cow<'static, str>>,
    /// What there was instead: a media type; `damaged`, `binary`, `empty` or `unknown` for content
    /// without one; or the kind of a JSON value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detected: Option<Cow<'static, str>>,
    /// The limit that was exceeded, in bytes: for an [`UploadError`], of the decoded file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_bytes: Option<usize>,
    /// The size that exceeds it, in bytes, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_bytes: Option<usize>,
    /// The part of the request at fault: a field's name, or `body`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// A byte offset from 0; in what, [`UploadError::position`] says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
}

impl Details {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
