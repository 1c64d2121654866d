//! A file that is sent on piece by piece becomes the same upload as one that is sent whole.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ccmessaging_core::{
    BmpSpelling, Declared, Family, Field, FileHead, FileProblem, FileType, Limits, Policy,
    ReturnCode, StreamedUpload, UploadError,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const PNG: &[u8] =
    b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90\x77\x53\xDE";

fn proven(policy: &Policy) -> StreamedUpload {
    let head = FileHead::new(PNG, FileType::Png);
    head.in_field(Field::Body).prove(policy).expect("a PNG")
}

fn limited(image_bytes: usize) -> Policy {
    Policy {
        limits: Limits {
            image_bytes,
            ..Limits::default()
        },
        ..Policy::default()
    }
}

fn drain(upload: &mut StreamedUpload, body: &mut Vec<u8>) {
    while let Some(segment) = upload.next_segment() {
        assert!(!segment.is_empty() && segment.len() <= StreamedUpload::SEGMENT_BYTES);
        body.extend_from_slice(&segment);
    }
}

fn finished(mut upload: StreamedUpload) -> Value {
    let mut body = Vec::new();
    drain(&mut upload, &mut body);
    body.extend_from_slice(&upload.finish());
    serde_json::from_slice(&body).expect("JSON")
}

#[test]
fn what_waits_is_what_has_come_and_is_in_no_segment() {
    let mut upload = proven(&Policy::default());
    upload.push("the rest").expect("within the limit");
    let waiting: Vec<&[u8]> = upload.waiting().map(|piece| &piece[..]).collect();
    assert_eq!(waiting, [PNG, b"the rest"]);
    drain(&mut upload, &mut Vec::new());
    assert_eq!(upload.waiting().count(), 0);
}

proptest! {
    #[test]
    fn the_body_holds_the_whole_file_however_it_is_cut(
        lengths in prop::collection::vec(0_usize..40_000, 0..6),
        drains in any::<bool>(),
    ) {
        let mut upload = proven(&Policy::default());
        let (mut file, mut body) = (PNG.to_vec(), Vec::new());
        for length in lengths {
            let piece: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
            file.extend_from_slice(&piece);
            upload.push(piece).expect("within the limit");
            if drains {
                drain(&mut upload, &mut body);
            }
        }
        prop_assert_eq!(upload.decoded_bytes(), file.len());
        let length = upload.body_len(file.len());
        body.extend_from_slice(&upload.finish());
        prop_assert_eq!(length, Ok(body.len()));
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        let fields = json!({
            "fileStream": STANDARD.encode(&file),
            "fileType": "png",
            "channel": "WEB",
        });
        prop_assert_eq!(body, fields);
    }
}

#[test]
fn without_its_end_the_body_is_no_json() {
    let mut upload = proven(&Policy::default());
    let mut body = Vec::new();
    drain(&mut upload, &mut body);
    assert!(serde_json::from_slice::<Value>(&body).is_err());
}

#[test]
fn a_file_of_exactly_the_limit_passes_and_one_byte_more_does_not() {
    let limit_bytes = PNG.len() + 10;
    let mut upload = proven(&limited(limit_bytes));
    upload.push(vec![0; 10]).expect("the limit");
    let refused = upload.push(vec![0]).expect_err("over the limit");
    assert_eq!(
        refused,
        UploadError::File {
            field: Field::Body,
            problem: FileProblem::Outgrown {
                family: Family::Image,
                limit_bytes,
            },
        }
    );
    assert_eq!(refused.return_code(), ReturnCode::IncorrectParameter);
}

#[test]
fn a_declared_size_over_the_limit_is_refused_before_anything_is_sent() {
    let upload = proven(&limited(100));
    assert!(upload.body_len(100).is_ok());
    for actual_bytes in [101, usize::MAX] {
        assert_eq!(
            upload.body_len(actual_bytes),
            Err(UploadError::File {
                field: Field::Body,
                problem: FileProblem::TooLarge {
                    family: Family::Image,
                    limit_bytes: 100,
                    actual_bytes,
                },
            })
        );
    }
}

#[test]
fn a_head_over_the_limit_is_left_to_the_validation_of_the_whole_file() {
    let head = FileHead::new(PNG, Declared::Unknown).prove(&limited(PNG.len() - 1));
    assert_eq!(head.expect_err("too large").into_bytes(), PNG);
}

#[test]
fn the_callers_spelling_is_sent_on_wherever_it_stood() {
    for spelling in ["png", "PNG", "Png"] {
        let before = FileHead::new(PNG, spelling);
        let before = before.prove(&Policy::default()).expect("a PNG");
        assert_eq!(finished(before)["fileType"], spelling);
        let behind = proven(&Policy::default()).with_spelling(spelling);
        let behind = behind.and_then(|upload| upload.with_channel("WEB"));
        assert_eq!(finished(behind.expect("a PNG"))["fileType"], spelling);
    }
}

#[test]
fn an_unspelled_bitmap_is_spelled_as_the_policy_says() {
    let mut bitmap = vec![0; 1024];
    bitmap[..2].copy_from_slice(b"BM");
    (bitmap[10], bitmap[14], bitmap[26], bitmap[28]) = (54, 40, 1, 24);
    let policy = Policy {
        bmp_spelling: BmpSpelling::Bpm,
        ..Policy::default()
    };
    let upload = FileHead::new(bitmap, Declared::Unknown)
        .prove(&policy)
        .expect("a bitmap");
    assert_eq!(finished(upload)["fileType"], "bpm");
}

#[test]
fn a_spelling_or_channel_behind_the_file_must_fit() {
    let refused = proven(&Policy::default()).with_spelling("mp3");
    let sentence = refused.expect_err("not an MP3").to_string();
    let expected = "body: declared mp3, but the content is PNG (image/png); ";
    assert!(sentence.starts_with(expected), "{sentence}");
    let refused = proven(&Policy::default()).with_spelling("exe");
    assert!(matches!(
        refused,
        Err(UploadError::UnsupportedFileType { .. })
    ));
    let refused = proven(&Policy::default()).with_channel("SMS");
    assert!(matches!(
        refused,
        Err(UploadError::UnsupportedChannel { .. })
    ));
}

#[test]
fn an_unknown_spelling_before_the_file_proves_nothing() {
    let head = FileHead::new(PNG, "exe");
    assert!(head.prove(&Policy::default()).is_err());
}

#[test]
fn nothing_of_the_file_is_printed() {
    let head = FileHead::new(PNG, FileType::Png);
    let printed = format!("{head:?} {:?}", proven(&Policy::default()));
    assert!(!printed.contains("IHDR"), "{printed}");
    assert!(printed.contains("Png"), "{printed}");
}
