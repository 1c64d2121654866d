//! The gateway in front of `uploadFileStream`, as a library: an axum [`router`] with the [`server`] that
//! it runs behind.
//!
//! The program that Lambda and FunctionGraph start is in `functions/upload-file-stream`.
//!
//! # Data flow
//!
//! The [`server`] or a platform adapter receives the request, [`routes`](router) reads
//! and validates it (with `ccmessaging-core`), [`credentials`] are added, and `ccmessaging-client`
//! sends it. What is not forwarded is a [`Rejection`], which alone knows the HTTP status of each error.

#![forbid(unsafe_code)]

pub mod config;
pub mod credentials;
pub mod server;

mod admission;
mod context;
mod error_body;
mod extract;
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
pub use rejection::Rejection;
pub use routes::{
    Gateway, GatewayError, HEALTH_PATH, METRICS_PATH, X_METADATA_REMOVED, X_REQUEST_ID,
    metrics_router, router,
};
pub use scan::ScanRefusal;
pub use telemetry::{init_logging, report_panics};
pub use trace_context::{TRACEPARENT, TRACESTATE, TraceContext};

/// The service's description for programs: an OpenAPI 3.1 document in JSON.
pub const OPENAPI_JSON: &str = include_str!("../openapi.json");
