#![doc = include_str!("../README.md")]
//!
//! # How it is made
//!
//! The way of an upload: a [`door`] receives the request, the [`service`] reads and validates it
//! (with `ccmessaging-core`), [`credentials`] are added, the [`upstream`] answers. What is not
//! forwarded is a [`Refusal`], which alone knows the HTTP status of each error.

pub mod config;
pub mod credentials;
pub mod door;
pub mod refusal;
pub mod service;
pub mod trace_context;
pub mod upstream;

mod allocator;
mod clock;
mod deadline;
mod program;
mod secret;
mod telemetry;

pub use clock::{Clock, SystemClock};
pub use config::Config;
pub use deadline::Deadline;
pub use program::main;
pub use refusal::Refusal;
pub use secret::Secret;
pub use service::{Gateway, metrics_router, router};
pub use telemetry::{TokenFetches, report_panics};
pub use trace_context::TraceContext;

/// The service's description for programs: an OpenAPI 3.1 document in JSON.
pub const OPENAPI_JSON: &str = include_str!("../openapi.json");
