//! The typed configuration, read once from named variables.
//!
//! [`Config::from_vars`] reads the environment or any other list of variables. An invalid value stops
//! the start with a [`ConfigError`] that names the variable. An empty value counts as unset, because
//! deployment templates pass unset parameters as empty strings.

mod chat;
mod error;
mod managed;
mod scan;
mod secret_source;
mod settings;
mod values;
mod vars;

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use ccmessaging_client::{ClientConfig, Secret};
use ccmessaging_core::{Limits, Policy};
use ccmessaging_media::metadata::StripLevel;
use http::HeaderValue;
use tracing::level_filters::LevelFilter;

use chat::IdentityPolicy;
pub use chat::{ChatConfig, Identity};
pub use error::ConfigError;
pub use managed::{CallerPolicy, ManagedConfig};
pub use scan::{ClamdAddress, ScanConfig, ScanFailure};
pub use secret_source::SecretSource;
pub use settings::{SETTINGS, Scope, Setting};
pub(crate) use values::{split_ticket_keys, ticket_keys};
use vars::Vars;

/// Shorter timeouts are probably seconds in a setting of milliseconds.
const MIN_SENSIBLE_TIMEOUT: Duration = Duration::from_millis(100);

/// Everything that a deployment can set.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The address of the contact centre, and how to connect to it.
    pub client: ClientConfig,
    /// `UPSTREAM_TIMEOUT_MS`: the longest time from the first attempt of an upload to the last byte of
    /// the response.
    pub upstream_timeout: Duration,
    /// The gateway's own credentials; `None` forwards the caller's.
    pub managed: Option<ManagedConfig>,
    /// Limits of a request.
    pub request: RequestConfig,
    /// The validation policy.
    pub policy: Policy,
    /// The malware scan; `None` disables it.
    pub scan: Option<ScanConfig>,
    /// The chat's calls; `None` serves none of them.
    pub chat: Option<ChatConfig>,
    /// The origins that may call from a browser (`ALLOWED_ORIGINS`).
    pub allowed_origins: AllowedOrigins,
    /// `LISTEN_ADDRESS`: where the server listens.
    pub listen: SocketAddr,
    /// Limits of a server connection.
    pub connections: ConnectionConfig,
    /// The log.
    pub log: LogConfig,
    /// Where metrics are exported to.
    pub metrics: MetricsConfig,
    /// Whether the process is a Lambda function: its platform sets `AWS_LAMBDA_RUNTIME_API`.
    pub is_lambda: bool,
    /// Warnings about the variables, one sentence each: misspelt names, and settings without effect.
    pub warnings: Vec<String>,
}

/// Limits of a request.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RequestConfig {
    /// `MAX_BODY_BYTES`: the largest request body.
    pub max_body_bytes: usize,
    /// The memory for all request bodies together, counting received bytes: `MAX_BODY_MEMORY_BYTES`
    /// without that for the chat's responses.
    pub max_body_memory_bytes: usize,
    /// `MAX_UPLOADS_IN_FLIGHT`: how many uploads are sent to the upstream at once.
    pub max_uploads_in_flight: NonZeroUsize,
    /// `RECEIVE_TIMEOUT_MS`: the longest time to receive a whole request body.
    pub receive_timeout: Duration,
    /// `IDLE_TIMEOUT_MS`: the longest wait for the next bytes of a request body. After this time, the
    /// minimum average rate applies too.
    pub idle_timeout: Duration,
    /// `MIN_BODY_BYTES_PER_SECOND`: that rate.
    pub min_body_bytes_per_second: NonZeroU32,
    /// `STRIP_METADATA`: which metadata is removed from files.
    pub removal: Option<StripLevel>,
}

/// Limits of a server connection. Lambda has no connections.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ConnectionConfig {
    /// `MAX_CONNECTIONS`: how many are open at once. A further one replaces an idle one or the one
    /// with the slowest body, or waits.
    pub max_connections: NonZeroUsize,
    /// `HEAD_TIMEOUT_MS`: the longest wait for a request's head, from the start of the connection or
    /// the previous response. An idle connection is closed after it too.
    pub head_timeout: Duration,
    /// `IDLE_TIMEOUT_MS`: how long a client may leave a response unread.
    pub idle_timeout: Duration,
    /// `RECEIVE_TIMEOUT_MS`: the longest time to send a large response.
    pub send_timeout: Duration,
}

/// The origins whose pages may call the gateway from a browser (`ALLOWED_ORIGINS`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AllowedOrigins {
    /// None: responses have no CORS headers.
    #[default]
    None,
    /// Any origin (`*`).
    Any,
    /// These origins, as browsers send them in `Origin`.
    Only(Vec<HeaderValue>),
}

/// The level, the format and the contents of the log.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LogConfig {
    /// `LOG_LEVEL`.
    pub level: LevelFilter,
    /// `LOG_FORMAT`.
    pub format: LogFormat,
    /// `LOG_SHA256`: whether an upload's line contains the file's SHA-256.
    pub file_sha256: bool,
    /// `LOG_SESSION_KEY`: the key of the hash by which an upload's line names its session; `None` omits
    /// it.
    pub session_key: Option<Secret>,
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Text for a terminal.
    Text,
}

/// Where metrics are exported to; nowhere by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricsConfig {
    /// `METRICS_ADDRESS`: where the server serves them to Prometheus.
    pub address: Option<SocketAddr>,
    /// `METRICS_NAMESPACE`: the CloudWatch namespace of the lines that a Lambda function writes.
    pub namespace: Option<String>,
}

impl Config {
    /// Reads the configuration from named variables. Unknown names are ignored, with a
    /// [warning](Self::warnings) if one resembles a setting's name.
    ///
    /// # Errors
    ///
    /// A variable is missing, or its value cannot be used: the error names it.
    pub fn from_vars(
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let vars = Vars::new(vars);
        let base_url = vars.url(&settings::UPSTREAM_BASE_URL)?.ok_or_else(|| {
            ConfigError::missing(
                settings::UPSTREAM_BASE_URL.setting.name,
                "set it to the contact centre's address, such as https://service.besclouds.com",
            )
        })?;
        let mut client = ClientConfig::new(base_url);
        if let Some(url) = vars.url(&settings::TOKEN_BASE_URL)? {
            client.token_base_url = url;
        }
        client.ca_file = vars.optional(&settings::UPSTREAM_CA_FILE)?;
        client.connect_timeout = vars.get(&settings::UPSTREAM_CONNECT_TIMEOUT_MS)?;
        let upstream_timeout = vars.get(&settings::UPSTREAM_TIMEOUT_MS)?;
        let removal = vars.get(&settings::STRIP_METADATA)?;
        let max_body_bytes = vars.get(&settings::MAX_BODY_BYTES)?;
        let max_uploads_in_flight = vars.get(&settings::MAX_UPLOADS_IN_FLIGHT)?;
        let max_body_memory_bytes = vars.optional(&settings::MAX_BODY_MEMORY_BYTES)?;
        if max_body_memory_bytes.is_some_and(|bytes| bytes < max_body_bytes) {
            return Err(ConfigError::invalid(
                settings::MAX_BODY_MEMORY_BYTES.setting.name,
                "it must be at least MAX_BODY_BYTES, so that it can hold one body",
            ));
        }
        let memory_bytes = max_body_memory_bytes
            .unwrap_or_else(|| max_body_bytes.saturating_mul(max_uploads_in_flight.get()));
        let managed = ManagedConfig::from_vars(&vars, upstream_timeout)?;
        // Uploads and responses do not share memory, so that neither starves the other.
        let chat = ChatConfig::from_vars(&vars, managed.as_ref(), memory_bytes / 4)?;
        let response_memory_bytes = chat.as_ref().map_or(0, |chat| {
            chat.download_memory_bytes + chat.message_memory_bytes
        });
        if memory_bytes - response_memory_bytes < max_body_bytes {
            return Err(ConfigError::invalid(
                settings::MAX_BODY_MEMORY_BYTES.setting.name,
                "CHAT_CALLS is set: set it to at least twice MAX_BODY_BYTES, so that half of it can hold one body",
            ));
        }
        let request = RequestConfig {
            max_body_bytes,
            max_body_memory_bytes: memory_bytes - response_memory_bytes,
            max_uploads_in_flight,
            receive_timeout: vars.get(&settings::RECEIVE_TIMEOUT_MS)?,
            idle_timeout: vars.get(&settings::IDLE_TIMEOUT_MS)?,
            min_body_bytes_per_second: vars.get(&settings::MIN_BODY_BYTES_PER_SECOND)?,
            removal,
        };
        let listen = vars.get(&settings::LISTEN_ADDRESS)?;
        let metrics = MetricsConfig {
            address: vars.optional(&settings::METRICS_ADDRESS)?,
            namespace: vars.optional(&settings::METRICS_NAMESPACE)?,
        };
        if !vars.is_lambda()
            && metrics
                .address
                .is_some_and(|metrics| conflict(listen, metrics))
        {
            return Err(ConfigError::invalid(
                settings::METRICS_ADDRESS.setting.name,
                "LISTEN_ADDRESS has the same port: set another port",
            ));
        }
        let mut config = Self {
            chat,
            managed,
            client,
            upstream_timeout,
            request,
            policy: read_policy(&vars)?,
            scan: ScanConfig::from_vars(&vars)?,
            allowed_origins: vars
                .optional(&settings::ALLOWED_ORIGINS)?
                .unwrap_or_default(),
            listen,
            connections: ConnectionConfig {
                max_connections: vars.get(&settings::MAX_CONNECTIONS)?,
                head_timeout: vars.get(&settings::HEAD_TIMEOUT_MS)?,
                idle_timeout: request.idle_timeout,
                send_timeout: request.receive_timeout,
            },
            log: LogConfig {
                level: vars.get(&settings::LOG_LEVEL)?,
                format: vars.get(&settings::LOG_FORMAT)?,
                file_sha256: vars.get(&settings::LOG_SHA256)?,
                session_key: vars.optional(&settings::LOG_SESSION_KEY)?,
            },
            metrics,
            is_lambda: vars.is_lambda(),
            warnings: vars.warnings(),
        };
        let timeouts = config.timeout_warnings();
        config.warnings.extend(timeouts);
        Ok(config)
    }

    /// Warns about timeouts that were probably meant otherwise.
    fn timeout_warnings(&self) -> Vec<String> {
        let upstream = ("UPSTREAM_TIMEOUT_MS", self.upstream_timeout);
        let connect = ("UPSTREAM_CONNECT_TIMEOUT_MS", self.client.connect_timeout);
        let scan = self.scan.as_ref().map(|scan| scan.timeout);
        let scan = ("SCAN_TIMEOUT_MS", scan.unwrap_or_default());
        let receive = ("RECEIVE_TIMEOUT_MS", self.request.receive_timeout);
        let idle = ("IDLE_TIMEOUT_MS", self.request.idle_timeout);
        let head = ("HEAD_TIMEOUT_MS", self.connections.head_timeout);
        let all = [upstream, connect, scan, receive, idle, head];
        let short = all.into_iter().filter_map(|(name, time)| {
            let is_short = !time.is_zero() && time < MIN_SENSIBLE_TIMEOUT;
            is_short.then(|| format!("{name} is only {} milliseconds", time.as_millis()))
        });
        let within = [connect, scan].into_iter().filter_map(|(name, time)| {
            let is_long = time > upstream.1;
            is_long.then(|| format!("{name} exceeds UPSTREAM_TIMEOUT_MS, which expires first"))
        });
        short.chain(within).collect()
    }

    /// Reads the configuration from the environment of this process.
    ///
    /// # Errors
    ///
    /// A variable is missing, or its value cannot be used: the error names it.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_vars(environment())
    }

    /// Reads only the settings of [`policy`](Self::policy), for tools without an upstream.
    ///
    /// # Errors
    ///
    /// The value of one of them cannot be used.
    pub fn policy_from_vars(
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Policy, ConfigError> {
        read_policy(&Vars::new(vars))
    }

    /// Reads only `STRIP_METADATA`, for the same tools.
    ///
    /// # Errors
    ///
    /// Its value cannot be used.
    pub fn removal_from_vars(
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Option<StripLevel>, ConfigError> {
        Vars::new(vars).get(&settings::STRIP_METADATA)
    }

    /// Reads only `LISTEN_ADDRESS`, for health checks.
    ///
    /// # Errors
    ///
    /// Its value cannot be used.
    pub fn listen_address(
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> Result<SocketAddr, ConfigError> {
        Vars::new(vars).get(&settings::LISTEN_ADDRESS)
    }
}

/// Whether two servers cannot listen on both addresses.
fn conflict(one: SocketAddr, other: SocketAddr) -> bool {
    let is_everywhere = |address: SocketAddr| address.ip().is_unspecified();
    one.port() == other.port()
        && one.port() != 0
        && (one.ip() == other.ip() || is_everywhere(one) || is_everywhere(other))
}

/// Returns the environment of this process for [`Config::from_vars`]. Names that are not UTF-8 are left
/// out, since no setting has one. Values that are not are converted lossily, and rejected if a setting
/// has them.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| {
        let value = value.to_string_lossy().into_owned();
        Some((name.into_string().ok()?, value))
    })
}

fn read_policy(vars: &Vars) -> Result<Policy, ConfigError> {
    let mut limits = Limits::default();
    limits.image_bytes = vars.get(&settings::MAX_IMAGE_BYTES)?;
    limits.audio_bytes = vars.get(&settings::MAX_AUDIO_BYTES)?;
    limits.video_bytes = vars.get(&settings::MAX_VIDEO_BYTES)?;
    limits.text_bytes = vars.get(&settings::MAX_TEXT_BYTES)?;
    let bmp_spelling = vars.get(&settings::BMP_SPELLING)?;
    Ok(Policy::default()
        .with_limits(limits)
        .with_bmp_spelling(bmp_spelling)
        .with_convert_media(vars.get(&settings::CONVERT_MEDIA)?))
}
