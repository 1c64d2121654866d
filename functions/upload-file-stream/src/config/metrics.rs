//! Where metrics go.

use std::net::SocketAddr;

use super::ConfigError;
use super::vars::Vars;

/// The longest name that CloudWatch takes for a namespace.
const LONGEST_NAMESPACE: usize = 255;

/// Where metrics go: nowhere, unless it is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricsConfig {
    /// `METRICS_ADDRESS`: where server mode serves them to Prometheus.
    pub address: Option<SocketAddr>,
    /// `METRICS_NAMESPACE`: the CloudWatch namespace of the lines that a Lambda function writes.
    pub namespace: Option<String>,
}

impl MetricsConfig {
    pub(super) fn from_vars(vars: &Vars) -> Result<Self, ConfigError> {
        Ok(Self {
            address: vars.optional(
                "METRICS_ADDRESS",
                "an address and port, such as 127.0.0.1:9000",
            )?,
            namespace: namespace("METRICS_NAMESPACE", vars)?,
        })
    }
}

fn namespace(name: &'static str, vars: &Vars) -> Result<Option<String>, ConfigError> {
    let Some(text) = vars.text(name) else {
        return Ok(None);
    };
    let is_namespace = text.len() <= LONGEST_NAMESPACE
        && !text.starts_with("AWS/")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-/#:".contains(&byte));
    if is_namespace {
        Ok(Some(text.to_owned()))
    } else {
        Err(ConfigError::invalid(
            name,
            "it must be a CloudWatch namespace: at most 255 letters, digits and ._-/#:, not beginning with AWS/",
        ))
    }
}
