//! The credentials that the gateway itself holds.

use std::time::Duration;

use ccmessaging_client::Secret;

use super::vars::Vars;
use super::{ConfigError, SecretSource, settings};

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
        let source = SecretSource::from_vars(
            vars,
            &settings::APP_SECRET,
            &settings::APP_SECRET_FILE,
            &settings::APP_SECRET_ARN,
        )?;
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
