//! The SHA-256 of a file, by which an incident can be traced to an upload.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use gateway_tests::{Form, Platform, Request, log_lines, sample, upload_line};
use sha2::{Digest as _, Sha256};

use crate::storing;

/// The setting that logs the checksum.
const TOLD: (&str, &str) = ("LOG_SHA256", "true");

#[tokio::test]
async fn it_is_the_files_as_it_is_sent_on() {
    let text = "a line of a longer text\n".repeat(5_000);
    let photo = sample("geotagged.jpg");
    let requests = [
        Request::upload("csv", b"a,b\n"),
        Request::raw("text/plain", text.as_bytes()),
        Request::upload("jpg", &photo),
        Form::new().file("a.jpg", "image/jpeg", &photo).request(),
    ];
    for platform in Platform::ALL {
        for level in ["off", "all"] {
            let service = storing(platform, &[TOLD, ("STRIP_METADATA", level)]).await;
            let mut sums = Vec::new();
            for request in &requests {
                let received = service.store(request).await;
                let text = received["fileStream"].as_str().expect("text");
                let file = STANDARD.decode(text).expect("Base64");
                sums.push(HEXLOWER.encode(&Sha256::digest(file)));
            }
            let lines = log_lines(&service.gateway.stop().await, "upload");
            let told: Vec<_> = lines.iter().map(|line| &line["file_sha256"]).collect();
            assert_eq!(told, sums.iter().collect::<Vec<_>>());
        }
    }
}

#[tokio::test]
async fn the_checksum_is_logged_only_with_the_setting() {
    for settings in [&[][..], &[("LOG_SHA256", "false")]] {
        let service = storing(Platform::Http, settings).await;
        service.store(&Request::png()).await;
        let line = upload_line(&service.gateway.stop().await);
        assert_eq!(line.get("file_sha256"), None, "{line}");
    }
}

#[tokio::test]
async fn a_rejected_file_has_no_checksum() {
    let unwanted = Request::upload("png", b"GIF89a\x01\0\x01\0\0\0\0;");
    let service = storing(Platform::Http, &[TOLD]).await;
    service.refuse(&unwanted).await;
    let line = upload_line(&service.gateway.stop().await);
    assert_eq!(line.get("file_sha256"), None, "{line}");
}
