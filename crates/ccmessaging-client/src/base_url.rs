//! The address of an upstream service.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::uri::{Authority, PathAndQuery, Scheme, Uri};

/// The fixed first part of an upstream's URLs: scheme, host, port and perhaps a path prefix.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Without a trailing slash.
    prefix: String,
}

/// A text is no base URL. Displays as one sentence without the text, which may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BaseUrlError(&'static str);

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    /// Reads `http[s]://HOST[:PORT][/PREFIX]`. Refuses user information, a query and a fragment.
    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        parse(text).map_err(BaseUrlError)
    }
}

fn parse(text: &str) -> Result<BaseUrl, &'static str> {
    if text.contains('#') {
        return Err("it must have no fragment (#)");
    }
    let parts = text
        .parse::<Uri>()
        .map_err(|_| "it must be a URL such as https://service.besclouds.com")?
        .into_parts();
    let scheme = parts
        .scheme
        .filter(|scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS)
        .ok_or("it must begin with https://")?;
    let authority = parts.authority.ok_or("it must name a host")?;
    if authority.as_str().contains('@') {
        return Err("it must hold no user name or password");
    }
    let path = parts.path_and_query;
    if path.as_ref().and_then(PathAndQuery::query).is_some() {
        return Err("it must have no query (?)");
    }
    let prefix = path.as_ref().map_or("", PathAndQuery::path);
    Ok(BaseUrl {
        scheme,
        authority,
        prefix: prefix.trim_end_matches('/').to_owned(),
    })
}

impl BaseUrl {
    /// The URL of a path below; `path` begins with a slash and needs no escapes.
    pub(crate) fn join(&self, path: &'static str) -> Uri {
        let path = format!("{}{path}", self.prefix);
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()
            .expect("a parsed base and a constant path make a URL")
    }

    /// The host's name or address, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The port: 443 or 80 by the scheme unless it is named.
    #[must_use]
    pub fn port(&self) -> u16 {
        let default = if self.is_encrypted() { 443 } else { 80 };
        self.authority.port_u16().unwrap_or(default)
    }

    /// Whether the scheme is https.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// Whether the host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host().trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || host
                .parse()
                .is_ok_and(|address: IpAddr| address.is_loopback())
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
