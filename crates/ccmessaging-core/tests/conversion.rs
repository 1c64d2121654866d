//! Uploads of containers that are converted.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ccmessaging_core::media::convert::{m4a_to_adts, mov_to_mp4};
use ccmessaging_core::media::tracks;
use ccmessaging_core::{
    CheckedUpload, Content as _, Conversion, Family, Field, FileProblem, FileType, Limits, Policy,
    UploadError, UploadRequest, ValidatedUpload,
};

fn sample(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    std::fs::read(folder.join(name)).expect("a readable sample")
}

fn mov() -> Vec<u8> {
    sample("refused/mov.mp4")
}

fn m4a() -> Vec<u8> {
    sample("refused/m4a.aac")
}

fn converting() -> Policy {
    Policy::default().with_convert_media(true)
}

fn json(file_type: &str, prefix: &str, file: &[u8]) -> UploadRequest {
    let text = STANDARD.encode(file);
    let body =
        format!(r#"{{"fileType":"{file_type}","fileStream":"{prefix}{text}","channel":"WEB"}}"#);
    UploadRequest::from_json(body).expect("a request")
}

fn decoded(upload: &ValidatedUpload) -> Vec<u8> {
    let mut file = vec![0; upload.decoded_bytes()];
    assert_eq!(upload.file().read_at(0, &mut file), file.len());
    file
}

#[test]
fn a_movie_declared_mp4_is_converted_in_every_format() {
    let expected = mov_to_mp4(mov()).expect("a conversion");
    for request in [
        UploadRequest::from_file(mov(), "mp4"),
        UploadRequest::from_file(mov(), FileType::Mp4),
        json("MP4", "", &mov()),
        json("mp4", "data:video/quicktime;base64,", &mov()),
        json("mp4", "data:;base64,", &mov()),
    ] {
        let spelling = request.declared().as_str().expect("a type").to_owned();
        let upload = request.validate(&converting()).expect("a valid upload");
        assert_eq!(upload.spelling(), spelling);
        assert_eq!(upload.file_type(), FileType::Mp4);
        assert_eq!(upload.conversion(), Some(Conversion::MovToMp4));
        assert_eq!(decoded(&upload), expected);
    }
}

#[test]
fn audio_declared_aac_is_converted() {
    let expected = m4a_to_adts(&m4a()).expect("a conversion");
    for prefix in ["", "data:audio/mp4;base64,", "data:audio/x-m4a;base64,"] {
        let upload = json("aac", prefix, &m4a()).validate(&converting());
        let upload = upload.expect("a valid upload");
        assert_eq!(upload.file_type(), FileType::Aac);
        assert_eq!(decoded(&upload), expected);
    }
}

#[test]
fn the_caller_can_examine_the_file_before_its_conversion() {
    let request = UploadRequest::from_file(mov(), "mp4");
    let Ok(CheckedUpload::Convertible(upload)) = request.check(&converting()) else {
        panic!("not convertible");
    };
    assert_eq!(upload.conversion(), Conversion::MovToMp4);
    let mut received = vec![0; upload.file().len()];
    upload.file().read_at(0, &mut received);
    assert_eq!(received, mov());
    assert!(upload.convert(&converting()).is_ok());

    let request = UploadRequest::from_file(sample("faststart.mp4"), "mp4");
    assert!(matches!(
        request.check(&converting()),
        Ok(CheckedUpload::Valid(_))
    ));
}

#[test]
fn nothing_is_converted_unless_the_policy_says_so() {
    for request in [
        UploadRequest::from_file(mov(), "mp4"),
        UploadRequest::from_file(m4a(), "aac"),
    ] {
        let error = request.validate(&Policy::default()).expect_err("an error");
        assert_eq!(error.reason_code(), "content_mismatch");
    }
    let request = json("mp4", "data:video/quicktime;base64,", &mov());
    let error = request.validate(&Policy::default()).expect_err("an error");
    assert_eq!(error.reason_code(), "media_type_mismatch");
    assert_eq!(
        Policy::default().type_of_media_type("video/quicktime"),
        None
    );
    assert_eq!(Policy::default().type_of_extension("mov"), None);
}

#[test]
fn media_types_and_extensions_declare_the_result() {
    let policy = converting();
    for media_type in ["video/quicktime", "Video/QuickTime; a=b", "video/mp4"] {
        assert_eq!(policy.type_of_media_type(media_type), Some(FileType::Mp4));
    }
    for media_type in ["audio/mp4", "audio/x-m4a;codecs=mp4a.40.2", "audio/aac"] {
        assert_eq!(policy.type_of_media_type(media_type), Some(FileType::Aac));
    }
    for (extension, file_type) in [
        ("MOV", FileType::Mp4),
        ("m4a", FileType::Aac),
        ("png", FileType::Png),
    ] {
        assert_eq!(policy.type_of_extension(extension), Some(file_type));
    }
    assert_eq!(policy.type_of_media_type("image/heic"), None);
}

#[test]
fn other_declarations_stay_refused() {
    for (file, declared, code) in [
        (mov(), "mov", "unsupported_type"),
        (mov(), "aac", "content_mismatch"),
        (m4a(), "mp4", "content_mismatch"),
        (m4a(), "mp3", "content_mismatch"),
        (sample("h264-aac.mp4"), "aac", "content_mismatch"),
    ] {
        let error = UploadRequest::from_file(file, declared).validate(&converting());
        assert_eq!(error.expect_err("an error").reason_code(), code);
    }
    // The hint for a video that was declared as audio stays.
    let video = UploadRequest::from_file(sample("h264-aac.mp4"), "aac");
    let error = video.validate(&converting()).expect_err("an error");
    assert!(
        error
            .to_string()
            .ends_with("declare fileType \"mp4\", or convert the file")
    );
}

#[test]
fn what_cannot_be_converted_is_refused_with_both_types_and_the_reason() {
    let mut file = mov();
    let codec = file
        .windows(4)
        .position(|kind| kind == b"avc1")
        .expect("a codec");
    file[codec..codec + 4].copy_from_slice(b"apcn");
    let request = UploadRequest::from_file(file, "mp4").in_field(Field::File);
    let error = request.validate(&converting()).expect_err("an error");
    assert_eq!(
        error.to_string(),
        "file: declared mp4, but the content is QuickTime MOV (video/quicktime); the file's video codec \
         Apple ProRes is not supported; export it as MP4 with H.264 and send that"
    );
    assert_eq!(error.reason_code(), "content_mismatch");
    let details = error.details();
    assert_eq!(details.declared.as_deref(), Some("mp4"));
    assert_eq!(details.detected.as_deref(), Some("video/quicktime"));
    assert!(error.found().is_some());
}

#[test]
fn the_position_of_damage_is_reported() {
    let mut file = m4a();
    file.truncate(file.len() - 100);
    let request = UploadRequest::from_file(file, "aac");
    let error = request.validate(&converting()).expect_err("an error");
    let position = error.position().expect("a position");
    let words = format!("damaged or incomplete at byte {position}; ");
    assert!(error.to_string().contains(&words), "{error}");
    assert_eq!(error.details().position, Some(position));
}

#[test]
fn the_limit_applies_to_the_result() {
    let result = m4a_to_adts(&m4a()).expect("a conversion");
    assert!(result.len() < m4a().len());
    let policy = |bytes| converting().with_limits(Limits::uniform(bytes));
    let request = || UploadRequest::from_file(m4a(), "aac");
    assert!(request().validate(&policy(result.len())).is_ok());
    let error = request()
        .validate(&policy(result.len() - 1))
        .expect_err("an error");
    let expected = UploadError::File {
        field: Field::FileStream,
        problem: FileProblem::TooLarge {
            family: Family::Audio,
            limit_bytes: result.len() - 1,
            actual_bytes: result.len(),
            is_converted: true,
        },
    };
    assert_eq!(error, expected);
    // Other files are refused as before.
    let picture = UploadRequest::from_file(sample("photo.jpg"), "mp4");
    let error = picture.validate(&policy(10)).expect_err("an error");
    assert_eq!(error.reason_code(), "too_large");
}

#[test]
fn a_movie_whose_samples_were_damaged_is_refused() {
    let mut damaged = mov();
    let kind = damaged.windows(4).position(|window| window == b"moov");
    let start = kind.expect("a description") - 4;
    let tracks = tracks::read(&damaged[start..]).expect("tracks");
    let samples = tracks.iter().flat_map(|track| &track.samples);
    for sample in samples {
        damaged[sample.start] = b'?';
    }
    mov_to_mp4(damaged.clone()).expect("a conversion");
    let upload = UploadRequest::from_file(damaged, "mp4").validate(&converting());
    let error = upload.expect_err("a damaged movie");
    assert_eq!(error.reason_code(), "damaged_in_transit");
}
