//! Everything that is sent to the contact centre.
//!
//! [`Transport`] sends one request and reads one bounded answer. On it stand the calls of the API,
//! one file each; `retry` decides when a call is worth repeating.

mod apply_token;
mod body;
mod download;
mod error;
mod headers;
mod interim;
mod retry;
mod segments;
mod streamed;
mod tls;
mod token_by_ak_sk;
mod transport;
mod upload;

pub use apply_token::{Session, SessionRequest};
pub use download::Download;
pub use error::{AnswerProblem, UpstreamError};
pub use headers::{CCMESSAGING_TOKEN, X_APP_KEY};
pub use retry::Retries;
pub use tls::{TlsError, client_config};
pub use token_by_ak_sk::{AccessToken, TokenError};
pub use transport::{RawAnswer, Transport};
pub use upload::{Forwarded, UPLOAD_PATH, UpstreamCredentials};

pub(crate) use streamed::{SegmentSender, StreamedBody};
pub(crate) use transport::{Call, parse_object};

use crate::config::{BaseUrl, UpstreamConfig};

/// The contact centre's file API at its configured address.
#[derive(Clone, Debug)]
pub struct Upstream {
    transport: Transport,
    base_url: BaseUrl,
}

impl Upstream {
    /// Prepares TLS and the connection pool; connects to nothing yet.
    ///
    /// # Errors
    ///
    /// The extra certificates cannot be read.
    pub fn new(config: &UpstreamConfig) -> Result<Self, TlsError> {
        Ok(Self {
            transport: Transport::new(config)?,
            base_url: config.base_url.clone(),
        })
    }

    /// The same API over connections of its own.
    pub(crate) fn with_own_connections(&self) -> Self {
        Self {
            transport: self.transport.with_own_connections(),
            base_url: self.base_url.clone(),
        }
    }

    /// The transport, to share its TLS settings with the token service, and its connections where
    /// there is one runtime.
    #[must_use]
    pub fn transport(&self) -> &Transport {
        &self.transport
    }
}
