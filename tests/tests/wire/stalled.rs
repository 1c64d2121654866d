//! Clients that do not read.

use gateway_tests::{Request, Wire};

use crate::{store, storing};

/// One answer fits into the system's buffers; a client that asks on and on without reading fills
/// them, and the gateway must not wait for it for ever.
#[tokio::test]
async fn a_client_that_never_reads_its_answers_is_cut_off() {
    let service = storing(&[("MAX_CONNECTIONS", "1"), ("IDLE_TIMEOUT_MS", "300")]).await;
    let mut wire = Wire::open_narrow(service.gateway.address()).await;
    let requests = "GET /healthz HTTP/1.1\r\nHost: gateway.example\r\n\r\n".repeat(1_000);
    while wire.try_send(&requests).await.is_ok() {}
    store(&service.gateway, Request::png().to_bytes()).await;
}
