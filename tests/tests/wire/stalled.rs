//! Clients that do not read.

use gateway_tests::{Request, Wire};

use crate::{store, storing};

/// One response fits into the socket buffers. A client that keeps sending requests without reading fills
/// them, and the gateway must time out.
#[tokio::test]
async fn clients_that_never_read_are_disconnected() {
    let service = storing(&[("MAX_CONNECTIONS", "1"), ("IDLE_TIMEOUT_MS", "300")]).await;
    let mut wire = Wire::open_narrow(service.gateway.address()).await;
    let requests = "GET /healthz HTTP/1.1\r\nHost: gateway.example\r\n\r\n".repeat(1_000);
    while wire.try_send(&requests).await.is_ok() {}
    store(&service.gateway, Request::png().to_bytes()).await;
}
