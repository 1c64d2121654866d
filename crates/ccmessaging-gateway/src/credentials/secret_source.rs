//! Reads a secret from its configured source.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ccmessaging_client::{Deadline, Secret};
use http::header::HeaderMap;
use http::{HeaderName, StatusCode, Uri};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::config::SecretSource;
use crate::local_http;

const EXTENSION_TOKEN: HeaderName = HeaderName::from_static("x-aws-parameters-secrets-token");

/// No secret contains a control character; a file of several lines does.
const NO_CONTROL_CHARACTERS: &str = "the secret contains a line break or another control character";

/// The longest file that is read. Secrets have less than 100 bytes.
const MAX_FILE_BYTES: usize = 64 * 1024;

/// Reads the secret. `name` is the name of its setting; with `_FILE` and `_ARN`, those of the other settings;
/// in lower case, that of its member if the secret in Secrets Manager is a JSON object. The error is a phrase for
/// the operator that begins with the setting.
pub(crate) async fn read(
    source: &SecretSource,
    name: &'static str,
    deadline: Deadline,
) -> Result<Secret, String> {
    let (suffix, secret) = match source {
        SecretSource::Value(secret) => ("", Ok(secret.clone())),
        SecretSource::File(path) => ("_FILE", read_file(path.clone(), deadline).await),
        SecretSource::SecretsManager {
            id,
            session_token,
            port,
        } => {
            let text = ask_extension(id, session_token, *port, deadline).await;
            let secret = text
                .map(|text| json_member(text.as_bytes(), &name.to_lowercase()).unwrap_or(text))
                .map(|text| Secret::new(text.trim()));
            ("_ARN", secret)
        }
    };
    let secret = secret.and_then(check);
    secret.map_err(|reason| format!("{name}{suffix}: {reason}"))
}

fn check(secret: Secret) -> Result<Secret, String> {
    match secret.expose() {
        "" => Err("the secret is empty".to_owned()),
        text if text.contains(char::is_control) => Err(NO_CONTROL_CHARACTERS.to_owned()),
        _ => Ok(secret),
    }
}

/// Reads a file on a thread for blocking calls: a file of a network file system may take long.
async fn read_file(path: PathBuf, deadline: Deadline) -> Result<Secret, String> {
    let read = tokio::task::spawn_blocking(move || read_file_blocking(&path));
    match deadline.timeout(read).await {
        None => Err("the file could not be read in time".to_owned()),
        Some(Err(_)) => Err("the file could not be read".to_owned()),
        Some(Ok(secret)) => secret,
    }
}

/// Reads a file that must be regular, not empty, and at most [`MAX_FILE_BYTES`] long. The error is a
/// phrase without the path.
pub(crate) fn read_file_blocking(path: &Path) -> Result<Secret, String> {
    let unreadable = |error: io::Error| format!("the file cannot be read: {error}");
    // Before opening it: opening a pipe would wait for its writer.
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err("it is not a regular file; store the secret in one".to_owned());
    }
    // Large enough, so that it is not moved to another place, which would leave a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(2 * MAX_FILE_BYTES));
    File::open(path)
        .and_then(|file| {
            file.take(MAX_FILE_BYTES as u64 + 1)
                .read_to_string(&mut text)
        })
        .map_err(unreadable)?;
    if text.len() > MAX_FILE_BYTES {
        return Err("the file is longer than 64 KiB; store only the secret in it".to_owned());
    }
    match text.trim() {
        "" => Err("the file is empty; store the secret in it".to_owned()),
        secret if secret.contains(char::is_control) => Err(NO_CONTROL_CHARACTERS.to_owned()),
        secret => Ok(Secret::new(secret)),
    }
}

/// `GET /secretsmanager/get?secretId=…` on the extension's local port. Returns the secret's text.
async fn ask_extension(
    id: &str,
    session_token: &Secret,
    port: u16,
    deadline: Deadline,
) -> Result<String, String> {
    let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
    let uri = format!("http://localhost:{port}/secretsmanager/get?secretId={id}");
    let uri: Uri = uri.parse().map_err(|_| "it is not a valid secret name")?;
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
    json_member(&response.body, "SecretString").ok_or_else(|| "the secret has no text".to_owned())
}

fn json_member(json: &[u8], name: &str) -> Option<String> {
    let mut object: Map<String, Value> = serde_json::from_slice(json).ok()?;
    match object.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}
