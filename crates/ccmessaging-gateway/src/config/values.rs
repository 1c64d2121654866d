//! Parsers of settings' values. An error is the remedy: one clause that says what the value must be.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use ccmessaging_client::{BaseUrl, ChatCallKind, Secret};
use ccmessaging_core::BmpSpelling;
use ccmessaging_media::metadata::StripLevel;
use http::HeaderValue;
use http::uri::Uri;
use tracing::level_filters::LevelFilter;

use super::{AllowedOrigins, CallerPolicy, IdentityPolicy, LogFormat, ScanFailure};

pub(super) type ParseError = Cow<'static, str>;

/// The longest time that any wait can be set to: an hour.
const LONGEST_MS: u64 = 3_600_000;

/// The largest size that any limit can be set to: 1 GiB.
const LARGEST_BYTES: u64 = 1 << 30;

/// The largest value of `MAX_BODY_MEMORY_BYTES`: 1 TiB.
const MOST_MEMORY_BYTES: u64 = 1 << 40;

/// The largest number of connections or uploads.
const LARGEST_COUNT: u64 = 65_536;

/// The longest lifetime that `tokenByAkSk` grants.
const LONGEST_TOKEN_LIFETIME_SECONDS: u64 = 3600;

/// The shortest key of a ticket: as long as the hash (RFC 7518 section 3.2).
const MIN_TICKET_KEY_BYTES: usize = 32;

/// The shortest `LOG_SESSION_KEY`.
const SHORTEST_KEY_BYTES: usize = 16;

/// The longest name that CloudWatch takes for a namespace.
const LONGEST_NAMESPACE: usize = 255;

#[expect(clippy::unnecessary_wraps, reason = "every parser may fail")]
pub(super) fn text(value: &str) -> Result<String, ParseError> {
    Ok(value.to_owned())
}

pub(super) fn secret(value: &str) -> Result<Secret, ParseError> {
    if value.contains(char::is_control) {
        return Err("it must not contain a line break or another control character".into());
    }
    Ok(Secret::new(value))
}

/// A key that cannot be guessed from the hashes.
pub(super) fn session_key(value: &str) -> Result<Secret, ParseError> {
    if value.len() < SHORTEST_KEY_BYTES {
        return Err("it must have at least 16 characters".into());
    }
    Ok(Secret::new(value))
}

#[expect(clippy::unnecessary_wraps, reason = "every parser may fail")]
pub(super) fn path(value: &str) -> Result<PathBuf, ParseError> {
    Ok(PathBuf::from(value))
}

pub(super) fn base_url(value: &str) -> Result<BaseUrl, ParseError> {
    // `Vars::url` decides whether http is allowed.
    let url = BaseUrl::allowing_http(value).map_err(|error| error.to_string())?;
    // The API's own paths are appended.
    let is_api = |segment: &str| matches!(segment, "apiaccess" | "apigovernance");
    if url.prefix().split('/').any(is_api) {
        return Err("it must not contain the path of the API; remove /apiaccess or /apigovernance and what follows".into());
    }
    Ok(url)
}

/// A secret that is sent as a header's value.
pub(super) fn header_safe(value: &str) -> Result<Secret, ParseError> {
    if value.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(Secret::new(value))
    } else {
        Err("it must contain only visible ASCII characters".into())
    }
}

pub(super) fn milliseconds(value: &str) -> Result<Duration, ParseError> {
    number(value, 1..=LONGEST_MS).map(Duration::from_millis)
}

pub(super) fn token_lifetime(value: &str) -> Result<Duration, ParseError> {
    number(value, 1..=LONGEST_TOKEN_LIFETIME_SECONDS).map(Duration::from_secs)
}

pub(super) fn size(value: &str) -> Result<usize, ParseError> {
    number(value, 1..=LARGEST_BYTES)
}

/// A size of all the memory that something may take, at most 1 TiB.
pub(super) fn memory(value: &str) -> Result<usize, ParseError> {
    number(value, 1..=MOST_MEMORY_BYTES)
}

pub(super) fn rate(value: &str) -> Result<NonZeroU32, ParseError> {
    number(value, 1..=LARGEST_BYTES).map(|rate| NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN))
}

/// A number of things, at least one.
pub(super) fn count(value: &str) -> Result<NonZeroUsize, ParseError> {
    let count = number(value, 1..=LARGEST_COUNT);
    count.map(|count| NonZeroUsize::new(count).unwrap_or(NonZeroUsize::MIN))
}

fn number<T: TryFrom<u64>>(value: &str, range: RangeInclusive<u64>) -> Result<T, ParseError> {
    let number = value.parse().ok().filter(|number| range.contains(number));
    number
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            format!("it must be a whole number from {least} to {most}").into()
        })
}

pub(super) fn port(value: &str) -> Result<u16, ParseError> {
    let port = value.parse();
    port.map_err(|_| "it must be a port number".into())
}

pub(super) fn listen_address(value: &str) -> Result<SocketAddr, ParseError> {
    address(
        value,
        "it must be an address and port, such as 127.0.0.1:8000",
    )
}

pub(super) fn metrics_address(value: &str) -> Result<SocketAddr, ParseError> {
    address(
        value,
        "it must be an address and port, such as 127.0.0.1:9000",
    )
}

/// An IP address and a port; `localhost` is this machine's.
fn address(value: &str, expected: &'static str) -> Result<SocketAddr, ParseError> {
    let numeric = match value.split_once(':') {
        Some((host, port)) if host.eq_ignore_ascii_case("localhost") => {
            Cow::Owned(format!("127.0.0.1:{port}"))
        }
        _ => Cow::Borrowed(value),
    };
    numeric.parse().map_err(|_| expected.into())
}

pub(super) fn boolean(value: &str) -> Result<bool, ParseError> {
    choice(value, &[("false", false), ("true", true)])
}

pub(super) fn on_or_off(value: &str) -> Result<bool, ParseError> {
    choice(value, &[("on", true), ("off", false)])
}

pub(super) fn caller_policy(value: &str) -> Result<CallerPolicy, ParseError> {
    choice(
        value,
        &[
            ("ignored", CallerPolicy::Ignored),
            ("preferred", CallerPolicy::Preferred),
        ],
    )
}

pub(super) fn bmp_spelling(value: &str) -> Result<BmpSpelling, ParseError> {
    choice(
        value,
        &[("bmp", BmpSpelling::Bmp), ("bpm", BmpSpelling::Bpm)],
    )
}

pub(super) fn removal(value: &str) -> Result<Option<StripLevel>, ParseError> {
    choice(
        value,
        &[
            ("off", None),
            ("location", Some(StripLevel::Location)),
            ("all", Some(StripLevel::All)),
        ],
    )
}

pub(super) fn scan_failure(value: &str) -> Result<ScanFailure, ParseError> {
    choice(
        value,
        &[
            ("refuse", ScanFailure::Refuse),
            ("allow", ScanFailure::Allow),
        ],
    )
}

/// Reads a list of calls, separated by commas.
pub(super) fn chat_calls(text: &str) -> Result<BTreeSet<ChatCallKind>, ParseError> {
    let parse = |name: &str| {
        let mut kinds = ChatCallKind::ALL.into_iter();
        kinds.find(|kind| setting_value(*kind) == name.trim()).ok_or_else(|| {
            "it must be a list of download, send, sendAsync, poll and history, separated by commas"
                .into()
        })
    };
    text.split(',').map(parse).collect()
}

/// Returns the name of a call in `CHAT_CALLS`.
fn setting_value(kind: ChatCallKind) -> &'static str {
    match kind {
        ChatCallKind::Download => "download",
        ChatCallKind::History => "history",
        other => other.name(),
    }
}

pub(super) fn identity_policy(value: &str) -> Result<IdentityPolicy, ParseError> {
    choice(
        value,
        &[
            ("signed", IdentityPolicy::Signed),
            ("upstream", IdentityPolicy::Upstream),
        ],
    )
}

/// Keys of HMAC-SHA256 (RFC 7518 section 3.2), separated by commas.
pub(crate) fn ticket_keys(value: &str) -> Result<Secret, ParseError> {
    for key in split_ticket_keys(value) {
        if key.len() < MIN_TICKET_KEY_BYTES {
            return Err("each key must have at least 32 bytes, such as the output of `openssl rand -base64 32`; commas separate keys".into());
        }
        // Keys on two lines would be one key, with which no ticket is signed.
        secret(key)?;
    }
    Ok(Secret::new(value))
}

/// Returns the keys of such a list.
pub(crate) fn split_ticket_keys(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim)
}

pub(super) fn log_level(value: &str) -> Result<LevelFilter, ParseError> {
    choice(
        value,
        &[
            ("off", LevelFilter::OFF),
            ("error", LevelFilter::ERROR),
            ("warn", LevelFilter::WARN),
            ("info", LevelFilter::INFO),
            ("debug", LevelFilter::DEBUG),
            ("trace", LevelFilter::TRACE),
        ],
    )
}

pub(super) fn log_format(value: &str) -> Result<LogFormat, ParseError> {
    choice(
        value,
        &[("json", LogFormat::Json), ("text", LogFormat::Text)],
    )
}

/// One of several words, in any letter case.
fn choice<T: Copy>(value: &str, choices: &[(&str, T)]) -> Result<T, ParseError> {
    let chosen = choices
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(value));
    chosen.map(|&(_, chosen)| chosen).ok_or_else(|| {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        format!("it must be one of {}", words.join(", ")).into()
    })
}

/// CloudWatch's own namespaces begin with `AWS/`.
pub(super) fn namespace(value: &str) -> Result<String, ParseError> {
    let is_namespace = value.len() <= LONGEST_NAMESPACE
        && !value.starts_with("AWS/")
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-/#:".contains(&byte));
    if is_namespace {
        Ok(value.to_owned())
    } else {
        Err("it must be a CloudWatch namespace: at most 255 letters, digits and ._-/#:, not beginning with AWS/".into())
    }
}

impl AllowedOrigins {
    /// Reads origins that are separated by commas, or a lone `*`. An entry that is not an origin as
    /// browsers write it (RFC 6454 section 6.2) would never match, so it is an error.
    pub(super) fn parse(text: &str) -> Result<Self, ParseError> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let entries = text.split(',').enumerate().map(|(index, entry)| {
            let entry = entry.trim();
            check_origin(entry)
                .and_then(|()| HeaderValue::from_str(entry).map_err(|_| NOT_AN_ORIGIN))
                .map_err(|problem| format!("entry {}: {problem}", index + 1).into())
        });
        entries.collect::<Result<_, _>>().map(Self::Only)
    }
}

const NOT_AN_ORIGIN: &str = "it must be an origin such as https://shop.example.com";

fn check_origin(origin: &str) -> Result<(), &'static str> {
    if origin.contains('*') {
        return Err(
            "* is only valid alone, where it allows every origin; list each origin instead",
        );
    }
    let uri: Uri = origin.parse().map_err(|_| NOT_AN_ORIGIN)?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(NOT_AN_ORIGIN);
    };
    if origin.len() != scheme.len() + "://".len() + authority.as_str().len() {
        return Err("an origin has no path or trailing slash; remove it");
    }
    if authority.as_str().contains('@') {
        return Err("an origin has no user name or password; remove them");
    }
    if origin.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err("browsers send origins in lower case; use lower case");
    }
    match (scheme, authority.port_u16()) {
        ("https", Some(443)) | ("http", Some(80)) => {
            Err("browsers omit the default port; remove it")
        }
        _ => Ok(()),
    }
}
