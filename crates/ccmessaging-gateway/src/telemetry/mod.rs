//! Telemetry: one log line per upload or call of the chat, and metrics.
//!
//! No metric label contains a caller's text. Each label has a fixed set of values, so callers cannot
//! increase the number of time series.

mod chat_event;
mod checksum;
mod cloudwatch;
mod log;
mod log_queue;
mod metrics;
#[cfg(feature = "otlp")]
mod otlp;
mod report;
mod request_event;
mod session_hash;
pub(crate) mod spans;
mod state;
mod upload_event;
mod upstream_desc;
mod upstream_result;

pub(crate) use chat_event::ChatEvent;
pub use log::{init_logging, report_panics};
pub use log_queue::LogGuard;
pub(crate) use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
pub(crate) use request_event::RequestEvent;
pub(crate) use state::Telemetry;
pub(crate) use upload_event::UploadEvent;
