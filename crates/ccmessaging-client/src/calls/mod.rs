//! The calls of the API, one file each.

mod apply_token;
mod download;
mod token_by_ak_sk;
mod upload;

pub use apply_token::{SessionReply, SessionRequest};
pub use download::Download;
pub use token_by_ak_sk::{AccessToken, TOKEN_PATH};
pub use upload::{Credentials, UPLOAD_PATH};
