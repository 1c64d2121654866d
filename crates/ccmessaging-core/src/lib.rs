#![doc = include_str!("../README.md")]
//!
//! # One type per stage
//!
//! | stage | type | what is known |
//! |---|---|---|
//! | received | `Bytes` | nothing |
//! | parsed | [`UploadRequest`] | three strings, or a file and its declared type |
//! | validated | [`ValidatedUpload`] | every field is correct, the content is the declared type |
//! | to be sent | [`Payload`] | the JSON body, the file in canonical Base64 |
//!
//! A file can also be sent on while it still arrives, if its first bytes prove its type:
//!
//! | stage | type | what is known |
//! |---|---|---|
//! | begun | [`FileHead`] | the first bytes, and what the file is declared to be |
//! | streamed | [`StreamedUpload`] | no byte that follows can change the file's type; its size is watched |
//! | to be sent | `Bytes` | segments of the JSON body, whose end only [`StreamedUpload::finish`] gives |
//!
//! Each stage is made from the one before it only, so that sending something unvalidated does not
//! compile. The way in is [`UploadRequest::from_json`] for the API's own JSON body,
//! [`UploadRequest::from_file`] for a file, [`UploadRequest::from_file_of_type`] for one that came
//! with a media type or a file name only, and [`UploadRequest::from_undeclared_file`] for one whose
//! type is to be found out.
//!
//! An [`UploadError`] knows its return code, its field, its position and one sentence with the
//! remedy; it knows nothing of HTTP. What the content of each type must look like is told in
//! [`sniff`]; what is tolerated in Base64, at [`CanonicalBase64`]. [`metadata`] removes what a photo or
//! a film says besides what it shows.

#![forbid(unsafe_code)]

mod answer;
mod base64_text;
mod chunks;
mod content;
mod error;
mod field;
mod file_problem;
mod file_type;
mod limits;
mod media_type;
pub mod metadata;
mod payload;
mod policy;
mod request;
mod return_code;
pub mod sniff;
mod stream;
mod validate;

pub use answer::{Answer, UpstreamAnswer};
pub use base64_text::{Base64Error, Base64Problem, CanonicalBase64};
pub use chunks::Chunks;
pub use content::Content;
pub use error::{Absence, Excerpt, JsonKind, UploadError};
pub use field::Field;
pub use file_problem::FileProblem;
pub use file_type::{Family, FileType};
pub use limits::Limits;
pub use payload::Payload;
pub use policy::{BmpSpelling, Policy};
pub use request::UploadRequest;
pub use return_code::ReturnCode;
pub use stream::{FileHead, StreamedUpload};
pub use validate::ValidatedUpload;
