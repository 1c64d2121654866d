//! Configuration of the malware scan.

use std::path::PathBuf;
use std::time::Duration;

use http::uri::{Authority, Uri};

use super::ConfigError;
use super::settings;
use super::values::ParseError;
use super::vars::Vars;

/// The scanner, and what happens to an upload if the scan fails.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScanConfig {
    /// `SCAN_CLAMD`: its address.
    pub clamd: ClamdAddress,
    /// `SCAN_FAILURE`: what happens to a file that cannot be scanned.
    pub on_failure: ScanFailure,
    /// `SCAN_TIMEOUT_MS`: the longest that an upload waits for its scan.
    pub timeout: Duration,
}

/// Where a `clamd` listens (clamd.conf(5): `TCPSocket`, `LocalSocket`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClamdAddress {
    /// A host and a port. The connection is neither encrypted nor authenticated.
    Tcp(String),
    /// The path of a socket.
    Unix(PathBuf),
}

/// What happens to a file that cannot be scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScanFailure {
    /// It is rejected. The default.
    Refuse,
    /// It is accepted as if it were clean; the log and the metrics report it.
    Allow,
}

impl ScanConfig {
    pub(super) fn from_vars(vars: &Vars) -> Result<Option<Self>, ConfigError> {
        let Some(clamd) = vars.optional(&settings::SCAN_CLAMD)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            clamd,
            on_failure: vars.get(&settings::SCAN_FAILURE)?,
            timeout: vars.get(&settings::SCAN_TIMEOUT_MS)?,
        }))
    }
}

impl ClamdAddress {
    /// Reads `tcp://host:port` or `unix:/path`.
    pub(super) fn parse(text: &str) -> Result<Self, ParseError> {
        const REMEDY: &str = "it must be tcp://host:port or unix:/path, such as tcp://clamd:3310 or unix:/run/clamav/clamd.sock";
        if let Some(path) = text.strip_prefix("unix:") {
            // Also as a URL with an empty host.
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.starts_with('/') && !path.ends_with('/') {
                Ok(Self::Unix(path.into()))
            } else {
                Err(REMEDY.into())
            };
        }
        let uri: Uri = text.parse().map_err(|_| REMEDY)?;
        // A name without a user in front of it, and a port after it.
        let address = uri.authority().map(Authority::as_str);
        let address = address.filter(|address| {
            let host = uri.host().unwrap_or_default();
            !host.is_empty() && address.starts_with(host) && uri.port_u16() > Some(0)
        });
        match (uri.scheme_str(), address, uri.path(), uri.query()) {
            (Some("tcp"), Some(address), "" | "/", None) => Ok(Self::Tcp(address.to_owned())),
            _ => Err(REMEDY.into()),
        }
    }
}
