#![doc = include_str!("../README.md")]
//!
//! # Layers
//!
//! | to do this | use |
//! |---|---|
//! | upload files for one customer | [`Session`]: obtains and renews both tokens, follows a rotated one |
//! | make one call with credentials of your own | [`Client`]: one method a call |
//! | share one access token among many tasks | [`TokenCache`] |
//!
//! Every wait has an end: each call takes a [`Deadline`]. TLS is always verified, redirects are never
//! followed, answers are read up to a limit. A value that is a [`Secret`] or a sensitive header is
//! never printed.

#![forbid(unsafe_code)]

mod base_url;
mod body;
mod calls;
mod client;
mod clock;
mod deadline;
mod error;
mod headers;
mod response;
mod retry;
mod secret;
mod session;
mod tls;
mod token_cache;
mod transport;
mod upload_response;

pub use base_url::{BaseUrl, BaseUrlError};
pub use calls::{
    AccessToken, Credentials, Download, SessionReply, SessionRequest, TOKEN_PATH, UPLOAD_PATH,
};
pub use client::{Client, ClientConfig};
pub use clock::{Clock, SystemClock};
pub use deadline::Deadline;
pub use error::{AnswerProblem, CallError, TokenError};
pub use headers::{CCMESSAGING_TOKEN, X_APP_KEY};
pub use response::{UpstreamResponse, refuses_token};
pub use retry::Attempts;
pub use secret::{Secret, sensitive};
pub use session::{App, Session, SessionError};
pub use tls::{TlsError, client_config, is_authority_as_server};
pub use token_cache::{Token, TokenCache, TokenFetches};
pub use transport::Resource;
pub use upload_response::UploadResponse;
