//! Reading typed values from named variables.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use super::{BaseUrl, ConfigError};

/// The longest time that any wait can be set to: an hour.
const LONGEST_MS: u64 = 3_600_000;

/// The largest size that any limit can be set to: 1 GiB.
const LARGEST_BYTES: u64 = 1 << 30;

/// The variables, by name. An empty one counts as unset.
pub(super) struct Vars(HashMap<String, String>);

impl Vars {
    pub(super) fn new(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(vars.into_iter().collect())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// A value of any type that reads itself from text; `expected` completes "it must be".
    pub(super) fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        default: T,
        expected: &str,
    ) -> Result<T, ConfigError> {
        Ok(self.optional(name, expected)?.unwrap_or(default))
    }

    /// The same for a value that may be unset.
    pub(super) fn optional<T: FromStr>(
        &self,
        name: &'static str,
        expected: &str,
    ) -> Result<Option<T>, ConfigError> {
        self.text(name)
            .map(str::parse)
            .transpose()
            .map_err(|_| ConfigError::invalid(name, format!("it must be {expected}")))
    }

    /// A whole number within a range.
    pub(super) fn within(
        &self,
        name: &'static str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Result<u64, ConfigError> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        let number = self.parsed(name, default, &expected)?;
        if range.contains(&number) {
            Ok(number)
        } else {
            Err(ConfigError::invalid(name, format!("it must be {expected}")))
        }
    }

    pub(super) fn milliseconds(
        &self,
        name: &'static str,
        default: Duration,
    ) -> Result<Duration, ConfigError> {
        let default = u64::try_from(default.as_millis()).unwrap_or(LONGEST_MS);
        self.within(name, default, 1..=LONGEST_MS)
            .map(Duration::from_millis)
    }

    pub(super) fn size(&self, name: &'static str, default: usize) -> Result<usize, ConfigError> {
        let bytes = self.within(name, default as u64, 1..=LARGEST_BYTES)?;
        Ok(usize::try_from(bytes).unwrap_or(usize::MAX))
    }

    /// A number of things, at least one.
    pub(super) fn count(
        &self,
        name: &'static str,
        default: usize,
        most: usize,
    ) -> Result<usize, ConfigError> {
        let count = self.within(name, default as u64, 1..=most as u64)?;
        Ok(usize::try_from(count).unwrap_or(most))
    }

    /// One of several named values, the first of which is the default. Letter case is ignored.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &'static str,
        choices: &[(&str, T)],
    ) -> Result<T, ConfigError> {
        let wanted = self.text(name);
        choices
            .iter()
            .find(|(choice, _)| wanted.is_none_or(|wanted| choice.eq_ignore_ascii_case(wanted)))
            .map(|&(_, value)| value)
            .ok_or_else(|| {
                let names: Vec<&str> = choices.iter().map(|(choice, _)| *choice).collect();
                ConfigError::invalid(name, format!("it must be one of {}", names.join(", ")))
            })
    }

    /// A base URL: https, or http to this machine, or http anywhere if that is allowed.
    pub(super) fn base_url(&self, name: &'static str) -> Result<Option<BaseUrl>, ConfigError> {
        let Some(value) = self.text(name) else {
            return Ok(None);
        };
        let allow_http = self.choice("UPSTREAM_ALLOW_HTTP", &[("false", false), ("true", true)])?;
        let url = BaseUrl::parse(value).map_err(|problem| ConfigError::invalid(name, problem))?;
        if url.is_encrypted() || url.is_loopback() || allow_http {
            Ok(Some(url))
        } else {
            Err(ConfigError::invalid(
                name,
                "it must begin with https:// (tokens travel in it); UPSTREAM_ALLOW_HTTP=true allows http",
            ))
        }
    }
}
