//! The request log: what came in and how it was answered, without tokens, keys or file contents.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::call::Call;

/// One request and its answer, as the request log tells it.
///
/// It also goes out as a `tracing` event with the target `sandbox`. It holds nothing that the caller
/// wrote: no header, no path but a known call's, no part of a body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// Which call was made; `None` if the path or the method is not one of the upstream's.
    pub call: Option<Call>,
    /// The size of the request's body as far as it was read, in bytes.
    pub request_bytes: usize,
    /// The status of the answer; `None` if the connection was reset before any.
    pub status: Option<StatusCode>,
    /// The answer's `returnCode` or `resultCode`, if it has one.
    pub code: Option<&'static str>,
    /// The fault that was applied, as the [grammar](crate::fault_grammar) writes it.
    pub fault: Option<String>,
    /// From the request's head to the start of the answer.
    pub elapsed: Duration,
}

/// Receives every [`Exchange`] when its answer starts.
pub(crate) type Observer = Arc<dyn Fn(&Exchange) + Send + Sync>;

impl Exchange {
    /// Writes the exchange to the log, and to `observer` if there is one.
    pub(crate) fn report(&self, observer: Option<&Observer>) {
        tracing::info!(
            target: "sandbox",
            call = self.call.map_or("unknown", Call::name),
            request_bytes = self.request_bytes,
            status = self.status.map(|status| status.as_u16()),
            code = self.code,
            fault = self.fault.as_deref(),
            elapsed_ms = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
            "answered"
        );
        if let Some(observer) = observer {
            observer(self);
        }
    }
}

impl fmt::Display for Exchange {
    /// One line for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<18} ", self.call.map_or("unknown", Call::name))?;
        match self.status {
            Some(status) => write!(f, "{}", status.as_u16())?,
            None => f.write_str("reset")?,
        }
        if let Some(code) = self.code {
            write!(f, " code {code}")?;
        }
        write!(
            f,
            ", {} bytes in, {} ms",
            self.request_bytes,
            self.elapsed.as_millis()
        )?;
        match &self.fault {
            Some(fault) => write!(f, ", fault {fault}"),
            None => Ok(()),
        }
    }
}
