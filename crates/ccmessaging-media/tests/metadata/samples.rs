//! Real files with a location.

use std::path::PathBuf;

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{MetadataKind, StripLevel};

use crate::{contains, remove};

pub(crate) fn sample(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    std::fs::read(folder.join(name)).expect("a readable sample")
}

#[test]
fn a_photo_keeps_all_but_the_location_or_only_the_orientation() {
    let photo = sample("geotagged.jpg");
    let (stripped, removed) = remove(Format::Jpg, &photo, StripLevel::Location);
    assert_eq!(
        removed,
        [MetadataKind::Exif, MetadataKind::Iptc, MetadataKind::Xmp]
    );
    assert!(!contains(&stripped, b"Bern"));
    for kept in [b"Maker".as_slice(), b"S1", b"bear", b"home"] {
        assert!(contains(&stripped, kept));
    }

    let (stripped, removed) = remove(Format::Jpg, &photo, StripLevel::All);
    assert_eq!(
        removed,
        [
            MetadataKind::Exif,
            MetadataKind::Iptc,
            MetadataKind::Text,
            MetadataKind::Xmp
        ]
    );
    // What it was made from, and a segment with an orientation.
    assert_eq!(stripped.len(), sample("baseline.jpg").len() + 36);
    assert!(contains(&stripped, b"\x12\x01\x03\0\x01\0\0\0\x06\0"));
}

#[test]
fn a_png_keeps_all_but_the_location_or_only_the_orientation() {
    let picture = sample("geotagged.png");
    let (stripped, removed) = remove(Format::Png, &picture, StripLevel::Location);
    assert_eq!(removed, [MetadataKind::Exif, MetadataKind::Xmp]);
    assert!(!contains(&stripped, b"Bern"));
    assert!(contains(&stripped, b"S1"));
    assert!(contains(&stripped, b"Bear"));

    let (stripped, removed) = remove(Format::Png, &picture, StripLevel::All);
    assert_eq!(
        removed,
        [MetadataKind::Exif, MetadataKind::Text, MetadataKind::Xmp]
    );
    assert_eq!(stripped.len(), sample("rgb.png").len() + 12 + 26);
}

#[test]
fn a_video_keeps_its_title_or_nothing() {
    let file = sample("geotagged.mp4");
    let (stripped, removed) = remove(Format::Mp4, &file, StripLevel::Location);
    assert_eq!(removed, [MetadataKind::UserData]);
    assert!(!contains(&stripped, b"loci"));
    assert!(contains(&stripped, b"Bear"));
    assert_eq!(stripped.len(), file.len());

    let (stripped, removed) = remove(Format::Mp4, &file, StripLevel::All);
    assert_eq!(removed, [MetadataKind::Time, MetadataKind::UserData]);
    assert!(!contains(&stripped, b"Bear"));
    assert_eq!(stripped.len(), file.len());
}
