//! The credentials that a caller sends.

use ccmessaging_client::{CCMESSAGING_TOKEN, Credentials, Secret, X_APP_KEY};
use http::header::{AUTHORIZATION, HeaderMap};
use http::{HeaderName, HeaderValue};

const SCHEME: &str = "Bearer ";

/// A request's credential headers, read but not yet required.
#[derive(Clone, Debug)]
pub(crate) struct CallerCredentials {
    session_token: HeaderValue,
    app_key: Option<HeaderValue>,
    authorization: Option<HeaderValue>,
}

/// Why a caller's credentials cannot be used. No message quotes a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// A mandatory header is missing or empty.
    #[error("the header {0} is missing; {remedy}", remedy = remedy(.0))]
    Missing(HeaderName),
    /// A header that must be unique was sent more than once.
    #[error("the header {0} was sent more than once, or contains a comma; send one value")]
    Repeated(HeaderName),
    /// `Authorization` is missing.
    #[error("the header authorization is missing; {remedy}", remedy = remedy(&AUTHORIZATION))]
    NoAuthorization,
    /// `Authorization` has another scheme, or no token.
    #[error("the header authorization is not a Bearer token; {remedy}", remedy = remedy(&AUTHORIZATION))]
    NotBearer,
}

impl CredentialsError {
    /// The header that is missing or wrong.
    #[must_use]
    pub fn header(&self) -> HeaderName {
        match self {
            Self::Missing(name) | Self::Repeated(name) => name.clone(),
            Self::NoAuthorization | Self::NotBearer => AUTHORIZATION,
        }
    }
}

fn remedy(name: &HeaderName) -> &'static str {
    if *name == CCMESSAGING_TOKEN {
        "send the token from applyToken, or the newest one from a response"
    } else if *name == X_APP_KEY {
        "send the app key that is configured on the API Fabric"
    } else {
        "send \"Bearer \" and the AccessToken from tokenByAkSk"
    }
}

impl CallerCredentials {
    /// Reads the three headers, of which only the session token is required. None may be sent more than once.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Result<Self, CredentialsError> {
        Ok(Self {
            session_token: single(headers, &CCMESSAGING_TOKEN)?
                .ok_or(CredentialsError::Missing(CCMESSAGING_TOKEN))?,
            app_key: single(headers, &X_APP_KEY)?,
            authorization: single(headers, &AUTHORIZATION)?,
        })
    }

    /// The session token.
    pub(crate) fn session_token(&self) -> &HeaderValue {
        &self.session_token
    }

    /// Returns all three as received, none of which may be missing. Only the scheme gets its documented
    /// spelling: schemes are case-insensitive (RFC 9110 section 11.1).
    pub(super) fn as_sent(&self) -> Result<Credentials, CredentialsError> {
        let app_key = self
            .app_key
            .clone()
            .ok_or(CredentialsError::Missing(X_APP_KEY))?;
        let authorization = self
            .authorization
            .as_ref()
            .ok_or(CredentialsError::NoAuthorization)?;
        let authorization = bearer(authorization).ok_or(CredentialsError::NotBearer)?;
        let session_token = self.session_token.clone();
        Ok(Credentials::new(session_token, app_key, authorization))
    }
}

/// Returns the single value of a header; an empty one counts as missing. Some triggers join repeated
/// headers with a comma, which no documented value contains.
fn single(headers: &HeaderMap, name: &HeaderName) -> Result<Option<HeaderValue>, CredentialsError> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    let is_joined = first.is_some_and(|value| value.as_bytes().contains(&b','));
    if is_joined || values.next().is_some() {
        return Err(CredentialsError::Repeated(name.clone()));
    }
    Ok(first.filter(|value| !value.is_empty()).map(|value| {
        let mut value = value.clone();
        value.set_sensitive(true);
        value
    }))
}

fn bearer(value: &HeaderValue) -> Option<HeaderValue> {
    let (scheme, token) = value.to_str().ok()?.split_at_checked(SCHEME.len())?;
    let token = token.trim();
    let is_bearer = scheme.eq_ignore_ascii_case(SCHEME);
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    (is_bearer && is_token)
        .then(|| Secret::new(format!("{SCHEME}{token}")).to_header())
        .flatten()
}
