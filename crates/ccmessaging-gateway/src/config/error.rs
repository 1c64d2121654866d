//! Why a configuration cannot be used.

use std::borrow::Cow;
use std::fmt;

/// A variable is missing or invalid. `Display` is one sentence without the value, which may be a
/// secret under the wrong name.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {what}: {remedy}")]
pub struct ConfigError {
    name: &'static str,
    what: &'static str,
    remedy: Cow<'static, str>,
}

// A `main` that returns the error prints its `Debug` output, which operators read.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl ConfigError {
    pub(super) fn missing(name: &'static str, remedy: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name,
            what: "is not set",
            remedy: remedy.into(),
        }
    }

    pub(super) fn invalid(name: &'static str, remedy: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name,
            what: "cannot be used",
            remedy: remedy.into(),
        }
    }

    /// The app key is not a valid header value.
    pub(crate) fn app_key() -> Self {
        Self::invalid("APP_KEY", "it must contain only visible ASCII characters")
    }

    /// The app secret's file cannot be used, for this reason.
    pub(crate) fn app_secret_file(reason: String) -> Self {
        Self::invalid("APP_SECRET_FILE", reason)
    }

    /// The file of the tickets' key cannot be used, for this reason.
    pub(crate) fn ticket_key_file(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::invalid("CHAT_TICKET_KEY_FILE", reason)
    }

    /// The problem: the variable's name, and that it is missing or cannot be used.
    #[must_use]
    pub fn problem(&self) -> String {
        format!("{} {}", self.name, self.what)
    }

    /// The remedy in one clause.
    #[must_use]
    pub fn remedy(&self) -> &str {
        &self.remedy
    }

    /// The variable's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}
