//! What a connection of server mode may cost.

use std::time::Duration;

use super::vars::Vars;
use super::{ConfigError, RequestConfig, Streaming};

/// With the connections to the upstream, those of the uploads in flight and those that are kept for
/// later, all of it stays below 1,024 with up to eight processors: so many descriptors a process may
/// open on many systems.
const DEFAULT_MAX_CONNECTIONS: usize = 512;
const MOST_CONNECTIONS: usize = 65_536;

/// What a connection of server mode may cost. Lambda has no connections.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionConfig {
    /// `MAX_CONNECTIONS`: how many are open at once. Further ones wait in the system's queue.
    pub max_connections: usize,
    /// `HEAD_TIMEOUT_MS`: the longest wait for a request's head, from the connection's start or the
    /// answer before; so too how long an idle connection is kept.
    pub head_timeout: Duration,
    /// `IDLE_TIMEOUT_MS`: how long a client may leave an answer unread.
    pub idle_timeout: Duration,
    /// The largest buffer of a connection, for each direction. It is what one read takes at most, so
    /// a larger one saves system calls.
    pub max_buffer_bytes: usize,
    /// How much is read of the body of a request that was refused before all of it had come: twice
    /// `MAX_BODY_BYTES`.
    pub max_discarded_bytes: usize,
}

/// Where files are sent on while they arrive, the buffers are most of what each takes.
const STREAMING_BUFFER_BYTES: usize = 32 * 1024;

impl ConnectionConfig {
    /// The largest buffer where files are held. One upload of 5 MB costs a fifth less processor time
    /// than with 64 KiB, and hardly more than with 512 KiB.
    pub(crate) const BUFFER_BYTES: usize = 256 * 1024;

    pub(super) fn from_vars(vars: &Vars, request: &RequestConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            max_connections: vars.count(
                "MAX_CONNECTIONS",
                DEFAULT_MAX_CONNECTIONS,
                MOST_CONNECTIONS,
            )?,
            head_timeout: vars.milliseconds("HEAD_TIMEOUT_MS", Duration::from_secs(10))?,
            idle_timeout: request.idle_timeout,
            max_buffer_bytes: match request.streaming {
                Streaming::Off => Self::BUFFER_BYTES,
                Streaming::DeclaredLength | Streaming::Always => STREAMING_BUFFER_BYTES,
            },
            max_discarded_bytes: request.max_body_bytes.saturating_mul(2),
        })
    }
}
