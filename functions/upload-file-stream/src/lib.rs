#![doc = include_str!("../README.md")]
//!
//! # How it is made
//!
//! The way of an upload: the [`server`] or [`lambda`] receives the request, [`routes`](router) reads
//! and validates it (with `ccmessaging-core`), [`credentials`] are added, and `ccmessaging-client`
//! sends it. What is not forwarded is a [`Rejection`], which alone knows the HTTP status of each error.

#![forbid(unsafe_code)]

pub mod config;
pub mod credentials;
#[cfg(feature = "lambda")]
pub mod lambda;
pub mod server;

mod admission;
#[cfg(feature = "lambda")]
mod arguments;
mod context;
mod extract;
mod local_http;
#[cfg(feature = "lambda")]
mod program;
mod rejection;
mod routes;
mod scan;
mod sync;
mod telemetry;
mod trace_context;

pub use ccmessaging_client::{Clock, SystemClock};
pub use config::Config;
pub use context::{Malformed, Platform, RequestContext};
pub use extract::{BodyError, FormError, Lateness, MediaTypeError};
#[cfg(feature = "lambda")]
pub use program::main;
pub use rejection::Rejection;
pub use routes::{
    Gateway, GatewayError, HEALTH_PATH, METRICS_PATH, X_METADATA_REMOVED, X_REQUEST_ID,
    metrics_router, router,
};
pub use scan::ScanRefusal;
pub use telemetry::report_panics;
pub use trace_context::{TRACEPARENT, TRACESTATE, TraceContext};

/// The service's description for programs: an OpenAPI 3.1 document in JSON.
pub const OPENAPI_JSON: &str = include_str!("../openapi.json");
