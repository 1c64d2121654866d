//! The SHA-256 of a file that is summed up while it passes.

use data_encoding::HEXLOWER;
use gateway_tests::{Form, Request, upload_line};
use sha2::{Digest as _, Sha256};

use super::{MIB, film, large_sandbox, raw, send, streaming_gateway};

const TOLD: [(&str, &str); 1] = [("LOG_SHA256", "true")];

#[tokio::test]
async fn the_log_tells_that_of_the_file_that_is_stored() {
    let film = film(5 * MIB + 1);
    let form = Form::new().file("film.mp4", "video/mp4", &film).request();
    for (request, is_chunked) in [(raw(&film), false), (raw(&film), true), (form, false)] {
        let sandbox = large_sandbox().await;
        let gateway = streaming_gateway(&sandbox.base_url(), &TOLD).await;
        let request = request.admitted_by(&sandbox);
        let key = send(&gateway, &request, is_chunked).await.assert_stored();
        let stored = sandbox.file(&key).expect("a stored file");
        let line = upload_line(&gateway.stop().await);
        assert_eq!(line["streamed"], true, "{line}");
        let sum = HEXLOWER.encode(&Sha256::digest(stored));
        assert_eq!(line["file_sha256"], sum, "{line}");
    }
}

#[tokio::test]
async fn a_file_that_was_not_sent_whole_has_none() {
    let sandbox = large_sandbox().await;
    let gateway = streaming_gateway(&sandbox.base_url(), &TOLD).await;
    let film = film(3 * MIB);
    let form = Form::new().file("film.mp4", "video/mp4", &film);
    let request: Request = form.text("channel", "PHONE").request();
    let request = request.admitted_by(&sandbox);
    gateway
        .send(&request)
        .await
        .assert_refused(200, "3", &["channel"]);
    let line = upload_line(&gateway.stop().await);
    assert_eq!(line["streamed"], true, "{line}");
    assert_eq!(line.get("file_sha256"), None, "{line}");
    assert!(sandbox.uploads().is_empty());
}
