//! The gateway in front of `uploadFileStream`, as a library: an axum [`router`] with the [`server`] that
//! it runs behind.
//!
//! The program that Lambda and FunctionGraph start is in `functions/upload-file-stream`.
//!
//! # Data flow
//!
//! The [`server`] or a platform adapter receives the request, the [`router`] passes it to the
//! [`Gateway`], which reads and validates it (with `ccmessaging-core`), adds [`credentials`] and sends
//! it with `ccmessaging-client`. A [`Rejection`] maps each error to its HTTP status.

#![forbid(unsafe_code)]

pub mod config;
pub mod credentials;
pub mod server;

mod admission;
mod context;
mod extract;
mod rejection;
mod routes;
mod scan;
mod sync;
mod telemetry;
mod trace_context;
mod upload;

pub use ccmessaging_client::{Clock, SystemClock};
pub use config::Config;
pub use context::{Malformed, Platform, RequestContext};
pub use extract::{FormError, MediaTypeError};
pub use rejection::Rejection;
pub use routes::{
    HEALTH_PATH, METRICS_PATH, X_METADATA_REMOVED, X_REQUEST_ID, metrics_router, router,
};
pub use scan::ScanRefusal;
pub use telemetry::{init_logging, report_panics};
pub use trace_context::{TRACEPARENT, TRACESTATE, TraceContext};
pub use upload::{BodyError, BodyTimeout, Gateway, GatewayError};

/// The service's description for programs: an OpenAPI 3.1 document in JSON.
pub const OPENAPI_JSON: &str = include_str!("../openapi.json");
