//! Metadata removal: what is removed from each format, what is kept, and properties of any input.

mod build_mp4;
mod build_picture;
mod exif;
mod jpg;
mod location;
mod memory;
mod mp4;
mod mp4_broken;
mod mp4_unknown;
mod mp4_user_data;
mod orientation;
mod png;
mod properties;
mod samples;

use std::borrow::Cow;

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{self, MetadataError, MetadataKind, StripLevel};

const LEVELS: [StripLevel; 2] = [StripLevel::Location, StripLevel::All];

/// The file without its metadata, and what was removed.
fn remove(format: Format, file: &[u8], level: StripLevel) -> (Vec<u8>, Vec<MetadataKind>) {
    let stripped = metadata::strip(format, file, level).unwrap_or_else(|error| panic!("{error}"));
    let removed: Vec<_> = stripped.removed.into_iter().collect();
    (stripped.file.into_owned(), removed)
}

/// Checks that a file is returned unchanged, at both levels and without a copy.
fn assert_kept(format: Format, file: &[u8]) {
    for level in LEVELS {
        let stripped = metadata::strip(format, file, level).expect("no error");
        assert_eq!(stripped.removed.into_iter().collect::<Vec<_>>(), []);
        assert_eq!(stripped.file, file);
        assert!(matches!(stripped.file, Cow::Borrowed(_)), "a copy");
    }
}

/// The error that both levels agree on.
fn error(format: Format, file: &[u8]) -> MetadataError {
    let [location, all] =
        LEVELS.map(|level| metadata::strip(format, file, level).expect_err("an error"));
    assert_eq!(location, all);
    all
}

/// Checks that the part in which two files differ is removed at the levels given, and is reported as `kind`.
fn assert_removed(
    name: &str,
    format: Format,
    with: &[u8],
    without: &[u8],
    kind: MetadataKind,
    levels: &[StripLevel],
) {
    for level in LEVELS {
        let expected = if levels.contains(&level) {
            (without.to_vec(), vec![kind])
        } else {
            (with.to_vec(), vec![])
        };
        assert_eq!(remove(format, with, level), expected, "{name}, {level:?}");
    }
}

fn contains(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}

#[test]
fn a_file_is_not_printed() {
    let photo = build_picture::jpg(&[&build_picture::segment(0xFE, b"home")]);
    let stripped = metadata::strip(Format::Jpg, &photo, StripLevel::All).expect("a photo");
    let length = stripped.file.len();
    assert_eq!(
        format!("{stripped:?}"),
        format!("StripResult {{ file_bytes: {length}, removed: {{Text}} }}")
    );
    assert_eq!(MetadataKind::UserData.to_string(), "user-data");
}
