//! What is not sent on: it is held, so that it can be repeated.

use ccmessaging_sandbox::{Call, Fault};
use gateway_tests::{Form, Platform, Request, sample};

use super::{MIB, film, gateway, large_sandbox, raw, send, streaming_gateway};
use crate::fail;

/// Sends a request to an upstream that fails once: how often it was called, and whether it stored
/// the file.
async fn sent(
    platform: Platform,
    mode: &str,
    request: &Request,
    is_chunked: bool,
) -> (usize, bool) {
    sent_with(&[], platform, mode, request, is_chunked).await
}

/// The same with more settings.
async fn sent_with(
    settings: &[(&str, &str)],
    platform: Platform,
    mode: &str,
    request: &Request,
    is_chunked: bool,
) -> (usize, bool) {
    let sandbox = large_sandbox().await;
    fail(
        &sandbox,
        Fault::status(503)
            .retry_after(0)
            .on(Call::UploadFileStream)
            .nth(1),
    );
    let gateway = gateway(platform, &sandbox.base_url(), mode, settings).await;
    let request = request.clone().admitted_by(&sandbox);
    let answer = send(&gateway, &request, is_chunked).await;
    let is_stored = answer.json()["returnCode"] == "0";
    assert_eq!(sandbox.uploads().len(), usize::from(is_stored));
    (sandbox.calls(Call::UploadFileStream), is_stored)
}

const HELD: (usize, bool) = (2, true);
const SENT_ON: (usize, bool) = (1, false);

/// An MP3 whose audio begins behind a picture that is larger than the head which is examined.
fn audio_behind_a_picture() -> Vec<u8> {
    let picture = MIB + 200_000;
    let mut audio = b"ID3\x03\0\0".to_vec();
    audio
        .extend([21, 14, 7, 0].map(|shift| u8::try_from(picture >> shift & 0x7F).expect("7 bits")));
    audio.resize(10 + picture, b'x');
    audio.extend(sample("cbr.mp3"));
    audio
}

#[tokio::test]
async fn nothing_is_sent_on_unless_that_is_set() {
    let film = film(MIB + 100_000);
    let form = Form::new().file("film.mp4", "video/mp4", &film).request();
    for (mode, request, is_chunked, expected) in [
        ("", raw(&film), false, HELD),
        ("off", raw(&film), false, HELD),
        ("off", form.clone(), false, HELD),
        ("declared-length", raw(&film), false, SENT_ON),
        ("declared-length", raw(&film), true, HELD),
        ("declared-length", form.clone(), false, HELD),
        ("always", raw(&film), false, SENT_ON),
        ("always", raw(&film), true, SENT_ON),
        ("always", form, false, SENT_ON),
    ] {
        let found = sent(Platform::Http, mode, &request, is_chunked).await;
        assert_eq!(found, expected, "{mode} {:?} {is_chunked}", request.headers);
    }
}

#[tokio::test]
async fn small_files_texts_and_json_are_held() {
    let text = "one line after the other\n".repeat(50_000).into_bytes();
    assert!(text.len() > MIB);
    let small = film(MIB);
    let texts = Form::new().file("a.txt", "text/plain", &text);
    let smallest = Form::new().file("a.mp4", "video/mp4", &film(5_000));
    let requests = [
        (raw(&small), false),
        (Request::raw("image/jpeg", &sample("photo.jpg")), false),
        (raw(&film(64 * 1024 - 1)), true),
        (Request::raw("text/plain", &text), false),
        (Request::raw("application/octet-stream", &text), true),
        (Request::upload("mp4", &small), false),
        (texts.request(), false),
        (smallest.request(), true),
    ];
    for (request, is_chunked) in requests {
        let found = sent(Platform::Http, "always", &request, is_chunked).await;
        assert_eq!(found, HELD, "{:?} {is_chunked}", request.headers);
    }
}

#[tokio::test]
async fn a_type_that_the_head_does_not_prove_is_held() {
    let audio = audio_behind_a_picture();
    let form = Form::new().file("a.mp3", "audio/mpeg", &audio).request();
    for request in [Request::raw("audio/mpeg", &audio), form] {
        assert_eq!(sent(Platform::Http, "always", &request, false).await, HELD);
    }
}

#[tokio::test]
async fn a_lambda_event_is_held() {
    let request = raw(&film(MIB + 100_000));
    assert_eq!(
        sent(Platform::Lambda, "always", &request, false).await,
        HELD
    );
}

#[tokio::test]
async fn every_file_is_held_if_metadata_is_removed() {
    let mut picture = sample("geotagged.png");
    picture.resize(MIB + 100_000, 0);
    let mut bitmap = sample("rle8.bmp");
    bitmap.resize(MIB + 100_000, 0);
    for (media_type, file) in [("image/png", &picture), ("image/bmp", &bitmap)] {
        let form = Form::new().file("a", media_type, file).request();
        for request in [Request::raw(media_type, file), form] {
            let settings = &[("STRIP_METADATA", "location")];
            let sent = sent_with(settings, Platform::Http, "always", &request, false);
            assert_eq!(sent.await, HELD, "{media_type}");
        }
    }
    // So they keep to the body's limit.
    let sandbox = large_sandbox().await;
    let settings = [("STRIP_METADATA", "location")];
    let gateway = streaming_gateway(&sandbox.base_url(), &settings).await;
    let request = raw(&film(3 * MIB)).admitted_by(&sandbox);
    gateway
        .send(&request)
        .await
        .assert_refused(413, "3", &["2097152 bytes"]);
    assert_eq!(sandbox.requests(), 0);
}

#[tokio::test]
async fn what_is_held_keeps_to_the_bodys_limit() {
    let sandbox = large_sandbox().await;
    let gateway = streaming_gateway(&sandbox.base_url(), &[]).await;
    let text = vec![b'a'; 2 * MIB + 1];
    let film = film(3 * MIB);
    // Declared as what they are not, so that their heads prove nothing.
    let form = Form::new().file("a.png", "image/png", &film).request();
    for request in [
        Request::raw("text/plain", &text),
        Request::raw("image/png", &film),
        form,
    ] {
        let request = request.admitted_by(&sandbox);
        for is_chunked in [false, true] {
            let answer = send(&gateway, &request, is_chunked).await;
            answer.assert_refused(413, "3", &["2097152 bytes"]);
        }
    }
    assert_eq!(sandbox.requests(), 0);
}
