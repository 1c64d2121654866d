#![doc = include_str!("../README.md")]
//!
//! # Layers
//!
//! | purpose | type |
//! |---|---|
//! | send files and messages of one customer, receive the agent's | [`Session`]: obtains and renews both tokens, follows a rotated one |
//! | make one call with credentials of your own | [`Client`] |
//! | share one access token among many tasks | [`TokenCache`] |
//!
//! Every call ends at a [`Deadline`] and is repeated as a [`RetryPolicy`] says. TLS is always
//! verified, redirects are never followed, responses are read up to a limit. Errors name the
//! [`Peer`], classify themselves (`is_transient`, `retry_after`) and have a chain of sources. A
//! [`Secret`] or a sensitive header is never printed.

#![forbid(unsafe_code)]

mod base_url;
mod body;
mod calls;
mod client;
mod config;
mod connector;
mod credentials;
mod error;
mod headers;
mod retry;
mod secret;
mod session;
mod time;
mod tls;
mod token_cache;
mod token_error;
mod transport;
mod unique_object;

pub use base_url::{BaseUrl, BaseUrlError, ProxyUrl};
pub use calls::{
    AccessToken, CallRequest, CallResponse, ChatCall, ChatCallKind, Progress, SessionReply,
    SessionRequest, TOKEN_PATH, UPLOAD_PATH, UploadResponse,
};
pub use client::Client;
pub use config::{ClientConfig, RetryPolicy};
pub use credentials::Credentials;
pub use error::{CallError, CallErrorClass, CallErrorKind, InvalidResponse, Peer};
pub use headers::{CCMESSAGING_TOKEN, X_APP_KEY};
pub use secret::Secret;
pub use session::{App, ChatOptions, Messages, Session, SessionBuilder, SessionError};
pub use time::Deadline;
pub use tls::TlsError;
pub use token_cache::{Token, TokenCache, TokenFetches};
pub use token_error::TokenError;
