#![doc = include_str!("../README.md")]
//!
//! # One type per stage
//!
//! | stage | type | guarantee |
//! |---|---|---|
//! | received | `Bytes`, or [`ReceivedBody`] while it arrives | nothing |
//! | parsed | [`UploadRequest`] | the three fields are strings; or a file and what it is declared to be |
//! | validated | [`ValidatedUpload`] | every field is correct, the content is of the declared type |
//! | to be sent | [`Payload`] | the JSON body, the file in canonical Base64 |
//!
//! Each stage is made only from the one before it, so sending something unvalidated does not compile.
//! Start with [`UploadRequest::from_json`] for the API's own JSON body, or with
//! [`UploadRequest::from_file`] for a file.
//!
//! An [`UploadError`] has a return code, a field, a position, one sentence for people and a reason for
//! programs; it is independent of HTTP. The rules for the content of each type are documented in
//! [`sniff`]; which forms of Base64 are accepted, at [`CanonicalBase64::from_text`].
//! The chat's other calls, which send and receive messages and download files, are in [`chat`].
//! [`media`] removes metadata from images and videos, and converts containers.

#![forbid(unsafe_code)]

mod base64_text;
pub mod chat;
mod content;
mod conversion;
mod convertible;
mod damage;
mod error;
mod excerpt;
mod file_type;
mod json;
mod payload;
mod policy;
mod request;
mod return_code;
pub mod sniff;
pub mod text_instead;
mod validate;
mod validated;

/// Re-exported because its types are part of this crate's API.
pub use ccmessaging_media as media;

pub use base64_text::{Base64Error, Base64Problem, CanonicalBase64};
pub use content::Content;
pub use conversion::Conversion;
pub use convertible::{CheckedUpload, ConvertibleUpload};
pub use damage::Damage;
pub use error::{
    Absence, Details, ErrorClass, Field, FileProblem, JsonKind, JsonProblem, UploadError,
};
pub use excerpt::Excerpt;
pub use file_type::{Family, FileType, ParseFileTypeError};
pub use payload::Payload;
pub use policy::{BmpSpelling, Limits, Policy};
pub use request::{ChunkParameters, Declared, ReceivedBody, UploadRequest};
pub use return_code::ReturnCode;
pub use validated::ValidatedUpload;
