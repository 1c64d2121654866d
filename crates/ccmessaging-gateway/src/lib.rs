//! The gateway in front of `uploadFileStream`, as a library: an axum [`router`] and the [`server`] that
//! runs it.
//!
//! The program that AWS Lambda and FunctionGraph start is in `functions/upload-file-stream`.
//!
//! # Data flow
//!
//! The [`server`] or a platform adapter receives the request and passes it to the [`router`]. The
//! [`Gateway`] reads and validates the upload (with `ccmessaging-core`), adds [`credentials`] and forwards
//! it (with `ccmessaging-client`). Everything that is not forwarded is a [`Rejection`], the only type that
//! knows HTTP statuses.

#![forbid(unsafe_code)]

pub mod config;
pub mod credentials;
pub mod server;

mod admission;
mod body;
mod chat;
mod context;
mod extract;
mod gateway;
mod local_http;
mod outcome;
mod rejection;
mod routes;
mod scan;
mod services;
mod telemetry;
mod trace_context;
mod upload;
mod upload_outcome;
mod upstream;

pub use body::{BodyError, BodyTimeout};
pub use chat::{X_CHAT_TICKET, fits_event_as_text};
pub use config::Config;
pub use context::{Malformed, Platform, RequestContext, X_REQUEST_ID};
pub use extract::{FormError, MediaTypeError, TextInsteadOfFile};
pub use gateway::{Gateway, GatewayError};
pub use rejection::{ChatRejection, DownloadError, Rejection, TicketError};
pub use routes::{
    HEALTH_PATH, METRICS_PATH, READY_PATH, X_CONVERTED_FROM, X_METADATA_REMOVED, check_health,
    metrics_router, router,
};
pub use scan::{ScanRefusal, probe_scanner};
pub use telemetry::{LogGuard, init_logging, report_panics};
pub use trace_context::{TRACEPARENT, TRACESTATE};
pub use upload_outcome::UploadOutcome;

/// The API's description in OpenAPI 3.1, as JSON.
pub const OPENAPI_JSON: &str = include_str!("../openapi.json");
