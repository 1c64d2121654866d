//! An answer where a handler panicked.

use std::any::Any;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::Refusal;

/// Ends a panic at the request that it is about: the caller reads that the upload failed, and the
/// program serves on.
pub(super) fn answer(router: Router) -> Router {
    router.layer(CatchPanicLayer::custom(failed))
}

/// What panicked and why is not the caller's business; the panic hook logs where.
fn failed(_: Box<dyn Any + Send>) -> Response {
    Refusal::Panicked.into_response()
}
