//! What the program tells its operator: log lines, and metrics of its uploads.
//!
//! Nothing that a caller wrote becomes a metric's label: labels take a fixed set of words each, so
//! that no caller can make the number of time series grow.

mod cloudwatch;
mod exposition;
mod lines;
mod metrics;
mod panics;
mod upload;

pub(crate) use exposition::CONTENT_TYPE;
pub(crate) use lines::init;
pub(crate) use metrics::Metrics;
pub(crate) use upload::{Measured, Outcome, Phases};

pub use metrics::TokenFetches;
pub use panics::report_panics;
