//! The typed configuration, read once from named variables.
//!
//! [`Config::from_vars`] takes the variables from anywhere, the environment or a test's table. A
//! value that cannot be used stops the start with a [`ConfigError`] that names the variable. An
//! empty value counts as unset, because deployment templates pass unset parameters that way.

mod base_url;
mod connections;
mod error;
mod metrics;
mod origins;
mod vars;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ccmessaging_core::{BmpSpelling, Limits, Policy};

pub use base_url::BaseUrl;
pub use connections::ConnectionConfig;
pub use error::ConfigError;
pub use metrics::MetricsConfig;
pub use origins::AllowedOrigins;
use vars::Vars;

use crate::Secret;

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

/// The upstream that every upload goes to.
#[derive(Clone, Debug)]
pub struct UpstreamConfig {
    /// `UPSTREAM_BASE_URL`: scheme and host, with a path prefix if there is one.
    pub base_url: BaseUrl,
    /// `UPSTREAM_CA_FILE`: a PEM file with certificates to trust besides the public ones.
    pub ca_file: Option<PathBuf>,
    /// `UPSTREAM_CONNECT_TIMEOUT_MS`: the longest wait for one TCP connection.
    pub connect_timeout: Duration,
    /// `UPSTREAM_TIMEOUT_MS`: the longest that an upload may take from its first attempt to the
    /// last byte of the answer.
    pub timeout: Duration,
}

/// The gateway's own credentials: it obtains the access token and sends both headers.
#[derive(Clone, Debug)]
pub struct ManagedConfig {
    /// `APP_KEY`.
    pub app_key: Secret,
    /// Where the app secret is read from.
    pub app_secret: SecretSource,
    /// `TOKEN_BASE_URL`: where `tokenByAkSk` is; the upstream itself unless set.
    pub token_base_url: BaseUrl,
    /// `UPSTREAM_TIMEOUT_MS`: the longest that a call of the token service may take.
    pub token_timeout: Duration,
    /// `TOKEN_LIFETIME_SECONDS`: the lifetime that is asked for, at most an hour.
    pub token_lifetime: Duration,
    /// `CALLER_CREDENTIALS`: what happens to credentials that a caller sends all the same.
    pub caller_credentials: CallerCredentials,
}

/// Where the app secret comes from.
#[derive(Clone, Debug)]
pub enum SecretSource {
    /// `APP_SECRET`: the value itself.
    Value(Secret),
    /// `APP_SECRET_FILE`: a file that holds it; white space around it is ignored.
    File(PathBuf),
    /// `APP_SECRET_ARN`: a secret of AWS Secrets Manager, read through the local HTTP endpoint of
    /// the Parameters and Secrets Lambda extension.
    SecretsManager {
        /// The secret's name or ARN.
        id: String,
        /// `AWS_SESSION_TOKEN`, by which the extension knows the function.
        session_token: Secret,
        /// `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`, 2773 unless set.
        port: u16,
    },
}

/// Whose credentials are sent when the gateway has its own and the caller sends some too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerCredentials {
    /// The gateway's: what the caller sends is ignored. The default, because a caller must not
    /// choose the account that a deployment pays for.
    Ignored,
    /// The caller's, if both headers are there.
    Preferred,
}

/// What a single request may cost.
#[derive(Clone, Copy, Debug)]
pub struct RequestConfig {
    /// `MAX_BODY_BYTES`: the largest request body.
    pub max_body_bytes: usize,
    /// `MAX_UPLOADS_IN_FLIGHT`: how many uploads are taken at once; more are answered with 503. It
    /// bounds the memory that bodies take.
    pub max_uploads_in_flight: usize,
    /// `RECEIVE_TIMEOUT_MS`: the longest wait for a whole request body.
    pub receive_timeout: Duration,
    /// `IDLE_TIMEOUT_MS`: the longest wait for the next part of a request body. After this time,
    /// the whole of it must also have come at a least average rate.
    pub idle_timeout: Duration,
    /// `STREAM_UPLOADS`: which files are sent on while they arrive.
    pub streaming: Streaming,
}

/// Which files server mode sends on while they arrive, instead of holding them in memory first.
///
/// What is sent on is gone: such an upload cannot be repeated, whatever it meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streaming {
    /// None: every upload can be repeated. The default.
    Off,
    /// Files that are the whole body, with a `Content-Length`, so that the upstream gets one too.
    DeclaredLength,
    /// Also files in forms and bodies without a length: the upstream gets them in chunks, if it
    /// takes such requests.
    Always,
}

/// What is logged, and how.
#[derive(Clone, Copy, Debug)]
pub struct LogConfig {
    /// `LOG_LEVEL`.
    pub level: tracing::level_filters::LevelFilter,
    /// `LOG_FORMAT`.
    pub format: LogFormat,
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Text for a terminal.
    Text,
}

/// 6 MiB: the largest synchronous invocation that AWS Lambda takes. FunctionGraph's trigger takes
/// less in any edition of its documentation.
const DEFAULT_MAX_BODY_BYTES: usize = 6 * 1024 * 1024;

/// With the default body limit, 768 MiB of bodies if all are as large as they may be.
const DEFAULT_MAX_UPLOADS_IN_FLIGHT: usize = 128;
const MOST_UPLOADS_IN_FLIGHT: usize = 65_536;

/// Below the 29 to 30 seconds after which the API gateways of both platforms give up.
const DEFAULT_UPSTREAM_TIMEOUT: Duration = Duration::from_secs(25);

/// The longest lifetime that `tokenByAkSk` grants.
const MAX_TOKEN_LIFETIME_SECONDS: u64 = 3600;

const DEFAULT_EXTENSION_PORT: u16 = 2773;

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
        let base_url = vars.base_url("UPSTREAM_BASE_URL")?.ok_or_else(|| {
            ConfigError::missing(
                "UPSTREAM_BASE_URL",
                "set it to the contact centre's address, such as https://service.besclouds.com",
            )
        })?;
        let request = request(&vars)?;
        Ok(Self {
            managed: managed(&vars, &base_url)?,
            upstream: UpstreamConfig {
                base_url,
                ca_file: vars.text("UPSTREAM_CA_FILE").map(PathBuf::from),
                connect_timeout: vars
                    .milliseconds("UPSTREAM_CONNECT_TIMEOUT_MS", Duration::from_secs(3))?,
                timeout: upstream_timeout(&vars)?,
            },
            request,
            policy: policy(&vars)?,
            allowed_origins: allowed_origins(&vars)?,
            listen: vars.parsed(
                "LISTEN_ADDRESS",
                SocketAddr::from((Ipv4Addr::LOCALHOST, 8000)),
                "an address and port, such as 127.0.0.1:8000",
            )?,
            connections: ConnectionConfig::from_vars(
                &vars,
                request.idle_timeout,
                request.max_body_bytes,
            )?,
            log: log(&vars)?,
            metrics: MetricsConfig::from_vars(&vars)?,
        })
    }
}

fn request(vars: &Vars) -> Result<RequestConfig, ConfigError> {
    Ok(RequestConfig {
        max_body_bytes: vars.size("MAX_BODY_BYTES", DEFAULT_MAX_BODY_BYTES)?,
        max_uploads_in_flight: vars.count(
            "MAX_UPLOADS_IN_FLIGHT",
            DEFAULT_MAX_UPLOADS_IN_FLIGHT,
            MOST_UPLOADS_IN_FLIGHT,
        )?,
        receive_timeout: vars.milliseconds("RECEIVE_TIMEOUT_MS", Duration::from_secs(30))?,
        idle_timeout: vars.milliseconds("IDLE_TIMEOUT_MS", Duration::from_secs(10))?,
        streaming: vars.choice(
            "STREAM_UPLOADS",
            &[
                ("off", Streaming::Off),
                ("declared-length", Streaming::DeclaredLength),
                ("always", Streaming::Always),
            ],
        )?,
    })
}

fn upstream_timeout(vars: &Vars) -> Result<Duration, ConfigError> {
    vars.milliseconds("UPSTREAM_TIMEOUT_MS", DEFAULT_UPSTREAM_TIMEOUT)
}

fn policy(vars: &Vars) -> Result<Policy, ConfigError> {
    Ok(Policy {
        limits: Limits {
            image_bytes: vars.size("MAX_IMAGE_BYTES", Limits::DEFAULT_BYTES)?,
            audio_bytes: vars.size("MAX_AUDIO_BYTES", Limits::DEFAULT_BYTES)?,
            video_bytes: vars.size("MAX_VIDEO_BYTES", Limits::DEFAULT_BYTES)?,
            text_bytes: vars.size("MAX_TEXT_BYTES", Limits::DEFAULT_BYTES)?,
        },
        bmp_spelling: vars.choice(
            "BMP_SPELLING",
            &[("bmp", BmpSpelling::Bmp), ("bpm", BmpSpelling::Bpm)],
        )?,
    })
}

fn allowed_origins(vars: &Vars) -> Result<AllowedOrigins, ConfigError> {
    const NAME: &str = "ALLOWED_ORIGINS";
    vars.text(NAME).map_or(Ok(AllowedOrigins::None), |text| {
        AllowedOrigins::parse(text).map_err(|problem| ConfigError::invalid(NAME, problem))
    })
}

fn log(vars: &Vars) -> Result<LogConfig, ConfigError> {
    use tracing::level_filters::LevelFilter;

    Ok(LogConfig {
        level: vars.choice(
            "LOG_LEVEL",
            &[
                ("info", LevelFilter::INFO),
                ("off", LevelFilter::OFF),
                ("error", LevelFilter::ERROR),
                ("warn", LevelFilter::WARN),
                ("debug", LevelFilter::DEBUG),
                ("trace", LevelFilter::TRACE),
            ],
        )?,
        format: vars.choice(
            "LOG_FORMAT",
            &[("json", LogFormat::Json), ("text", LogFormat::Text)],
        )?,
    })
}

fn managed(vars: &Vars, upstream: &BaseUrl) -> Result<Option<ManagedConfig>, ConfigError> {
    // Read even if they turn out not to be needed: a value that cannot be used is always said.
    let token_base_url = vars.base_url("TOKEN_BASE_URL")?;
    let token_lifetime = Duration::from_secs(vars.within(
        "TOKEN_LIFETIME_SECONDS",
        MAX_TOKEN_LIFETIME_SECONDS,
        1..=MAX_TOKEN_LIFETIME_SECONDS,
    )?);
    let caller_credentials = vars.choice(
        "CALLER_CREDENTIALS",
        &[
            ("ignored", CallerCredentials::Ignored),
            ("preferred", CallerCredentials::Preferred),
        ],
    )?;
    let extension_port = vars.parsed(
        "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
        DEFAULT_EXTENSION_PORT,
        "a port number",
    )?;
    let sources = ["APP_SECRET", "APP_SECRET_FILE", "APP_SECRET_ARN"];
    let set: Vec<&str> = sources
        .into_iter()
        .filter(|name| vars.text(name).is_some())
        .collect();
    let (app_key, name) = match (vars.text("APP_KEY"), set.as_slice()) {
        (None, []) => return Ok(None),
        (Some(key), [name]) => (key, *name),
        (None, [name, ..]) => {
            return Err(ConfigError::missing(
                "APP_KEY",
                format!("{name} is set: set the app key that it belongs to as well"),
            ));
        }
        (Some(_), []) => {
            return Err(ConfigError::missing(
                "APP_SECRET",
                "APP_KEY is set: set APP_SECRET, APP_SECRET_FILE or APP_SECRET_ARN as well",
            ));
        }
        (Some(_), [first, second, ..]) => {
            return Err(ConfigError::invalid(
                second,
                format!("{first} is set too: set only one of them"),
            ));
        }
    };
    Ok(Some(ManagedConfig {
        app_key: header_safe("APP_KEY", app_key)?,
        app_secret: secret_source(vars, name, extension_port)?,
        token_base_url: token_base_url.unwrap_or_else(|| upstream.clone()),
        token_timeout: upstream_timeout(vars)?,
        token_lifetime,
        caller_credentials,
    }))
}

fn secret_source(vars: &Vars, name: &'static str, port: u16) -> Result<SecretSource, ConfigError> {
    let value = vars.text(name).unwrap_or_default().to_owned();
    match name {
        "APP_SECRET" => Ok(SecretSource::Value(Secret::new(value))),
        "APP_SECRET_FILE" => Ok(SecretSource::File(PathBuf::from(value))),
        _ => Ok(SecretSource::SecretsManager {
            id: value,
            session_token: vars
                .text("AWS_SESSION_TOKEN")
                .map(|token| Secret::new(token.to_owned()))
                .ok_or_else(|| {
                    ConfigError::missing(
                        "AWS_SESSION_TOKEN",
                        "APP_SECRET_ARN works only where AWS Lambda sets this variable",
                    )
                })?,
            port,
        }),
    }
}

/// The app key is sent as a header's value.
fn header_safe(name: &'static str, value: &str) -> Result<Secret, ConfigError> {
    if value.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(Secret::new(value.to_owned()))
    } else {
        Err(ConfigError::invalid(
            name,
            "it may hold visible ASCII characters only",
        ))
    }
}
