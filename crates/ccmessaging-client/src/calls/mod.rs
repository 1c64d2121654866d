//! The calls of the API, one file each, and what they have in common.

mod apply_token;
mod chat;
mod request;
mod response;
mod token_by_ak_sk;
mod upload;
mod upload_response;

use std::time::Duration;

pub use apply_token::{SessionReply, SessionRequest};
pub use chat::{ChatCall, ChatCallKind};
pub use request::{CallRequest, Progress};
pub use response::CallResponse;
pub use token_by_ak_sk::{AccessToken, TOKEN_PATH};
pub use upload::UPLOAD_PATH;
pub use upload_response::UploadResponse;

/// The limit for a call unless the caller sets another one.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(25);
