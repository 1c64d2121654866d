//! What is removed from pictures and films, what stays, and what holds for any bytes at all.

mod build_film;
mod build_picture;
mod exif;
mod jpg;
mod memory;
mod mp4;
mod mp4_broken;
mod mp4_user_data;
mod png;
mod properties;
mod samples;
mod upload;

use bytes::Bytes;
use ccmessaging_core::FileType;
use ccmessaging_core::metadata::{self, Kind, MetadataError, Removal};

const LEVELS: [Removal; 2] = [Removal::Location, Removal::All];

/// The file without its metadata, and what was removed.
fn remove(file_type: FileType, file: &[u8], level: Removal) -> (Vec<u8>, Vec<Kind>) {
    let stripped = metadata::remove(file_type, Bytes::copy_from_slice(file), level)
        .unwrap_or_else(|error| panic!("{error}"));
    let removed: Vec<_> = stripped.removed.into_iter().collect();
    (stripped.file.to_vec(), removed)
}

/// Checks that a file comes back as it came, at both levels and without a copy.
fn stays(file_type: FileType, file: &[u8]) {
    for level in LEVELS {
        let file = Bytes::copy_from_slice(file);
        let stripped = metadata::remove(file_type, file.clone(), level).expect("no error");
        assert_eq!(stripped.removed.into_iter().collect::<Vec<_>>(), []);
        assert_eq!(stripped.file, file);
        assert_eq!(stripped.file.as_ptr(), file.as_ptr(), "a copy");
    }
}

/// The error that both levels agree on.
fn error(file_type: FileType, file: &[u8]) -> MetadataError {
    let [location, all] = LEVELS.map(|level| {
        metadata::remove(file_type, Bytes::copy_from_slice(file), level).expect_err("an error")
    });
    assert_eq!(location, all);
    all
}

/// Checks that the part in which two files differ goes at the levels given, and is reported as `kind`.
fn goes(
    name: &str,
    file_type: FileType,
    with: &[u8],
    without: &[u8],
    kind: Kind,
    levels: &[Removal],
) {
    for level in LEVELS {
        let expected = if levels.contains(&level) {
            (without.to_vec(), vec![kind])
        } else {
            (with.to_vec(), vec![])
        };
        assert_eq!(
            remove(file_type, with, level),
            expected,
            "{name}, {level:?}"
        );
    }
}

fn contains(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}

#[test]
fn other_types_have_no_rules() {
    for file_type in [
        FileType::Bmp,
        FileType::Mp3,
        FileType::Aac,
        FileType::Txt,
        FileType::Csv,
    ] {
        stays(file_type, b"ID3 GPSLatitude");
    }
}

#[test]
fn a_file_is_not_printed() {
    let photo = build_picture::jpg(&[&build_picture::segment(0xFE, b"home")]);
    let stripped = metadata::remove(FileType::Jpg, photo.into(), Removal::All).expect("a photo");
    let length = stripped.file.len();
    assert_eq!(
        format!("{stripped:?}"),
        format!("Stripped {{ file_bytes: {length}, removed: {{Text}} }}")
    );
    assert_eq!(Kind::UserData.to_string(), "user-data");
}
