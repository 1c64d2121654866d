//! An upload without its file's metadata is still a validated one.

use ccmessaging_core::metadata::{Kind, MetadataError, Removal};
use ccmessaging_core::{
    Content as _, Field, FileProblem, FileType, Policy, UploadError, UploadRequest, ValidatedUpload,
};

use crate::build_picture::png;
use crate::samples::sample;
use crate::{LEVELS, remove};

fn validated(file_type: FileType, file: &[u8]) -> ValidatedUpload {
    let request = UploadRequest::from_file(file, file_type).in_field(Field::File);
    request.validate(&Policy::default()).expect("a valid file")
}

fn decoded(upload: &ValidatedUpload) -> Vec<u8> {
    let mut file = vec![0; upload.decoded_bytes()];
    assert_eq!(upload.file().read_at(0, &mut file), file.len());
    file
}

#[test]
fn the_file_is_what_remains_and_would_be_accepted_again() {
    for (file_type, name) in [
        (FileType::Jpg, "geotagged.jpg"),
        (FileType::Png, "geotagged.png"),
        (FileType::Mp4, "geotagged.mp4"),
    ] {
        let file = sample(name);
        for level in LEVELS {
            let upload = validated(file_type, &file);
            let (upload, removed) = upload.without_metadata(level).expect("no error");
            let expected = remove(file_type, &file, level);
            let removed: Vec<Kind> = removed.into_iter().collect();
            assert_eq!((decoded(&upload), removed), expected, "{name} {level:?}");
            assert_eq!(upload.file_type(), file_type);
            assert_eq!(upload.spelling(), file_type.name());
            validated(file_type, &decoded(&upload));
        }
    }
}

#[test]
fn a_file_with_nothing_to_remove_keeps_its_text_uncopied() {
    for (file_type, file) in [
        (FileType::Png, sample("rgb.png")),
        (FileType::Jpg, sample("baseline.jpg")),
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
fn a_file_that_cannot_be_walked_is_refused_where_it_was_sent() {
    let mut picture = png(&[]);
    let position = picture.len() - 12;
    // A length that no chunk may have.
    picture[position..position + 4].copy_from_slice(&[0xFF; 4]);
    let error = validated(FileType::Png, &picture)
        .without_metadata(Removal::Location)
        .expect_err("refused");
    let file_type = FileType::Png;
    let problem = FileProblem::Metadata(MetadataError::Damaged {
        file_type,
        position,
    });
    let field = Field::File;
    assert_eq!(error, UploadError::File { field, problem });
    assert_eq!(error.reason_code(), "metadata_not_removable");
    assert_eq!(error.details().position, Some(position));
    assert_eq!(error.details().field.as_deref(), Some("file"));
    assert_eq!(
        error.to_string(),
        format!(
            "file: the png file is damaged at byte {position}, so that its metadata cannot be \
             removed; save it anew and send that"
        )
    );
}
