//! Clients that do not read.

use gateway_tests::{OBJECT_KEY, Wire, upstream_storing};

use crate::{gateway, upload};

/// One answer fits into the system's buffers; a client that asks on and on without reading fills
/// them, and the gateway must not wait for it for ever.
#[tokio::test]
async fn a_client_that_never_reads_its_answers_is_cut_off() {
    let upstream = upstream_storing().await;
    let settings = [("MAX_CONNECTIONS", "1"), ("IDLE_TIMEOUT_MS", "300")];
    let gateway = gateway(&upstream.uri(), &settings).await;
    let mut wire = Wire::open_narrow(gateway.address()).await;
    let requests = "GET /healthz HTTP/1.1\r\nHost: gateway.example\r\n\r\n".repeat(1_000);
    while wire.send(&requests).await.is_ok() {}

    let mut next = Wire::open(gateway.address()).await;
    next.send(upload().to_bytes())
        .await
        .expect("an open connection");
    let answer = next.answer().await.expect("an answer");
    assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
}
