//! Metadata of photos and videos, with and without `STRIP_METADATA`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ccmessaging_core::FileType;
use ccmessaging_media::Format;
use ccmessaging_media::metadata::{self, StripLevel};
use gateway_tests::{Form, Platform, Request, answering, log_lines, sample, upload_line};
use serde_json::Value;
use wiremock::ResponseTemplate;

use crate::{gateway, storing};

const LEVELS: [(&str, StripLevel); 2] =
    [("location", StripLevel::Location), ("all", StripLevel::All)];

/// Samples with a location, and a word of it.
const GEOTAGGED: [(FileType, &str, &[u8]); 3] = [
    (FileType::Jpg, "geotagged.jpg", b"Bern"),
    (FileType::Png, "geotagged.png", b"Bern"),
    (FileType::Mp4, "geotagged.mp4", b"loci"),
];

/// The setting at a level.
fn strip(level: &str) -> [(&'static str, &str); 1] {
    [("STRIP_METADATA", level)]
}

/// Uploads of a file in each format.
fn in_each_format(file_type: FileType, file: &[u8]) -> [Request; 3] {
    let (name, media_type) = (file_type.name(), file_type.media_type());
    [
        Request::upload(name, file),
        Request::raw(media_type, file),
        Form::new().file("a", media_type, file).request(),
    ]
}

/// The file in the JSON that the upstream received.
fn file(received: &Value) -> Vec<u8> {
    let text = received["fileStream"].as_str().expect("text");
    STANDARD.decode(text).expect("Base64")
}

fn contains(file: &[u8], word: &[u8]) -> bool {
    file.windows(word.len()).any(|window| window == word)
}

/// A video that is accepted, although it was cut off in the header of its description, and the offset of that.
fn cut_video() -> (Vec<u8>, usize) {
    let mut video = sample("geotagged.mp4");
    let kind = video.windows(4).position(|kind| kind == b"moov");
    let start = kind.expect("a description") - 4;
    video.truncate(start + 8);
    (video, start)
}

#[tokio::test]
async fn removed_metadata_is_not_forwarded_and_is_reported() {
    for platform in Platform::ALL {
        for (setting, level) in LEVELS {
            let service = storing(platform, &strip(setting)).await;
            let mut expected_lines = Vec::new();
            for (file_type, name, word) in GEOTAGGED {
                let original = sample(name);
                assert!(contains(&original, word));
                let format = match file_type {
                    FileType::Jpg => Format::Jpg,
                    FileType::Png => Format::Png,
                    _ => Format::Mp4,
                };
                let stripped = metadata::strip(format, &original, level);
                let stripped = stripped.expect("a file that can be walked");
                let kinds: Vec<_> = stripped.removed.iter().map(|kind| kind.name()).collect();
                for request in in_each_format(file_type, &original) {
                    let received = service.store(&request).await;
                    assert_eq!(received["fileType"], file_type.name());
                    let received = file(&received);
                    assert!(stripped.file == received, "{name} {setting}");
                    assert!(!contains(&received, word), "{name} {setting}");
                    expected_lines.push((kinds.join(", "), original.len()));
                }
            }
            let lines = log_lines(&service.gateway.stop().await, "upload");
            assert_eq!(lines.len(), expected_lines.len());
            for (line, (kinds, bytes)) in lines.iter().zip(expected_lines) {
                assert_eq!(line["metadata_removed"], kinds, "{line}");
                assert_eq!(line["decoded_bytes"], bytes, "{line}");
            }
        }
    }
}

#[tokio::test]
async fn a_success_names_the_kinds_in_a_header_and_leaves_the_answers_body_alone() {
    let body = r#"{ "objectKey":"k", "returnCode":"0", "new": 1 }"#;
    let answer = ResponseTemplate::new(200)
        .insert_header("x-metadata-removed", "of the upstream")
        .set_body_raw(body, "application/json");
    let upstream = answering(answer).await;
    for platform in Platform::ALL {
        let gateway = gateway(platform, &upstream.uri(), &strip("all")).await;
        let photo = Request::upload("jpg", &sample("geotagged.jpg"));
        let answer = gateway.send(&photo).await;
        let kinds = Some("exif, iptc, text, xmp");
        assert_eq!(answer.header("x-metadata-removed"), kinds);
        assert_eq!(answer.text, body);
        let answer = gateway.send(&Request::png()).await;
        assert_eq!(answer.header("x-metadata-removed"), None);
        assert_eq!(answer.text, body);
    }
}

#[tokio::test]
async fn an_upload_that_is_not_stored_has_no_such_header() {
    let refusal = ResponseTemplate::new(200).set_body_raw(r#"{"returnCode":"3"}"#, "text/json");
    let failure = ResponseTemplate::new(404);
    for answer in [refusal, failure] {
        let upstream = answering(answer).await;
        let gateway = gateway(Platform::Http, &upstream.uri(), &strip("location")).await;
        let photo = Request::upload("jpg", &sample("geotagged.jpg"));
        let answer = gateway.send(&photo).await;
        assert_ne!(answer.json()["returnCode"], "0");
        assert_eq!(answer.header("x-metadata-removed"), None);
        let line = upload_line(&gateway.stop().await);
        assert_eq!(line["metadata_removed"], "exif, iptc, xmp", "{line}");
    }
}

#[tokio::test]
async fn a_file_is_forwarded_unchanged_without_the_setting() {
    for settings in [&[][..], &strip("off"), &strip("OFF")] {
        for platform in Platform::ALL {
            let service = storing(platform, settings).await;
            for (file_type, name, _) in GEOTAGGED {
                let original = sample(name);
                for request in in_each_format(file_type, &original) {
                    assert!(file(&service.store(&request).await) == original);
                    let answer = service.gateway.send(&request).await;
                    assert_eq!(answer.header("x-metadata-removed"), None);
                }
            }
            // The description is not read in this case.
            let (cut, _) = cut_video();
            let request = Request::upload("mp4", &cut);
            assert!(file(&service.store(&request).await) == cut);
            let log = service.gateway.stop().await;
            assert!(!log.contains("metadata_removed"), "{log}");
        }
    }
}

#[tokio::test]
async fn a_file_whose_metadata_cannot_be_removed_is_refused() {
    let (cut, position) = cut_video();
    let fields = ["fileStream", "body", "file"];
    for platform in Platform::ALL {
        for (setting, _) in LEVELS {
            let service = storing(platform, &strip(setting)).await;
            for (request, field) in in_each_format(FileType::Mp4, &cut).iter().zip(fields) {
                let answer = service.refuse(request).await;
                let offset = format!("expected at byte {position} ");
                let words = [field, &offset, "send the whole video"];
                answer.assert_refused(200, "3", &words);
                let json = answer.json();
                assert_eq!(json["reasonCode"], "metadata_not_removable");
                assert_eq!(json["details"]["position"], position);
                assert_eq!(json["details"]["field"], field);
                assert_eq!(answer.header("x-metadata-removed"), None);
            }
            for line in log_lines(&service.gateway.stop().await, "upload") {
                assert_eq!(line["outcome"], "refused", "{line}");
                assert_eq!(line["reason_code"], "metadata_not_removable", "{line}");
                assert_eq!(line["detected_type"], "video/mp4", "{line}");
                assert_eq!(line["decoded_bytes"], cut.len(), "{line}");
            }
        }
    }
}
