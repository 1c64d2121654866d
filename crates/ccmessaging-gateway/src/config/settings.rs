//! The table of settings: name, default, scope, meaning and parser.
//!
//! [`Config::from_vars`](super::Config::from_vars) and `bootstrap --help` read it. A test compares it
//! with the table in the function's README and with both deployment templates.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ccmessaging_client::{BaseUrl, ChatCallKind, Secret};
use ccmessaging_core::BmpSpelling;
use ccmessaging_media::metadata::StripLevel;
use tracing::level_filters::LevelFilter;

use super::values::{self, ParseError};
use super::{AllowedOrigins, CallerPolicy, ClamdAddress, IdentityPolicy, LogFormat, ScanFailure};

/// Where a setting applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// On every platform.
    Everywhere,
    /// In the plain HTTP server only.
    Server,
    /// In the plain HTTP server and on FunctionGraph, which is one.
    Connections,
    /// On AWS Lambda only.
    Lambda,
}

impl Scope {
    /// The scope as documents name it; empty if it applies everywhere.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everywhere => "",
            Self::Server => "server",
            Self::Connections => "server, FunctionGraph",
            Self::Lambda => "Lambda",
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Setting {
    /// The environment variable.
    pub name: &'static str,
    /// Its default as text; empty if there is none.
    pub default: &'static str,
    /// Where it applies.
    pub scope: Scope,
    /// What it means, in Markdown.
    pub meaning: &'static str,
}

/// A setting with its parser.
pub(super) struct Typed<T: 'static> {
    pub(super) setting: Setting,
    pub(super) parse: fn(&str) -> Result<T, ParseError>,
}

macro_rules! settings {
    ($($name:ident: $type:ty, $scope:ident, $default:literal, $parse:expr, $meaning:literal;)*) => {
        $(pub(super) const $name: Typed<$type> = Typed {
            setting: Setting {
                name: stringify!($name),
                default: $default,
                scope: Scope::$scope,
                meaning: $meaning,
            },
            parse: $parse,
        };)*

        /// Every setting, in the order of the documents.
        pub const SETTINGS: &[Setting] = &[$($name.setting),*];
    };
}

settings! {
    UPSTREAM_BASE_URL: BaseUrl, Everywhere, "", values::base_url,
        "The contact centre's address, such as `https://service.besclouds.com`, with a path prefix if there is one. Required.";
    UPSTREAM_ALLOW_HTTP: bool, Everywhere, "false", values::boolean,
        "Whether the upstream and the token service may use http. Loopback addresses are exempt.";
    UPSTREAM_CA_FILE: PathBuf, Everywhere, "", values::path,
        "A PEM file with certificates to trust in addition to the built-in public roots: CA certificates, or a server's own certificate if it is not marked `CA:TRUE`.";
    // The API gateways of both platforms give up after 29 to 30 seconds.
    UPSTREAM_TIMEOUT_MS: Duration, Everywhere, "25000", values::milliseconds,
        "The longest time from the first attempt of an upload to the last byte of the response, in milliseconds. The platform's own deadline shortens it.";
    UPSTREAM_CONNECT_TIMEOUT_MS: Duration, Everywhere, "3000", values::milliseconds,
        "The longest wait for one connection with TLS, in milliseconds.";
    APP_KEY: Secret, Everywhere, "", values::header_safe,
        "The app key, if the gateway itself obtains access tokens. Without it, callers send `x-app-key` and `Authorization` themselves.";
    APP_SECRET: Secret, Everywhere, "", values::secret,
        "The app secret.";
    APP_SECRET_FILE: PathBuf, Everywhere, "", values::path,
        "A regular file of at most 64 KiB that contains the app secret, instead of `APP_SECRET`. It is read at the start and for each access token.";
    APP_SECRET_ARN: String, Lambda, "", values::text,
        "The name or ARN of the AWS Secrets Manager secret that contains the app secret, as text or as the member `app_secret` of a JSON object. It is read through the AWS Parameters and Secrets Lambda Extension.";
    PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: u16, Lambda, "2773", values::port,
        "The local port of that extension.";
    TOKEN_BASE_URL: BaseUrl, Everywhere, "", values::base_url,
        "The address of `tokenByAkSk`, if it differs from `UPSTREAM_BASE_URL`.";
    // The service grants at most an hour.
    TOKEN_LIFETIME_SECONDS: Duration, Everywhere, "3600", values::token_lifetime,
        "The requested lifetime of access tokens, 1 to 3600.";
    CALLER_CREDENTIALS: CallerPolicy, Everywhere, "ignored", values::caller_policy,
        "If the gateway has its own credentials, whether an app key and a Bearer token from a caller are `ignored` or `preferred`.";
    // AWS Lambda accepts synchronous invocations of up to 6 MiB. FunctionGraph's trigger accepts less
    // in every edition of its documentation.
    MAX_BODY_BYTES: usize, Everywhere, "6291456", values::size,
        "The largest request body.";
    MAX_IMAGE_BYTES: usize, Everywhere, "4718592", values::size,
        "The largest JPG, PNG or BMP file, decoded.";
    MAX_AUDIO_BYTES: usize, Everywhere, "4718592", values::size,
        "The largest MP3 or AAC file, decoded.";
    MAX_VIDEO_BYTES: usize, Everywhere, "4718592", values::size,
        "The largest MP4 file, decoded.";
    MAX_TEXT_BYTES: usize, Everywhere, "4718592", values::size,
        "The largest TXT or CSV file, decoded.";
    BMP_SPELLING: BmpSpelling, Everywhere, "bmp", values::bmp_spelling,
        "The `fileType` of a bitmap that the caller declared by its media type only, or not at all: `bmp`, or `bpm` for servers that accept only the older documentation's spelling.";
    STRIP_METADATA: Option<StripLevel>, Everywhere, "off", values::removal,
        "Which metadata is removed from JPG, PNG and MP4 files: `off`, `location` for locations and what may contain them, or `all` for everything not needed to show the file. See [Metadata](#metadata).";
    CONVERT_MEDIA: bool, Everywhere, "on", values::on_or_off,
        "Whether QuickTime movies (`.mov`) are converted to MP4 and M4A audio to AAC, without decoding them: `on` or `off`. See [Conversion](#conversion).";
    ALLOWED_ORIGINS: AllowedOrigins, Everywhere, "", AllowedOrigins::parse,
        "The origins whose web pages may call from a browser, separated by commas, such as `https://shop.example.com`; `*` for all.";
    // With the default body limit, 768 MiB if all bodies have the maximum size.
    MAX_UPLOADS_IN_FLIGHT: usize, Everywhere, "128", values::count,
        "The number of received uploads that are validated, scanned or sent at once; more are rejected with 503 and `Retry-After`. See [Limits and load](#limits-and-load).";
    MAX_BODY_MEMORY_BYTES: usize, Everywhere, "", values::memory,
        "The memory for the received bytes of all request bodies. Without it, `MAX_UPLOADS_IN_FLIGHT` × `MAX_BODY_BYTES`. When it is full, the slowest body is evicted: see [Limits and load](#limits-and-load).";
    RECEIVE_TIMEOUT_MS: Duration, Everywhere, "30000", values::milliseconds,
        "The longest time to receive a whole body or to send a whole response, in milliseconds.";
    IDLE_TIMEOUT_MS: Duration, Connections, "10000", values::milliseconds,
        "The longest wait for the next part of a body, and for a client to read a response, in milliseconds.";
    // 32 kbit/s, slower than the slowest mobile network that is still in use (GPRS, 40 kbit/s).
    MIN_BODY_BYTES_PER_SECOND: u32, Connections, "4096", values::rate,
        "The minimum average rate of a body after `IDLE_TIMEOUT_MS`, in bytes a second.";
    HEAD_TIMEOUT_MS: Duration, Connections, "10000", values::milliseconds,
        "The longest wait for a request head, and for the next request on a connection, in milliseconds.";
    // Together with the upstream connections, in use and idle, this stays below 1,024 descriptors on up
    // to eight processors, the usual limit of a process.
    MAX_CONNECTIONS: usize, Connections, "512", values::count,
        "The number of open connections. At the limit, a new connection replaces the one that has been idle longest, or else the one with the slowest body, or else waits.";
    SCAN_CLAMD: ClamdAddress, Everywhere, "", ClamdAddress::parse,
        "The address of ClamAV's `clamd`, which scans every file for malware before it is forwarded, such as `tcp://clamd:3310` or `unix:/run/clamav/clamd.sock`. Without it, no file is scanned. See [Malware scan](#malware-scan).";
    SCAN_FAILURE: ScanFailure, Everywhere, "refuse", values::scan_failure,
        "What happens to a file that cannot be scanned: `refuse`, or `allow`.";
    SCAN_TIMEOUT_MS: Duration, Everywhere, "10000", values::milliseconds,
        "The longest time for one scan, in milliseconds. It also counts against `UPSTREAM_TIMEOUT_MS`.";
    CHAT_CALLS: BTreeSet<ChatCallKind>, Everywhere, "", values::chat_calls,
        "The [chat's calls](#chat-calls) that the gateway also serves, separated by commas: `download`, `send`, `sendAsync`, `poll`, `history`.";
    CHAT_IDENTITY: IdentityPolicy, Everywhere, "", values::identity_policy,
        "Who ensures that callers only use their own chat: `signed`, tickets that your backend signs, or `upstream`, the contact centre. Required with `CHAT_CALLS` if the gateway has its own credentials.";
    CHAT_TICKET_KEY: Secret, Everywhere, "", values::ticket_keys,
        "The key of the tickets, at least 32 bytes; two, separated by a comma, while it is [replaced](#chat-calls).";
    CHAT_TICKET_KEY_FILE: PathBuf, Everywhere, "", values::path,
        "A file that contains that value, instead of `CHAT_TICKET_KEY`. It is read at the start.";
    CHAT_TICKET_KEY_ARN: String, Lambda, "", values::text,
        "The secret that contains it, as with `APP_SECRET_ARN`, or as the member `chat_ticket_key`. It is read again every five minutes.";
    // The Base64 of such a file fits into a response of AWS Lambda, 6 MiB.
    MAX_DOWNLOAD_BYTES: usize, Everywhere, "4194304", values::size,
        "The largest file that a caller can download.";
    // A call holds a few KiB, a download also its file, which counts in the body memory.
    MAX_CHAT_CALLS_IN_FLIGHT: usize, Everywhere, "256", values::count,
        "The number of the chat's calls that are sent at once; more are rejected with 503 and `Retry-After`.";
    // FunctionGraph calls this address.
    LISTEN_ADDRESS: SocketAddr, Server, "127.0.0.1:8000", values::listen_address,
        "The address to listen on. FunctionGraph calls the default.";
    LOG_LEVEL: LevelFilter, Everywhere, "info", values::log_level,
        "The lowest level that is logged: `off`, `error`, `warn`, `info`, `debug` or `trace`. Libraries log at most warnings.";
    LOG_FORMAT: LogFormat, Everywhere, "json", values::log_format,
        "`json`, one object a line, or `text`.";
    LOG_SHA256: bool, Everywhere, "false", values::boolean,
        "Whether the log contains the SHA-256 of each file as it is sent: `true` or `false`.";
    LOG_SESSION_KEY: Secret, Everywhere, "", values::session_key,
        "A random key of 16 or more characters, the same on all instances, for a hash of the session token in the [log](#logs).";
    METRICS_ADDRESS: SocketAddr, Server, "", values::metrics_address,
        "The address of the separate listener that serves [metrics](#metrics) to Prometheus, such as `127.0.0.1:9000`.";
    METRICS_NAMESPACE: String, Lambda, "", values::namespace,
        "The CloudWatch namespace of the [metrics](#metrics) that the function writes.";
}
