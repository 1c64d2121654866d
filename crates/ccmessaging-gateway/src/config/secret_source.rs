//! Where a secret comes from.

use std::path::PathBuf;

use ccmessaging_client::Secret;

use super::ConfigError;
use super::settings::{self, Typed};
use super::vars::Vars;

/// Where a secret comes from: the app secret, or the key of the chat's tickets.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SecretSource {
    /// `APP_SECRET`, `CHAT_TICKET_KEY`: the value itself.
    Value(Secret),
    /// `APP_SECRET_FILE`, `CHAT_TICKET_KEY_FILE`: a file that contains it; white space around it is
    /// ignored.
    File(PathBuf),
    /// `APP_SECRET_ARN`, `CHAT_TICKET_KEY_ARN`: a secret of AWS Secrets Manager, read through the local
    /// HTTP endpoint of the Parameters and Secrets Lambda extension; white space around it is ignored.
    SecretsManager {
        /// The secret's name or ARN.
        id: String,
        /// `AWS_SESSION_TOKEN`, which authenticates the function to the extension.
        session_token: Secret,
        /// `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`.
        port: u16,
    },
}

impl SecretSource {
    /// Reads the source from the settings of a secret, of which at most one may be set. Also returns that
    /// setting's name.
    pub(super) fn from_vars(
        vars: &Vars,
        value: &Typed<Secret>,
        file: &Typed<PathBuf>,
        arn: &Typed<String>,
    ) -> Result<Option<(&'static str, Self)>, ConfigError> {
        // Read even if not needed, so that an invalid value is always reported.
        let port = vars.get(&settings::PARAMETERS_SECRETS_EXTENSION_HTTP_PORT)?;
        let secrets_manager = |id| {
            let token = vars.text("AWS_SESSION_TOKEN").ok_or_else(|| {
                let name = arn.setting.name;
                ConfigError::missing(
                    "AWS_SESSION_TOKEN",
                    format!("{name} only works on AWS Lambda, which sets this variable"),
                )
            })?;
            Ok(Self::SecretsManager {
                id,
                session_token: Secret::new(token),
                port,
            })
        };
        let sources = [
            (value.setting.name, vars.optional(value)?.map(Self::Value)),
            (file.setting.name, vars.optional(file)?.map(Self::File)),
            (
                arn.setting.name,
                vars.optional(arn)?.map(secrets_manager).transpose()?,
            ),
        ];
        let mut sources = sources
            .into_iter()
            .filter_map(|(name, source)| Some((name, source?)));
        match (sources.next(), sources.next()) {
            (Some((first, _)), Some((second, _))) => Err(ConfigError::invalid(
                second,
                format!("{first} is also set: set only one of them"),
            )),
            (source, _) => Ok(source),
        }
    }
}
