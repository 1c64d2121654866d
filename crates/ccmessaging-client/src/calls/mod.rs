//! The calls of the API, one file each.

mod apply_token;
mod chat;
mod token_by_ak_sk;
mod upload;

use std::time::Duration;

pub use apply_token::{SessionReply, SessionRequest};
pub use chat::{ChatCall, ChatReply, ChatRequest};
pub use token_by_ak_sk::{AccessToken, TOKEN_PATH};
pub use upload::{UPLOAD_PATH, Upload, UploadResponse, UpstreamResponse};

/// The limit for a call unless the caller sets another one.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(25);
