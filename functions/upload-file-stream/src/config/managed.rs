//! The credentials that the gateway itself holds.

use std::path::PathBuf;
use std::time::Duration;

use super::vars::Vars;
use super::{BaseUrl, ConfigError, UpstreamConfig};
use crate::Secret;

/// The longest lifetime that `tokenByAkSk` grants.
const MAX_TOKEN_LIFETIME_SECONDS: u64 = 3600;

const DEFAULT_EXTENSION_PORT: u16 = 2773;

/// The gateway's own credentials: it obtains the access token and sends both headers.
#[derive(Clone, Debug)]
pub struct ManagedConfig {
    /// `APP_KEY`.
    pub app_key: Secret,
    /// Where the app secret is read from.
    pub app_secret: SecretSource,
    /// `TOKEN_BASE_URL`: where `tokenByAkSk` is; the upstream itself unless set.
    pub token_base_url: BaseUrl,
    /// `UPSTREAM_TIMEOUT_MS`: the longest that a call of the token service may take.
    pub token_timeout: Duration,
    /// `TOKEN_LIFETIME_SECONDS`: the lifetime that is asked for, at most an hour.
    pub token_lifetime: Duration,
    /// `CALLER_CREDENTIALS`: what happens to credentials that a caller sends all the same.
    pub caller_credentials: CallerCredentials,
}

/// Where the app secret comes from.
#[derive(Clone, Debug)]
pub enum SecretSource {
    /// `APP_SECRET`: the value itself.
    Value(Secret),
    /// `APP_SECRET_FILE`: a file that holds it; white space around it is ignored.
    File(PathBuf),
    /// `APP_SECRET_ARN`: a secret of AWS Secrets Manager, read through the local HTTP endpoint of
    /// the Parameters and Secrets Lambda extension.
    SecretsManager {
        /// The secret's name or ARN.
        id: String,
        /// `AWS_SESSION_TOKEN`, by which the extension knows the function.
        session_token: Secret,
        /// `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`, 2773 unless set.
        port: u16,
    },
}

/// Whose credentials are sent when the gateway has its own and the caller sends some too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerCredentials {
    /// The gateway's: what the caller sends is ignored. The default, because a caller must not
    /// choose the account that a deployment pays for.
    Ignored,
    /// The caller's, if both headers are there.
    Preferred,
}

impl ManagedConfig {
    /// Reads them, if there are any.
    pub(super) fn from_vars(
        vars: &Vars,
        upstream: &UpstreamConfig,
    ) -> Result<Option<Self>, ConfigError> {
        // Read even if they turn out not to be needed: a value that cannot be used is always said.
        let token_base_url = vars.base_url("TOKEN_BASE_URL")?;
        let token_lifetime = Duration::from_secs(vars.within(
            "TOKEN_LIFETIME_SECONDS",
            MAX_TOKEN_LIFETIME_SECONDS,
            1..=MAX_TOKEN_LIFETIME_SECONDS,
        )?);
        let caller_credentials = vars.choice(
            "CALLER_CREDENTIALS",
            &[
                ("ignored", CallerCredentials::Ignored),
                ("preferred", CallerCredentials::Preferred),
            ],
        )?;
        let extension_port = vars.parsed(
            "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
            DEFAULT_EXTENSION_PORT,
            "a port number",
        )?;
        let sources = ["APP_SECRET", "APP_SECRET_FILE", "APP_SECRET_ARN"];
        let set: Vec<&str> = sources
            .into_iter()
            .filter(|name| vars.text(name).is_some())
            .collect();
        let (app_key, name) = match (vars.text("APP_KEY"), set.as_slice()) {
            (None, []) => return Ok(None),
            (Some(key), [name]) => (key, *name),
            (None, [name, ..]) => {
                return Err(ConfigError::missing(
                    "APP_KEY",
                    format!("{name} is set: set the app key that it belongs to as well"),
                ));
            }
            (Some(_), []) => {
                return Err(ConfigError::missing(
                    "APP_SECRET",
                    "APP_KEY is set: set APP_SECRET, APP_SECRET_FILE or APP_SECRET_ARN as well",
                ));
            }
            (Some(_), [first, second, ..]) => {
                return Err(ConfigError::invalid(
                    second,
                    format!("{first} is set too: set only one of them"),
                ));
            }
        };
        Ok(Some(Self {
            app_key: header_safe("APP_KEY", app_key)?,
            app_secret: secret_source(vars, name, extension_port)?,
            token_base_url: token_base_url.unwrap_or_else(|| upstream.base_url.clone()),
            token_timeout: upstream.timeout,
            token_lifetime,
            caller_credentials,
        }))
    }
}

fn secret_source(vars: &Vars, name: &'static str, port: u16) -> Result<SecretSource, ConfigError> {
    let value = vars.text(name).unwrap_or_default().to_owned();
    match name {
        "APP_SECRET" => Ok(SecretSource::Value(Secret::new(value))),
        "APP_SECRET_FILE" => Ok(SecretSource::File(PathBuf::from(value))),
        _ => Ok(SecretSource::SecretsManager {
            id: value,
            session_token: vars
                .text("AWS_SESSION_TOKEN")
                .map(|token| Secret::new(token.to_owned()))
                .ok_or_else(|| {
                    ConfigError::missing(
                        "AWS_SESSION_TOKEN",
                        "APP_SECRET_ARN works only where AWS Lambda sets this variable",
                    )
                })?,
            port,
        }),
    }
}

/// The app key is sent as a header's value.
fn header_safe(name: &'static str, value: &str) -> Result<Secret, ConfigError> {
    if value.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(Secret::new(value.to_owned()))
    } else {
        Err(ConfigError::invalid(
            name,
            "it may hold visible ASCII characters only",
        ))
    }
}
