//! One connection.

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::ServiceExt;

use super::wire::ConnectionHandle;

/// Serves `stream` until the caller closes it, a fault ends it, or the server stops.
pub(super) async fn serve(stream: TcpStream, router: Router, mut stopping: watch::Receiver<bool>) {
    // Small answers must not wait for the caller's acknowledgements, least of all dripping ones.
    let _ = stream.set_nodelay(true);
    let (handle, mut finale) = ConnectionHandle::new();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(handle.clone());
        Box::pin(router.clone().oneshot(request.map(axum::body::Body::new)))
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let mut told_to_stop = false;
    let finale = loop {
        tokio::select! {
            // An error is the caller's disconnection or its bad HTTP, which hyper has answered.
            _ = &mut connection => return,
            Some(finale) = finale.recv() => break finale,
            _ = stopping.changed(), if !told_to_stop => {
                std::pin::Pin::new(&mut connection).graceful_shutdown();
                told_to_stop = true;
            }
        }
    };
    finale.play(connection.into_parts().io.into_inner()).await;
}
