//! Files whose container is converted before they are sent, and those that are refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ccmessaging_media::Format;
use ccmessaging_media::convert::{m4a_to_adts, mov_to_mp4};
use ccmessaging_media::metadata::{self, StripLevel};
use gateway_tests::{Form, Platform, Request, log_lines, sample};
use serde_json::{Value, json};

use crate::{judged, storing};

const OFF: [(&str, &str); 1] = [("CONVERT_MEDIA", "off")];

fn mov() -> Vec<u8> {
    sample("refused/mov.mp4")
}

fn m4a() -> Vec<u8> {
    sample("refused/m4a.aac")
}

/// The file in the JSON that the upstream received.
fn file(received: &Value) -> Vec<u8> {
    let text = received["fileStream"].as_str().expect("text");
    STANDARD.decode(text).expect("Base64")
}

/// The documented JSON with a `data:` URL.
fn data_url(file_type: &str, media_type: &str, file: &[u8]) -> Request {
    let url = format!("data:{media_type};base64,{}", STANDARD.encode(file));
    let body = json!({"fileType": file_type, "fileStream": url, "channel": "WEB"});
    Request::json(&body)
}

/// Requests by which a movie arrives.
fn of_mov(file: &[u8]) -> Vec<Request> {
    vec![
        Request::upload("mp4", file),
        data_url("mp4", "video/quicktime", file),
        Request::raw("video/quicktime", file),
        Request::raw("video/x-quicktime", file),
        Request::raw("video/mp4", file),
        Form::new().file("a", "video/quicktime", file).request(),
        // As curl sends a file whose media type it does not know.
        Form::new()
            .file("IMG_0001.MOV", "application/octet-stream", file)
            .request(),
        // As scripts for React Native send every file.
        Form::new().file("a.mov", "image/jpeg", file).request(),
    ]
}

/// Requests by which a voice memo arrives.
fn of_m4a(file: &[u8]) -> Vec<Request> {
    vec![
        Request::upload("aac", file),
        data_url("aac", "audio/x-m4a", file),
        Request::raw("audio/mp4", file),
        Request::raw("audio/x-m4a", file),
        Request::raw("audio/mp4a-latm", file),
        Form::new()
            .file("memo.m4a", "application/octet-stream", file)
            .request(),
        // Android and Debian have this media type for the extension.
        Form::new().file("memo.m4a", "audio/mpeg", file).request(),
        Form::new().file("memo.mp3", "audio/mp4", file).request(),
    ]
}

#[tokio::test]
async fn movies_and_voice_memos_reach_the_upstream_converted() {
    let mp4 = mov_to_mp4(mov()).expect("a conversion");
    let aac = m4a_to_adts(&m4a()).expect("a conversion");
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        let (movies, memos) = (of_mov(&mov()), of_m4a(&m4a()));
        let mut expected_lines = Vec::new();
        for (requests, file_type, source, result, bytes) in [
            (movies, "mp4", "mov", &mp4, mov().len()),
            (memos, "aac", "m4a", &aac, m4a().len()),
        ] {
            for request in requests {
                let received = service.store(&request).await;
                assert_eq!(received["fileType"], file_type);
                assert!(file(&received) == *result);
                let answer = service.gateway.send(&request).await;
                assert_eq!(answer.header("x-converted-from"), Some(source));
                expected_lines.extend([(source, bytes), (source, bytes)]);
            }
        }
        let lines = log_lines(&service.gateway.stop().await, "upload");
        assert_eq!(lines.len(), expected_lines.len());
        for (line, (source, bytes)) in lines.iter().zip(expected_lines) {
            assert_eq!(line["converted_from"], source, "{line}");
            assert_eq!(line["decoded_bytes"], bytes, "{line}");
        }
    }
}

#[tokio::test]
async fn other_files_are_forwarded_as_they_are() {
    let service = storing(Platform::Http, &[]).await;
    for (name, media_type) in [
        ("faststart.mp4", "video/quicktime"),
        ("h264-aac.mp4", "video/mp4"),
        ("adts.aac", "audio/mp4"),
    ] {
        let original = sample(name);
        let request = Request::raw(media_type, &original);
        assert!(file(&service.store(&request).await) == original, "{name}");
        let answer = service.gateway.send(&request).await;
        assert_eq!(answer.header("x-converted-from"), None);
    }
    let log = service.gateway.stop().await;
    assert!(!log.contains("converted_from"), "{log}");
}

#[tokio::test]
async fn a_raw_container_that_is_not_converted_is_rejected_with_its_remedy() {
    let cases = [
        ("video/quicktime", "QuickTime .mov: convert to MP4"),
        ("audio/mp4", "M4A audio: convert to MP3"),
        ("audio/x-m4a", "M4A audio: convert to MP3"),
    ];
    for (media_type, remedy) in cases {
        judged(&OFF, &[Request::raw(media_type, &mov())], |answer| {
            answer.assert_refused(415, "3", &["unsupported media type; ", remedy]);
        })
        .await;
    }
}

#[tokio::test]
async fn nothing_is_converted_if_the_setting_is_off() {
    for platform in Platform::ALL {
        let service = storing(platform, &OFF).await;
        for (request, status, code) in [
            (Request::upload("mp4", &mov()), 200, "content_mismatch"),
            (Request::upload("aac", &m4a()), 200, "content_mismatch"),
            (
                data_url("mp4", "video/quicktime", &mov()),
                200,
                "media_type_mismatch",
            ),
            (
                Request::raw("video/quicktime", &mov()),
                415,
                "unsupported_media_type",
            ),
            (
                Request::raw("audio/x-m4a", &m4a()),
                415,
                "unsupported_media_type",
            ),
            (
                Form::new()
                    .file("a.mov", "video/quicktime", &mov())
                    .request(),
                200,
                "unsupported_content",
            ),
        ] {
            let answer = service.refuse(&request).await;
            assert_eq!(answer.status, status);
            assert_eq!(answer.json()["reasonCode"], code);
        }
    }
}

#[tokio::test]
async fn declarations_that_the_api_does_not_document_stay_refused() {
    let service = storing(Platform::Http, &[]).await;
    let generic = "application/octet-stream";
    for (request, code, words) in [
        (
            Request::upload("mov", &mov()),
            "unsupported_type",
            "send \"mp4\"",
        ),
        (
            Request::upload("m4a", &m4a()),
            "unsupported_type",
            "send \"aac\"",
        ),
        (
            Request::upload("video/quicktime", &mov()),
            "unsupported_type",
            "send \"mp4\"",
        ),
        (
            Request::upload("mp4", &m4a()),
            "content_mismatch",
            "declare fileType \"aac\"",
        ),
        (
            Request::raw("audio/mpeg", &m4a()),
            "content_mismatch",
            "declare fileType \"aac\"",
        ),
        (
            Request::upload("aac", &mov()),
            "content_mismatch",
            "declare fileType \"mp4\"",
        ),
        (
            Request::raw(generic, &mov()),
            "unsupported_content",
            "send it as video/quicktime, or declare fileType \"mp4\"",
        ),
        (
            Form::new().file("blob", generic, &m4a()).request(),
            "unsupported_content",
            "send it as audio/mp4, or declare fileType \"aac\"",
        ),
    ] {
        let answer = service.refuse(&request).await;
        answer.assert_refused(200, "3", &[words]);
        assert_eq!(answer.json()["reasonCode"], code);
    }
    // Without conversion, the hint is about other programs.
    let service = storing(Platform::Http, &OFF).await;
    for (request, words) in [
        (Request::upload("mov", &mov()), "send one of jpg"),
        (Request::upload("mp4", &m4a()), "convert to MP3"),
        (Request::raw(generic, &mov()), "convert to MP4"),
        (Request::upload("aac", &mov()), "convert the audio"),
    ] {
        let answer = service.refuse(&request).await;
        answer.assert_refused(200, "3", &[words]);
    }
}

#[tokio::test]
async fn a_codec_that_cannot_be_kept_is_named_and_nothing_is_sent() {
    let mut movie = mov();
    let codec = movie.windows(4).position(|kind| kind == b"avc1");
    let codec = codec.expect("a codec");
    movie[codec..codec + 4].copy_from_slice(b"apcn");
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        let answer = service
            .refuse(&Request::raw("video/quicktime", &movie))
            .await;
        let words = ["body", "QuickTime MOV", "Apple ProRes", "H.264"];
        answer.assert_refused(200, "3", &words);
        let json = answer.json();
        assert_eq!(json["reasonCode"], "content_mismatch");
        assert_eq!(json["details"]["declared"], "mp4");
        assert_eq!(json["details"]["detected"], "video/quicktime");
        assert_eq!(answer.header("x-converted-from"), None);
        let lines = log_lines(&service.gateway.stop().await, "upload");
        assert_eq!(lines[0]["detected_type"], "video/quicktime");
        assert_eq!(lines[0].get("converted_from"), None);
    }
}

#[tokio::test]
async fn the_size_limit_applies_to_the_result() {
    let result = m4a_to_adts(&m4a()).expect("a conversion").len();
    let limit = |bytes: usize| bytes.to_string();
    let service = storing(Platform::Http, &[("MAX_AUDIO_BYTES", &limit(result))]).await;
    service.store(&Request::upload("aac", &m4a())).await;
    let service = storing(Platform::Http, &[("MAX_AUDIO_BYTES", &limit(result - 1))]).await;
    let answer = service.refuse(&Request::upload("aac", &m4a())).await;
    answer.assert_refused(200, "3", &["bytes after its conversion"]);
    assert_eq!(answer.json()["reasonCode"], "too_large");
    assert_eq!(answer.json()["details"]["actualBytes"], result);
}

#[tokio::test]
async fn metadata_is_removed_from_the_result() {
    let converted = mov_to_mp4(mov()).expect("a conversion");
    let stripped = metadata::strip(Format::Mp4, &converted, StripLevel::All);
    let stripped = stripped.expect("a valid file").file.into_owned();
    let service = storing(Platform::Http, &[("STRIP_METADATA", "all")]).await;
    for request in of_mov(&mov()) {
        assert!(file(&service.store(&request).await) == stripped);
    }
}
