//! The origins whose pages may call the gateway.

use http::HeaderValue;
use http::uri::Uri;

use super::ConfigError;
use super::vars::Vars;

/// Which pages may call the gateway from a browser (`ALLOWED_ORIGINS`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// None: the answers carry no CORS headers.
    #[default]
    None,
    /// Those of any origin (`*`).
    Any,
    /// Those of these origins, as browsers write them in `Origin`.
    Only(Vec<HeaderValue>),
}

impl AllowedOrigins {
    /// Reads origins that are separated by commas, or a lone `*`.
    ///
    /// # Errors
    ///
    /// An entry is not an origin as browsers write it (RFC 6454 section 6.2), and so would never
    /// match: the text says which, and how to correct it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::Any);
        }
        text.split(',')
            .enumerate()
            .map(|(index, entry)| {
                let entry = entry.trim();
                check(entry)
                    .and_then(|()| HeaderValue::from_str(entry).map_err(|_| NOT_AN_ORIGIN))
                    .map_err(|problem| format!("entry {}: {problem}", index + 1))
            })
            .collect::<Result<_, _>>()
            .map(Self::Only)
    }

    pub(super) fn from_vars(vars: &Vars) -> Result<Self, ConfigError> {
        const NAME: &str = "ALLOWED_ORIGINS";
        vars.text(NAME).map_or(Ok(Self::None), |text| {
            Self::parse(text).map_err(|problem| ConfigError::invalid(NAME, problem))
        })
    }
}

const NOT_AN_ORIGIN: &str = "it must be an origin such as https://shop.example.com";

fn check(origin: &str) -> Result<(), &'static str> {
    if origin.contains('*') {
        return Err("a * must stand alone, and allows every origin; name each origin instead");
    }
    let uri: Uri = origin.parse().map_err(|_| NOT_AN_ORIGIN)?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(NOT_AN_ORIGIN);
    };
    if origin.len() != scheme.len() + "://".len() + authority.as_str().len() {
        return Err("an origin has no path, not even a slash at its end; take it off");
    }
    if authority.as_str().contains('@') {
        return Err("an origin has no user name or password; take them off");
    }
    if origin.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err("browsers write origins in lower case; write it so");
    }
    match (scheme, authority.port_u16()) {
        ("https", Some(443)) | ("http", Some(80)) => {
            Err("browsers leave the scheme's own port off; take it off")
        }
        _ => Ok(()),
    }
}
