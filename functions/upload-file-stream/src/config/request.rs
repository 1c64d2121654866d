//! What a single request may cost.

use std::time::Duration;

use super::ConfigError;
use super::vars::Vars;

/// 6 MiB: the largest synchronous invocation that AWS Lambda takes. FunctionGraph's trigger takes
/// less in any edition of its documentation.
const DEFAULT_MAX_BODY_BYTES: usize = 6 * 1024 * 1024;

/// With the default body limit, 768 MiB of bodies if all are as large as they may be.
const DEFAULT_MAX_UPLOADS_IN_FLIGHT: usize = 128;
const MOST_UPLOADS_IN_FLIGHT: usize = 65_536;

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

impl RequestConfig {
    pub(super) fn from_vars(vars: &Vars) -> Result<Self, ConfigError> {
        Ok(Self {
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
}
