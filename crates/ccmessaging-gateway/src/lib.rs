//! The gateway in front of `uploadFileStream`, as a library: an axum [`router`] and the [`server`] that
//! runs it.
//!
//! The program that AWS Lambda and FunctionGraph start is in `functions/upload-file-stream`. An application
//! handles the paths that it does not serve itself with the gateway:
//!
//! ```
//! use std::sync::Arc;
//!
//! use axum::{Router, routing::get};
//! use ccmessaging_gateway::{Config, Gateway, router};
//!
//! fn application() -> Result<Router, Box<dyn std::error::Error>> {
//!     let config = Config::from_env()?;
//!     let gateway = Gateway::new(&config)?;
//!     Ok(Router::new()
//!         .route("/", get(|| async { "the chat" }))
//!         .fallback_service(router(Arc::new(gateway))))
//! }
//! ```
//!
//! # Data flow
//!
//! The [`server`] or a platform adapter receives the request and passes it to the [`router`]. The
//! [`Gateway`] reads and validates the upload (with `ccmessaging-core`), adds [`credentials`] and forwards
//! it (with `ccmessaging-client`). Everything that is not forwarded becomes an error response; [`OPENAPI_JSON`]
//! describes all of them.

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
#[cfg(test)]
mod openapi;
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

pub use ccmessaging_client::{self, Deadline};
pub use ccmessaging_core;
pub use ccmessaging_media;
pub use chat::fits_event_as_text;
pub use config::Config;
pub use context::{Malformed, Platform, RequestContext, X_REQUEST_ID};
pub use gateway::{Gateway, GatewayError};
pub use outcome::Outcome;
pub use routes::{
    HEALTH_PATH, METRICS_PATH, READY_PATH, check_health, metrics_router, refuse_malformed, router,
};
pub use scan::probe_scanner;
pub use telemetry::{LogGuard, init_logging, report_panics};
pub use upload_outcome::UploadOutcome;

/// The API's description in OpenAPI 3.1, as JSON.
pub const OPENAPI_JSON: &str = include_str!("../openapi.json");
