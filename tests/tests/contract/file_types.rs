//! Every file type with real files, and files that are not what they are declared to be.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{
    Door, Request, assert_untouched, received_body, sample, samples, upstream_storing,
};
use serde_json::json;

use crate::{gateway, refused_all};

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
    for door in Door::ALL {
        for (spelling, file) in SPELLINGS {
            for spelling in [spelling.to_owned(), spelling.to_uppercase()] {
                let upstream = upstream_storing().await;
                let gateway = gateway(door, &upstream.uri(), &[]).await;
                let answer = gateway
                    .send(&Request::upload(&spelling, &sample(file)))
                    .await;
                assert_eq!(
                    answer.json()["returnCode"],
                    "0",
                    "{spelling}: {}",
                    answer.text
                );
                assert_eq!(received_body(&upstream).await["fileType"], spelling);
            }
        }
    }
}

#[tokio::test]
async fn every_sample_passes_or_is_refused_as_it_must() {
    let upstream = upstream_storing().await;
    let gateway = gateway(Door::Http, &upstream.uri(), &[]).await;
    let mut stored = 0;
    for sample in samples() {
        let request = Request::upload(&sample.declared, &sample.bytes());
        let answer = gateway.send(&request).await;
        if sample.is_accepted() {
            stored += 1;
            assert_eq!(
                answer.json()["returnCode"],
                "0",
                "{}: {}",
                sample.name,
                answer.text
            );
        } else {
            let declared = format!("declared {}", sample.declared);
            answer.assert_refused(200, "3", &["fileStream", &declared, &sample.verdict]);
        }
        let received = upstream.received_requests().await.expect("recording is on");
        assert_eq!(received.len(), stored, "{}", sample.name);
    }
}

#[tokio::test]
async fn a_renamed_photo_is_refused_by_what_it_really_is() {
    for door in Door::ALL {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), &[]).await;
        let heic = gateway
            .send(&Request::upload("jpg", &sample("refused/heic.jpg")))
            .await;
        heic.assert_refused(200, "3", &["declared jpg", "HEIC (image/heic)"]);
        let photo = gateway
            .send(&Request::upload("mp4", &sample("photo.jpg")))
            .await;
        photo.assert_refused(200, "3", &["declared mp4", "(image/jpeg)"]);
        assert_untouched(&upstream).await;
    }
}

#[tokio::test]
async fn a_type_that_the_api_does_not_take_is_refused_by_name() {
    let png = sample("rgb.png");
    let requests = [
        "gif",
        "exe",
        "jp",
        ".png",
        " png",
        "image/png",
        "\u{ff50}ng",
    ]
    .map(|file_type| Request::upload(file_type, &png));
    refused_all(&[], &requests, |answer| {
        answer.assert_refused(
            200,
            "3",
            &["fileType", "jpg, png, bmp, mp3, aac, mp4, txt, csv"],
        );
    })
    .await;
}

#[tokio::test]
async fn a_media_type_in_a_data_url_must_agree_with_the_declared_type() {
    let png = STANDARD.encode(sample("rgb.png"));
    let request = Request::json(&json!({
        "fileType": "jpg",
        "fileStream": format!("data:image/png;base64,{png}"),
        "channel": "WEB",
    }));
    refused_all(&[], &[request], |answer| {
        answer.assert_refused(200, "3", &["fileStream", "declared jpg", "image/png"]);
    })
    .await;
}
