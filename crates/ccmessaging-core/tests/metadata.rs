//! An upload without its file's metadata is still a validated one.

use std::path::PathBuf;

use ccmessaging_core::media::Format;
use ccmessaging_core::media::metadata::{self, MetadataError, StripLevel};
use ccmessaging_core::{
    Content as _, Field, FileProblem, FileType, Policy, UploadError, UploadRequest, ValidatedUpload,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

const LEVELS: [StripLevel; 2] = [StripLevel::Location, StripLevel::All];

fn sample(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    std::fs::read(folder.join(name)).expect("a readable sample")
}

fn validated(file_type: FileType, file: &[u8]) -> ValidatedUpload {
    let request = UploadRequest::from_file(file.to_vec(), file_type).in_field(Field::File);
    request.validate(&Policy::default()).expect("a valid file")
}

fn decoded(upload: &ValidatedUpload) -> Vec<u8> {
    let mut file = vec![0; upload.decoded_bytes()];
    assert_eq!(upload.file().read_at(0, &mut file), file.len());
    file
}

#[test]
fn stripped_file_is_valid() {
    for (file_type, format, name) in [
        (FileType::Jpg, Format::Jpg, "geotagged.jpg"),
        (FileType::Png, Format::Png, "geotagged.png"),
        (FileType::Mp4, Format::Mp4, "geotagged.mp4"),
    ] {
        let file = sample(name);
        for level in LEVELS {
            let upload = validated(file_type, &file);
            let (upload, removed) = upload.without_metadata(level).expect("no error");
            let expected = metadata::strip(format, &file, level).expect("no error");
            assert_eq!(decoded(&upload), expected.file.to_vec(), "{name} {level:?}");
            assert_eq!(removed, expected.removed, "{name} {level:?}");
            assert_eq!(upload.file_type(), file_type);
            assert_eq!(upload.spelling(), file_type.name());
            validated(file_type, &decoded(&upload));
        }
    }
}

/// Decoders skip these markers, so such a photo is accepted.
#[test]
fn photo_with_standalone_markers_is_stripped() {
    for name in ["baseline.jpg", "geotagged.jpg"] {
        let photo = sample(name);
        for code in [0x01, 0xD0, 0xD7] {
            let marked = [&photo[..2], &[0xFF, code], &photo[2..]].concat();
            for level in LEVELS {
                let [expected, stripped] = [&photo, &marked].map(|file| {
                    let upload = validated(FileType::Jpg, file).without_metadata(level);
                    decoded(&upload.expect("no error").0)
                });
                assert!(stripped == expected, "{name}, {code:02X}, {level:?}");
            }
        }
    }
}

#[test]
fn file_without_metadata_is_not_copied() {
    for (file_type, file) in [
        (FileType::Png, sample("rgb.png")),
        (FileType::Jpg, sample("baseline.jpg")),
        // Types without removable metadata.
        (FileType::Bmp, sample("info-header.bmp")),
        (FileType::Mp3, sample("cover-art.mp3")),
        (FileType::Aac, sample("adts-id3.aac")),
        (FileType::Txt, sample("utf-8.txt")),
        (FileType::Csv, b"GPSLatitude,1\n".to_vec()),
    ] {
        for level in LEVELS {
            let upload = validated(file_type, &file);
            let text = upload.file().as_text().clone();
            let (upload, removed) = upload.without_metadata(level).expect("no error");
            assert!(removed.is_empty());
            assert_eq!(upload.file().as_text().as_ptr(), text.as_ptr(), "a copy");
        }
    }
}

#[test]
fn unparseable_file_is_rejected_with_its_field() {
    let mut picture = sample("rgb.png");
    let position = picture.len() - 12;
    // A length that no chunk may have.
    picture[position..position + 4].copy_from_slice(&[0xFF; 4]);
    let error = validated(FileType::Png, &picture)
        .without_metadata(StripLevel::Location)
        .expect_err("refused");
    let format = Format::Png;
    let problem = FileProblem::Metadata(MetadataError::Damaged { format, position });
    let field = Field::File;
    assert_eq!(error, UploadError::File { field, problem });
    assert_eq!(error.reason_code(), "metadata_not_removable");
    assert_eq!(error.details().position, Some(position));
    assert_eq!(error.details().field.as_deref(), Some("file"));
    assert_eq!(
        error.to_string(),
        format!(
            "file: the png file is damaged at byte {position}, so its metadata cannot be removed; \
             save it again and send the new file"
        )
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// A damaged or truncated file that passes validation is refused, or passes it again afterwards.
    #[test]
    fn the_result_is_of_its_type(
        (file_type, name) in select(vec![
            (FileType::Jpg, "geotagged.jpg"),
            (FileType::Png, "geotagged.png"),
            (FileType::Mp4, "geotagged.mp4"),
        ]),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 0..6),
        end in any::<Index>(),
    ) {
        let mut file = sample(name);
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        file.truncate(end.index(file.len()) + 1);
        let validate = |file| UploadRequest::from_file(file, file_type).validate(&Policy::default());
        let Ok(upload) = validate(file) else {
            return Ok(());
        };
        for level in LEVELS {
            if let Ok((stripped, _)) = upload.clone().without_metadata(level) {
                prop_assert!(validate(decoded(&stripped)).is_ok());
            }
        }
    }
}
