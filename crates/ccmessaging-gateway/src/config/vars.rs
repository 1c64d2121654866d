//! Reads settings from named variables and warns about variables without effect.

use std::collections::BTreeMap;

use ccmessaging_client::BaseUrl;

use super::ConfigError;
use super::settings::{self, SETTINGS, Scope, Setting, Typed};

/// Set by the Lambda platform for every runtime: the address of its API.
const LAMBDA_RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Variables that other programs read a proxy from.
const PROXY_VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The most letters by which a misspelt name differs from a setting's.
const MAX_TYPOS: usize = 2;

/// The variables, by name. An empty one counts as unset.
pub(super) struct Vars(BTreeMap<String, String>);

impl Vars {
    pub(super) fn new(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(vars.into_iter().collect())
    }

    /// The value of any variable.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?.trim();
        (!value.is_empty()).then_some(value)
    }

    pub(super) fn is_set<T>(&self, setting: &Typed<T>) -> bool {
        self.text(setting.setting.name).is_some()
    }

    /// The value of a setting that has a default.
    pub(super) fn get<T>(&self, typed: &Typed<T>) -> Result<T, ConfigError> {
        let name = typed.setting.name;
        let value = self.text(name).unwrap_or(typed.setting.default);
        // `environment` replaces invalid bytes by this character.
        if value.contains(char::REPLACEMENT_CHARACTER) {
            return Err(ConfigError::invalid(name, "it must be valid UTF-8"));
        }
        (typed.parse)(value).map_err(|remedy| ConfigError::invalid(name, remedy))
    }

    /// The value of a setting that may be unset.
    pub(super) fn optional<T>(&self, typed: &Typed<T>) -> Result<Option<T>, ConfigError> {
        self.is_set(typed).then(|| self.get(typed)).transpose()
    }

    /// A base URL: https, or http to this machine, or http anywhere if that is allowed.
    pub(super) fn url(&self, typed: &Typed<BaseUrl>) -> Result<Option<BaseUrl>, ConfigError> {
        let allow_http = self.get(&settings::UPSTREAM_ALLOW_HTTP)?;
        let url = self.optional(typed)?;
        match url {
            Some(url) if !url.is_encrypted() && !url.is_loopback() && !allow_http => {
                Err(ConfigError::invalid(
                    typed.setting.name,
                    "it must begin with https://, because it receives tokens; UPSTREAM_ALLOW_HTTP=true allows http",
                ))
            }
            url => Ok(url),
        }
    }

    pub(super) fn is_lambda(&self) -> bool {
        self.text(LAMBDA_RUNTIME_API).is_some()
    }

    /// Lists settings without effect on this platform, and names that are probably misspelt.
    pub(super) fn warnings(&self) -> Vec<String> {
        let set = SETTINGS
            .iter()
            .filter(|setting| self.text(setting.name).is_some());
        let without_effect = set.filter_map(|Setting { name, scope, .. }| match scope {
            Scope::Server | Scope::Connections if self.is_lambda() => {
                Some(format!("{name} has no effect on Lambda"))
            }
            Scope::Lambda if !self.is_lambda() => {
                Some(format!("{name} only has an effect on Lambda"))
            }
            _ => None,
        });
        let is_unknown = |name: &&String| SETTINGS.iter().all(|setting| setting.name != **name);
        let misspelt = self.0.keys().filter(is_unknown).filter_map(|name| {
            let near = SETTINGS
                .iter()
                .find(|setting| is_near(name, setting.name))?;
            Some(format!(
                "unknown setting {name}; did you mean {}?",
                near.name
            ))
        });
        let proxies = PROXY_VARIABLES
            .iter()
            .filter(|name| self.text(name).is_some())
            .map(|name| format!("{name} has no effect; the gateway connects directly"));
        without_effect.chain(misspelt).chain(proxies).collect()
    }
}

/// Compares lengths first: a distance takes a microsecond, and an environment has many variables.
fn is_near(name: &str, setting: &str) -> bool {
    name.len().abs_diff(setting.len()) <= MAX_TYPOS
        && strsim::damerau_levenshtein(name, setting) <= MAX_TYPOS
}
