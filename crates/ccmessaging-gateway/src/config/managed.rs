//! The credentials that the gateway itself holds.

use std::path::PathBuf;
use std::time::Duration;

use ccmessaging_client::Secret;

use super::vars::Vars;
use super::{ConfigError, settings};

/// The gateway's own credentials: it obtains the access token and sends both headers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ManagedConfig {
    /// `APP_KEY`.
    pub app_key: Secret,
    /// Where the app secret is read from.
    pub app_secret: SecretSource,
    /// `UPSTREAM_TIMEOUT_MS`: the longest that obtaining an access token may take.
    pub token_timeout: Duration,
    /// `TOKEN_LIFETIME_SECONDS`: the requested lifetime, at most an hour.
    pub token_lifetime: Duration,
    /// `CALLER_CREDENTIALS`: whether credentials from a caller are used.
    pub caller: CallerPolicy,
}

/// Where the app secret comes from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SecretSource {
    /// `APP_SECRET`: the value itself.
    Value(Secret),
    /// `APP_SECRET_FILE`: a file that contains it; white space around it is ignored.
    File(PathBuf),
    /// `APP_SECRET_ARN`: a secret of AWS Secrets Manager, read through the local HTTP endpoint of
    /// the Parameters and Secrets Lambda extension.
    SecretsManager {
        /// The secret's name or ARN.
        id: String,
        /// `AWS_SESSION_TOKEN`, which authenticates the function to the extension.
        session_token: Secret,
        /// `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`.
        port: u16,
    },
}

/// Whose credentials are sent when the gateway has its own and the caller sends some too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallerPolicy {
    /// The gateway's; the caller's are ignored. The default, because a caller must not choose the
    /// account that a deployment pays for.
    Ignored,
    /// The caller's, if both headers are present.
    Preferred,
}

impl ManagedConfig {
    /// Reads the gateway's own credentials, if any are set.
    pub(super) fn from_vars(
        vars: &Vars,
        token_timeout: Duration,
    ) -> Result<Option<Self>, ConfigError> {
        // Read even if not needed, so that an invalid value is always reported.
        let token_lifetime = vars.get(&settings::TOKEN_LIFETIME_SECONDS)?;
        let caller = vars.get(&settings::CALLER_CREDENTIALS)?;
        let app_key = vars.optional(&settings::APP_KEY)?;
        let mut sources = secret_sources(vars)?.into_iter();
        let source = match (sources.next(), sources.next()) {
            (Some((first, _)), Some((second, _))) => {
                return Err(ConfigError::invalid(
                    second,
                    format!("{first} is also set: set only one of them"),
                ));
            }
            (source, _) => source,
        };
        match (app_key, source) {
            (None, None) => Ok(None),
            (Some(app_key), Some((_, app_secret))) => Ok(Some(Self {
                app_key,
                app_secret,
                token_timeout,
                token_lifetime,
                caller,
            })),
            (None, Some((name, _))) => Err(ConfigError::missing(
                settings::APP_KEY.setting.name,
                format!("{name} is set: also set the app key that it belongs to"),
            )),
            (Some(_), None) => Err(ConfigError::missing(
                settings::APP_SECRET.setting.name,
                "APP_KEY is set: also set APP_SECRET, APP_SECRET_FILE or APP_SECRET_ARN",
            )),
        }
    }
}

/// Returns every source that is set, with the name of its variable.
fn secret_sources(vars: &Vars) -> Result<Vec<(&'static str, SecretSource)>, ConfigError> {
    let port = vars.get(&settings::PARAMETERS_SECRETS_EXTENSION_HTTP_PORT)?;
    let value = vars.optional(&settings::APP_SECRET)?;
    let file = vars.optional(&settings::APP_SECRET_FILE)?;
    let id = vars.optional(&settings::APP_SECRET_ARN)?;
    let secrets_manager = id.map(|id| {
        let token = vars.text("AWS_SESSION_TOKEN").ok_or_else(|| {
            ConfigError::missing(
                "AWS_SESSION_TOKEN",
                "APP_SECRET_ARN only works on AWS Lambda, which sets this variable",
            )
        })?;
        Ok(SecretSource::SecretsManager {
            id,
            session_token: Secret::new(token),
            port,
        })
    });
    Ok([
        (
            settings::APP_SECRET.setting.name,
            value.map(SecretSource::Value),
        ),
        (
            settings::APP_SECRET_FILE.setting.name,
            file.map(SecretSource::File),
        ),
        (
            settings::APP_SECRET_ARN.setting.name,
            secrets_manager.transpose()?,
        ),
    ]
    .into_iter()
    .filter_map(|(name, source)| Some((name, source?)))
    .collect())
}
