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

#[tokio::test]
async fn a_text_with_separators_is_refused_by_the_first_of_them() {
    let cases = [
        (
            "8=FIX.4.2\u{1}9=178\u{1}35=8\u{1}\r\n",
            "U+0001 (first at byte 9)",
        ),
        ("10:00:01 RX \u{2}ABC\u{3}\r\n", "U+0002 (first at byte 12)"),
        ("Ä;\u{1d}01\u{1d}21\u{1d}x\r\n", "U+001D (first at byte 3)"),
    ];
    let cases = cases.map(|(line, place)| {
        let text = line.repeat(20);
        let words = [
            "text with the control character",
            place,
            "export the text again",
        ];
        (Request::upload("txt", text.as_bytes()), words)
    });
    each_refused(cases, 200, "3").await;
}

#[tokio::test]
async fn a_picture_of_countless_chunks_or_segments_is_stored() {
    let with = |name, at, part: &[u8], count| {
        let file = sample(name);
        let (start, rest) = file.split_at(at);
        [start, &part.repeat(count), rest].concat()
    };
    let text = b"\0\0\0\0tEXt\x96\x42\xC5\x85";
    let png = with("rgb.png", 33, text, 5_000);
    let jpg = with("photo.jpg", 2, b"\xFF\xFE\0\x02", 500);
    let cases = [("png", png), ("jpg", jpg)];
    let cases = cases.map(|(name, file)| (Request::upload(name, &file), upload_json(name, &file)));
    stored(&[], cases).await;
}
