//! Reads the app secret from its configured source.

use std::path::Path;

use ccmessaging_client::{Deadline, Secret, TokenError};
use http::header::HeaderMap;
use http::{HeaderName, StatusCode, Uri};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::config::SecretSource;
use crate::local_http;

const EXTENSION_TOKEN: HeaderName = HeaderName::from_static("x-aws-parameters-secrets-token");

/// The member of a JSON secret that contains the app secret.
const JSON_MEMBER: &str = "app_secret";

/// Reads the secret for each access token, so that a rotated secret needs no restart.
pub(super) async fn read(source: &SecretSource, deadline: Deadline) -> Result<Secret, TokenError> {
    let secret = match source {
        SecretSource::Value(secret) => secret.clone(),
        SecretSource::File(path) => {
            read_file(path).map_err(|error| unreadable(format!("APP_SECRET_FILE: {error}")))?
        }
        SecretSource::SecretsManager {
            id,
            session_token,
            port,
        } => ask_extension(id, session_token, *port, deadline)
            .await
            .map_err(|reason| unreadable(format!("APP_SECRET_ARN: {reason}")))?,
    };
    if secret.expose().is_empty() {
        return Err(unreadable("the secret is empty".to_owned()));
    }
    Ok(secret)
}

fn unreadable(reason: String) -> TokenError {
    TokenError::SecretUnreadable { reason }
}

fn read_file(path: &Path) -> std::io::Result<Secret> {
    let text = Zeroizing::new(std::fs::read_to_string(path)?);
    Ok(Secret::new(text.trim()))
}

/// `GET /secretsmanager/get?secretId=…` on the extension's local port.
async fn ask_extension(
    id: &str,
    session_token: &Secret,
    port: u16,
    deadline: Deadline,
) -> Result<Secret, String> {
    let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
    let uri = format!("http://localhost:{port}/secretsmanager/get?secretId={id}");
    let uri: Uri = uri.parse().map_err(|_| "it is not a secret's name")?;
    let token = session_token
        .to_header()
        .ok_or("AWS_SESSION_TOKEN is not a valid header value")?;
    let headers = HeaderMap::from_iter([(EXTENSION_TOKEN, token)]);
    let response = local_http::get(&uri, headers, deadline).await;
    let response = response.map_err(|reason| format!("the secrets extension: {reason}"))?;
    if response.status != StatusCode::OK {
        let status = response.status.as_u16();
        return Err(format!("the secrets extension returned status {status}"));
    }
    let text = json_member(&response.body, "SecretString").ok_or("the secret has no text")?;
    // A secret's text is the app secret, or a JSON object that contains it.
    let member = json_member(text.as_bytes(), JSON_MEMBER);
    Ok(Secret::new(member.unwrap_or(text)))
}

fn json_member(json: &[u8], name: &str) -> Option<String> {
    let mut object: Map<String, Value> = serde_json::from_slice(json).ok()?;
    match object.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}
