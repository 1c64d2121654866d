//! Reads the app secret from where the deployment keeps it.

use std::path::Path;

use http::header::HeaderMap;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::config::SecretSource;
use crate::upstream::{TokenError, Transport, UpstreamError, parse_object};
use crate::{Deadline, Secret};

const EXTENSION_TOKEN: HeaderName = HeaderName::from_static("x-aws-parameters-secrets-token");

/// The member of a JSON secret that holds the app secret.
const JSON_MEMBER: &str = "app_secret";

/// Why the app secret cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretSourceError {
    /// `APP_SECRET_FILE` cannot be read.
    #[error("APP_SECRET_FILE: {0}")]
    File(String),
    /// The secrets extension does not give the secret.
    #[error("APP_SECRET_ARN: {0}")]
    Extension(String),
    /// There is a secret, but it is empty.
    #[error("the secret is empty")]
    Empty,
}

impl From<SecretSourceError> for TokenError {
    fn from(error: SecretSourceError) -> Self {
        Self::SecretUnreadable {
            reason: error.to_string(),
        }
    }
}

/// Reads the secret anew each time, so that a rotated one is found without a restart.
pub(super) async fn read(
    source: &SecretSource,
    transport: &Transport,
    deadline: Deadline,
) -> Result<Secret, SecretSourceError> {
    let secret = match source {
        SecretSource::Value(secret) => secret.clone(),
        SecretSource::File(path) => read_file(path)?,
        SecretSource::SecretsManager {
            id,
            session_token,
            port,
        } => ask_extension(transport, id, session_token, *port, deadline).await?,
    };
    if secret.expose().is_empty() {
        return Err(SecretSourceError::Empty);
    }
    Ok(secret)
}

fn read_file(path: &Path) -> Result<Secret, SecretSourceError> {
    let text = std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|error| SecretSourceError::File(error.to_string()))?;
    Ok(Secret::new(text.trim().to_owned()))
}

/// `GET /secretsmanager/get?secretId=…` on the extension's local port.
async fn ask_extension(
    transport: &Transport,
    id: &str,
    session_token: &Secret,
    port: u16,
    deadline: Deadline,
) -> Result<Secret, SecretSourceError> {
    let failed = |reason: &str| SecretSourceError::Extension(reason.to_owned());
    let uri = format!(
        "http://localhost:{port}/secretsmanager/get?secretId={}",
        percent_encode(id)
    );
    let uri = uri.parse().map_err(|_| failed("it is no secret's name"))?;
    let mut token = HeaderValue::from_str(session_token.expose())
        .map_err(|_| failed("AWS_SESSION_TOKEN is no header value"))?;
    token.set_sensitive(true);
    let headers = HeaderMap::from_iter([(EXTENSION_TOKEN, token)]);
    let unanswered = |error: UpstreamError| SecretSourceError::Extension(error.causes());
    let answer = transport
        .get(uri, headers, deadline)
        .await
        .map_err(unanswered)?;
    if answer.status != StatusCode::OK {
        let status = answer.status.as_u16();
        return Err(SecretSourceError::Extension(format!(
            "the secrets extension answered with status {status}"
        )));
    }
    let body = answer.body.map_err(unanswered)?;
    let text = parse_object(&body).and_then(|mut object| object.remove("SecretString"));
    let Some(Value::String(text)) = text else {
        return Err(failed("the secret has no text"));
    };
    Ok(Secret::new(member_of(text)))
}

/// A secret's text is the app secret, or a JSON object that holds it.
fn member_of(text: String) -> String {
    let member = parse_object(text.as_bytes()).and_then(|mut object| object.remove(JSON_MEMBER));
    match member {
        Some(Value::String(secret)) => secret,
        _ => text,
    }
}

/// Escapes all but the unreserved characters (RFC 3986 section 2.3).
fn percent_encode(text: &str) -> String {
    use std::fmt::Write as _;

    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}
