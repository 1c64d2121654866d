//! The typed configuration, read once from named variables.
//!
//! [`Config::from_vars`] takes the variables from anywhere, the environment or a test's table. A
//! value that cannot be used stops the start with a [`ConfigError`] that names the variable. An
//! empty value counts as unset, because deployment templates pass unset parameters that way.

mod base_url;
mod connections;
mod error;
mod log;
mod managed;
mod metrics;
mod origins;
mod policy;
mod request;
mod upstream;
mod vars;

use std::net::{Ipv4Addr, SocketAddr};

use ccmessaging_core::Policy;

pub use base_url::BaseUrl;
pub use connections::ConnectionConfig;
pub use error::ConfigError;
pub use log::{LogConfig, LogFormat};
pub use managed::{CallerCredentials, ManagedConfig, SecretSource};
pub use metrics::MetricsConfig;
pub use origins::AllowedOrigins;
pub use request::{RequestConfig, Streaming};
pub use upstream::UpstreamConfig;
use vars::Vars;

/// Everything that a deployment can set.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the upstream is and how it is reached.
    pub upstream: UpstreamConfig,
    /// The credentials that the gateway itself holds; `None` passes the caller's through.
    pub managed: Option<ManagedConfig>,
    /// What a request may cost.
    pub request: RequestConfig,
    /// What is validated.
    pub policy: Policy,
    /// Whose pages may call from a browser (`ALLOWED_ORIGINS`): none unless set.
    pub allowed_origins: AllowedOrigins,
    /// Where server mode listens (`LISTEN_ADDRESS`). FunctionGraph calls 127.0.0.1:8000.
    pub listen: SocketAddr,
    /// What a connection of server mode may cost.
    pub connections: ConnectionConfig,
    /// What is logged.
    pub log: LogConfig,
    /// Where metrics go.
    pub metrics: MetricsConfig,
}

impl Config {
    /// Reads the configuration from named variables; names that it does not know are left alone.
    ///
    /// # Errors
    ///
    /// A variable is missing, or its value cannot be used: the error names it.
    pub fn from_vars<I>(vars: I) -> Result<Self, ConfigError>
    where
        I: IntoIterator<Item = (String, String)>,
    {
        let vars = Vars::new(vars);
        let upstream = UpstreamConfig::from_vars(&vars)?;
        let request = RequestConfig::from_vars(&vars)?;
        Ok(Self {
            managed: ManagedConfig::from_vars(&vars, &upstream)?,
            upstream,
            request,
            policy: policy::from_vars(&vars)?,
            allowed_origins: AllowedOrigins::from_vars(&vars)?,
            listen: vars.parsed(
                "LISTEN_ADDRESS",
                SocketAddr::from((Ipv4Addr::LOCALHOST, 8000)),
                "an address and port, such as 127.0.0.1:8000",
            )?,
            connections: ConnectionConfig::from_vars(&vars, &request)?,
            log: LogConfig::from_vars(&vars)?,
            metrics: MetricsConfig::from_vars(&vars)?,
        })
    }
}
