//! Every file type with real files, and files that are not what they are declared to be.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Platform, Request, sample, samples, upload_json};
use serde_json::json;

use crate::{each_refused, refused, stored, storing};

/// Every documented spelling with a real file of its type.
const SPELLINGS: [(&str, &str); 10] = [
    ("jpg", "photo.jpg"),
    ("jpeg", "exif.jpg"),
    ("png", "rgb.png"),
    ("bmp", "info-header.bmp"),
    ("bpm", "v5-header.bmp"),
    ("mp3", "cover-art.mp3"),
    ("aac", "adts.aac"),
    ("mp4", "h264-aac.mp4"),
    ("txt", "utf-8.txt"),
    ("csv", "bmi.csv"),
];

#[tokio::test]
async fn every_documented_spelling_passes_in_both_cases_and_is_not_changed() {
    let cases = SPELLINGS.into_iter().flat_map(|(spelling, name)| {
        let file = sample(name);
        [spelling.to_owned(), spelling.to_uppercase()].map(|spelling| {
            let request = Request::upload(&spelling, &file);
            (request, upload_json(&spelling, &file))
        })
    });
    stored(&[], cases).await;
}

#[tokio::test]
async fn every_sample_passes_or_is_refused_as_it_must() {
    // Otherwise, some of the samples are converted.
    let service = storing(Platform::Http, &[("CONVERT_MEDIA", "off")]).await;
    for sample in samples() {
        let request = Request::upload(&sample.declared, &sample.bytes());
        if sample.is_accepted() {
            service.store(&request).await;
        } else {
            let answer = service.refuse(&request).await;
            let declared = format!("declared {}", sample.declared);
            answer.assert_refused(200, "3", &["fileStream", &declared, &sample.verdict]);
        }
    }
}

#[tokio::test]
async fn a_renamed_photo_is_refused_by_what_it_really_is() {
    let heic = Request::upload("jpg", &sample("refused/heic.jpg"));
    let photo = Request::upload("mp4", &sample("photo.jpg"));
    let cases = [
        (heic, ["declared jpg", "HEIC (image/heic)"]),
        (photo, ["declared mp4", "(image/jpeg)"]),
    ];
    each_refused(cases, 200, "3").await;
}

#[tokio::test]
async fn an_unsupported_type_is_rejected_by_name() {
    let png = sample("rgb.png");
    let types = [
        "gif",
        "exe",
        "jp",
        ".png",
        " png",
        "image/png",
        "\u{ff50}ng",
    ];
    let requests = types.map(|file_type| Request::upload(file_type, &png));
    let words = ["fileType", "jpg, png, bmp, mp3, aac, mp4, txt, csv"];
    refused(&requests, 200, "3", &words).await;
}

#[tokio::test]
async fn a_media_type_in_a_data_url_must_agree_with_the_declared_type() {
    let png = STANDARD.encode(sample("rgb.png"));
    let request = Request::json(&json!({
        "fileType": "jpg",
        "fileStream": format!("data:image/png;base64,{png}"),
        "channel": "WEB",
    }));
    let words = ["fileStream", "declared jpg", "image/png"];
    refused(&[request], 200, "3", &words).await;
}
