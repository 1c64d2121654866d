//! Reads settings from named variables, and finds what an operator should know of the rest.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use ccmessaging_client::BaseUrl;

use super::ConfigError;
use super::settings::{self, SETTINGS, Scope, Setting, Typed};

/// Set by the Lambda platform for every runtime: the address of its API.
const LAMBDA_RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// A name is nearly a setting's if it takes at most so many letters to correct it.
const NEAR: usize = 2;

/// The variables, by name. An empty one counts as unset.
pub(super) struct Vars {
    values: BTreeMap<String, String>,
    /// The settings that were asked for.
    read: RefCell<BTreeSet<&'static str>>,
}

impl Vars {
    pub(super) fn new(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            values: vars.into_iter().collect(),
            read: RefCell::default(),
        }
    }

    /// A variable of the platform's.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let value = self.values.get(name)?.trim();
        (!value.is_empty()).then_some(value)
    }

    pub(super) fn is_set<T>(&self, setting: &Typed<T>) -> bool {
        self.text(setting.setting.name).is_some()
    }

    /// The value of a setting that has a default.
    pub(super) fn get<T>(&self, typed: &Typed<T>) -> Result<T, ConfigError> {
        let name = typed.setting.name;
        self.read.borrow_mut().insert(name);
        let value = self.text(name).unwrap_or(typed.setting.default);
        (typed.parse)(value).map_err(|remedy| ConfigError::invalid(name, remedy))
    }

    /// The value of a setting that may be unset.
    pub(super) fn optional<T>(&self, typed: &Typed<T>) -> Result<Option<T>, ConfigError> {
        if self.is_set(typed) {
            return self.get(typed).map(Some);
        }
        self.read.borrow_mut().insert(typed.setting.name);
        Ok(None)
    }

    /// A base URL: https, or http to this machine, or http anywhere if that is allowed.
    pub(super) fn url(&self, typed: &Typed<BaseUrl>) -> Result<Option<BaseUrl>, ConfigError> {
        let allow_http = self.get(&settings::UPSTREAM_ALLOW_HTTP)?;
        let url = self.optional(typed)?;
        match url {
            Some(url) if !url.is_encrypted() && !url.is_loopback() && !allow_http => {
                Err(ConfigError::invalid(
                    typed.setting.name,
                    "it must begin with https:// (tokens travel in it); UPSTREAM_ALLOW_HTTP=true allows http",
                ))
            }
            url => Ok(url),
        }
    }

    pub(super) fn is_lambda(&self) -> bool {
        self.text(LAMBDA_RUNTIME_API).is_some()
    }

    /// What an operator should know, after everything was read.
    pub(super) fn notices(&self) -> Vec<String> {
        let set = |setting: &&Setting| self.text(setting.name).is_some();
        let read = self.read.borrow();
        let without_effect = SETTINGS.iter().filter(set).filter_map(|setting| {
            let name = setting.name;
            match setting.scope {
                _ if !read.contains(name) => Some(format!("{name} is set, but nothing reads it")),
                Scope::Server | Scope::Connections if self.is_lambda() => {
                    Some(format!("{name} is set, but does not count on Lambda"))
                }
                Scope::Lambda if !self.is_lambda() => {
                    Some(format!("{name} is set, but counts on Lambda only"))
                }
                _ => None,
            }
        });
        let is_unknown = |name: &&String| SETTINGS.iter().all(|setting| setting.name != **name);
        let nearly = self.values.keys().filter(is_unknown).filter_map(|name| {
            let near = SETTINGS
                .iter()
                .find(|setting| is_near(name, setting.name))?;
            Some(format!(
                "{name} is no setting; {} is the nearest one",
                near.name
            ))
        });
        without_effect.chain(nearly).collect()
    }
}

/// Most pairs differ by their lengths, and the distance takes a microsecond.
fn is_near(name: &str, setting: &str) -> bool {
    name.len().abs_diff(setting.len()) <= NEAR && strsim::damerau_levenshtein(name, setting) <= NEAR
}
