//! An upstream that takes uploads and keeps their callers waiting.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::routing::any;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::patience::in_time;
use crate::upstream::stored;

/// The running upstream. It answers nothing until it is told to; what it received is not kept.
#[derive(Debug)]
pub struct HeldUpstream {
    uri: String,
    arrived: mpsc::UnboundedReceiver<usize>,
    is_released: watch::Sender<bool>,
}

impl HeldUpstream {
    /// Starts on a free port.
    ///
    /// # Panics
    ///
    /// If it cannot listen.
    pub async fn start() -> Self {
        let (arrival, arrived) = mpsc::unbounded_channel();
        let (is_released, released) = watch::channel(false);
        let handle = move |body: Bytes| {
            let (arrival, mut released) = (arrival.clone(), released.clone());
            async move {
                let bytes = body.len();
                drop(body);
                let _ = arrival.send(bytes);
                let _ = released.wait_for(|&is_released| is_released).await;
                ([(CONTENT_TYPE, "application/json")], Body::from(stored()))
            }
        };
        let router = Router::new()
            .fallback(any(handle))
            .layer(DefaultBodyLimit::disable());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            uri: format!("http://{address}"),
            arrived,
            is_released,
        }
    }

    /// Its base URL.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Waits until this many more uploads have arrived whole; returns their bodies' bytes together.
    ///
    /// # Panics
    ///
    /// If they do not come.
    pub async fn until_holding(&mut self, uploads: usize) -> usize {
        let mut bytes = 0;
        for _ in 0..uploads {
            let arrived = in_time("uploads must arrive", self.arrived.recv()).await;
            bytes += arrived.unwrap_or_default();
        }
        bytes
    }

    /// Asserts that no further upload has arrived.
    ///
    /// # Panics
    ///
    /// If one has.
    pub fn assert_no_more(&mut self) {
        assert!(self.arrived.try_recv().is_err(), "an upload got through");
    }

    /// Answers every upload, now and from now on: stored.
    pub fn release(&self) {
        self.is_released.send_replace(true);
    }
}
