//! Where the upstream is and how it is reached.

use std::path::PathBuf;
use std::time::Duration;

use super::vars::Vars;
use super::{BaseUrl, ConfigError};

/// Below the 29 to 30 seconds after which the API gateways of both platforms give up.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(25);

/// The upstream that every upload goes to.
#[derive(Clone, Debug)]
pub struct UpstreamConfig {
    /// `UPSTREAM_BASE_URL`: scheme and host, with a path prefix if there is one.
    pub base_url: BaseUrl,
    /// `UPSTREAM_CA_FILE`: a PEM file with certificates to trust besides the public ones.
    pub ca_file: Option<PathBuf>,
    /// `UPSTREAM_CONNECT_TIMEOUT_MS`: the longest wait for one TCP connection.
    pub connect_timeout: Duration,
    /// `UPSTREAM_TIMEOUT_MS`: the longest that an upload may take from its first attempt to the
    /// last byte of the answer.
    pub timeout: Duration,
}

impl UpstreamConfig {
    pub(super) fn from_vars(vars: &Vars) -> Result<Self, ConfigError> {
        let base_url = vars.base_url("UPSTREAM_BASE_URL")?.ok_or_else(|| {
            ConfigError::missing(
                "UPSTREAM_BASE_URL",
                "set it to the contact centre's address, such as https://service.besclouds.com",
            )
        })?;
        Ok(Self {
            base_url,
            ca_file: vars.text("UPSTREAM_CA_FILE").map(PathBuf::from),
            connect_timeout: vars
                .milliseconds("UPSTREAM_CONNECT_TIMEOUT_MS", Duration::from_secs(3))?,
            timeout: vars.milliseconds("UPSTREAM_TIMEOUT_MS", DEFAULT_TIMEOUT)?,
        })
    }
}
