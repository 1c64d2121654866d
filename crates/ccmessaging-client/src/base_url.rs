//! The address of an upstream service.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::uri::{Authority, PathAndQuery, Scheme, Uri};

/// The fixed first part of an upstream's URLs: scheme, host, port and an optional path prefix.
///
/// ```
/// use ccmessaging_client::BaseUrl;
///
/// let url: BaseUrl = "https://service.example.com/aicc/".parse()?;
/// assert_eq!(url.to_string(), "https://service.example.com/aicc");
/// assert_eq!((url.host(), url.port()), ("service.example.com", 443));
/// assert!("https://service.example.com:99999".parse::<BaseUrl>().is_err());
/// assert!("http://service.example.com".parse::<BaseUrl>().is_err());
/// # Ok::<_, ccmessaging_client::BaseUrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Without a trailing slash.
    prefix: String,
}

/// A text is not a base URL. `Display` is one phrase without the text, which may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BaseUrlError(&'static str);

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    /// Parses `https://HOST[:PORT][/PREFIX]`. `http://` is accepted for this machine only, because
    /// credentials and files are sent to the URL. Rejects user information, a query and a fragment.
    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let url = Self::allowing_http(text)?;
        if !url.is_encrypted() && !url.is_loopback() {
            return Err(BaseUrlError("it must begin with https://"));
        }
        Ok(url)
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
    // `Authority` accepts characters that no host name has, and an empty host.
    let is_host = |host: &str| {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        host.starts_with('[') || (!host.is_empty() && host.bytes().all(is_name))
    };
    if !is_host(authority.host()) {
        return Err("it must name a host");
    }
    // `Authority` accepts any text as a port, and a port that it cannot parse counts as none.
    let port = authority.as_str().strip_prefix(authority.host());
    if port != Some("") && authority.port_u16().unwrap_or(0) == 0 {
        return Err("its port must be a number from 1 to 65535");
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
    /// Parses a URL that may also begin with `http://`, whatever its host. Only for networks that are
    /// trusted: everything sent there is readable on the way.
    ///
    /// # Errors
    ///
    /// As for parsing it by [`FromStr`].
    pub fn allowing_http(text: &str) -> Result<Self, BaseUrlError> {
        parse(text).map_err(BaseUrlError)
    }

    /// Returns the URL of a path below; `path` begins with a slash and needs no escapes.
    pub(crate) fn join(&self, path: &'static str) -> Uri {
        self.join_query(path, None)
    }

    /// Like [`join`](Self::join), with a query that is percent-encoded.
    pub(crate) fn join_query(&self, path: &'static str, query: Option<&str>) -> Uri {
        let mut path = format!("{}{path}", self.prefix);
        if let Some(query) = query {
            path.push('?');
            path.push_str(query);
        }
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()
            .expect("a parsed base, a constant path and an encoded query make a URL")
    }

    /// Returns the host's name or address, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// Returns the port; by default 443 or 80, depending on the scheme.
    #[must_use]
    pub fn port(&self) -> u16 {
        let default = if self.is_encrypted() { 443 } else { 80 };
        self.authority.port_u16().unwrap_or(default)
    }

    /// Returns the path prefix: empty, or beginning with a slash and without one at its end.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns whether the scheme is https.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// Returns whether the host is this machine: `localhost` or a loopback address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host().trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || host
                .parse()
                .is_ok_and(|address: IpAddr| address.is_loopback())
    }
}

/// The URL of an HTTP proxy: `http://HOST[:PORT]`.
///
/// The client asks it for a tunnel to the service (`CONNECT`), so it reads nothing that is encrypted.
///
/// ```
/// use ccmessaging_client::ProxyUrl;
///
/// assert!("http://proxy.example.com:3128".parse::<ProxyUrl>().is_ok());
/// assert!("https://proxy.example.com:3128".parse::<ProxyUrl>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyUrl(BaseUrl);

impl FromStr for ProxyUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let url = BaseUrl::allowing_http(text)?;
        if url.is_encrypted() {
            return Err(BaseUrlError("it must begin with http://"));
        }
        if !url.prefix.is_empty() {
            return Err(BaseUrlError("it must have no path"));
        }
        Ok(Self(url))
    }
}

impl ProxyUrl {
    pub(crate) fn to_uri(&self) -> Uri {
        self.0.join("/")
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
