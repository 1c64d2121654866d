//! What the beginning of a file proves must hold for the whole file, whatever follows.

use ccmessaging_core::{FileHead, FileType, Policy, StreamedUpload, UploadRequest, sniff};
use proptest::prelude::*;

use crate::build::{adts, bmp, ftyp, id3, jfif, join, mp3, mp4, mp4_box, png, segment, sof0};
use crate::properties::contents;
use crate::samples::samples;

fn prove(head: &[u8], declared: Option<FileType>) -> Option<StreamedUpload> {
    let head = FileHead::new(head.to_vec(), declared);
    head.prove(&Policy::default()).ok()
}

/// Every declaration, and none.
fn declarations() -> impl Iterator<Item = Option<FileType>> {
    FileType::ALL.into_iter().map(Some).chain([None])
}

/// What validation says of a whole file.
fn validated(file: &[u8], declared: Option<FileType>) -> Option<FileType> {
    let upload = UploadRequest::from_file(file, declared)
        .validate(&Policy::default())
        .ok()?;
    Some(upload.file_type())
}

/// Asserts of a file that what any of its beginnings proves, the whole file is; says whether the
/// longest of them proves its type.
fn assert_heads_are_right(file: &[u8], name: &str) -> bool {
    // Many lengths where most rules read, then fewer.
    let near = (0..file.len().min(700)).step_by(11);
    let lengths = near.chain((700..file.len()).step_by(797));
    let mut proves = false;
    for length in lengths.chain([file.len()]) {
        for declared in declarations() {
            if let Some(upload) = prove(&file[..length], declared) {
                let found = validated(file, declared);
                assert_eq!(Some(upload.file_type()), found, "{name}: {length} bytes");
                proves = true;
            }
        }
    }
    proves
}

#[test]
fn what_the_head_of_a_sample_proves_the_whole_sample_is() {
    let mut proven = 0;
    for sample in samples() {
        let name = sample.path.display().to_string();
        let is_proven = assert_heads_are_right(&sample.bytes(), &name);
        proven += usize::from(is_proven && sample.is_accepted());
    }
    assert!(proven >= 15, "{proven} samples are proven by their heads");
}

#[test]
fn a_few_kilobytes_of_an_ordinary_file_prove_it() {
    let movie = join(&[&ftyp(b"isom", &[b"mp41"]), b"\x05\xF0\0\0mdat"]);
    for (head, file_type) in [
        (jfif(), FileType::Jpg),
        (png(), FileType::Png),
        (bmp(40, 24), FileType::Bmp),
        (join(&[&id3(300), &mp3(5)]), FileType::Mp3),
        (adts(5), FileType::Aac),
        (movie, FileType::Mp4),
    ] {
        let head = join(&[&head, &[0x55; 4_096]]);
        for declared in [Some(file_type), None] {
            let upload = prove(&head, declared).map(|upload| upload.file_type());
            assert_eq!(upload, Some(file_type), "{declared:?}");
        }
    }
}

#[test]
fn a_photo_with_more_metadata_than_the_head_is_decided_if_it_is_recognised() {
    let photo = |segments: &[u8]| join(&[b"\xFF\xD8", segments, &sof0(), &b"U".repeat(90_000)]);
    let exif = |length: usize| segment(0xE1, &join(&[b"Exif\0\0", &b"x".repeat(length)]));
    let comment = segment(0xFE, &b"x".repeat(65_000));
    for (name, file, is_decided) in [
        ("Exif to the end of the head", photo(&exif(65_500)), true),
        ("Exif to a little before it", photo(&exif(61_300)), true),
        ("many segments", photo(&exif(300).repeat(300)), true),
        ("a comment", photo(&comment.repeat(2)), false),
    ] {
        let head = &file[..FileHead::BYTES];
        for declared in [Some(FileType::Jpg), None] {
            assert_eq!(prove(head, declared).is_some(), is_decided, "{name}");
            assert_eq!(validated(&file, declared), Some(FileType::Jpg), "{name}");
        }
    }
}

#[test]
fn what_depends_on_what_follows_is_not_decided() {
    let cut = |bytes: Vec<u8>, length: usize| bytes[..length].to_vec();
    let pixels_far_off = {
        let mut bitmap = bmp(40, 24);
        bitmap[12] = 1;
        bitmap
    };
    for (name, head) in [
        ("text, which only all of it is", b"name,city\n".repeat(500)),
        ("a tag longer than the head", cut(id3(2_000), 1_000)),
        ("two frames", cut(mp3(3), 834)),
        (
            "frames and a tag that must be the last",
            join(&[&mp3(1), b"TAG", &[b' '; 200]]),
        ),
        ("a movie's brand alone", ftyp(b"isom", &[b"mp41"])),
        (
            "a box that leads away",
            join(&[&ftyp(b"isom", &[b"mp41"]), b"\0\x01\0\0free"]),
        ),
        ("pixels behind the head", pixels_far_off),
        ("a header cut off", cut(png(), 20)),
        ("a comment alone", b"\xFF\xD8\xFF\xFE\0\x02".to_vec()),
        ("identified data, cut off", cut(jfif(), 11)),
        ("nothing", Vec::new()),
    ] {
        for declared in declarations() {
            assert!(prove(&head, declared).is_none(), "{name} as {declared:?}");
        }
    }
}

#[test]
fn a_head_of_another_type_proves_nothing() {
    let movie = join(&[&mp4(), &mp4_box(b"free", &[0; 4_096])]);
    for declared in FileType::ALL {
        let upload = prove(&movie, Some(declared));
        assert_eq!(upload.is_some(), declared == FileType::Mp4, "{declared}");
    }
}

proptest! {
    #[test]
    fn what_a_head_proves_holds_whatever_follows(
        begun in contents(),
        length in 0_usize..2_500,
        rest in prop::collection::vec(any::<u8>(), 0..3_000),
    ) {
        let head = begun[..length.min(begun.len())].to_vec();
        for declared in declarations() {
            if let Some(upload) = prove(&head, declared) {
                let file = join(&[&head, &rest]);
                prop_assert_eq!(Some(upload.file_type()), validated(&file, declared));
                prop_assert_eq!(Some(upload.file_type()), validated(&head, declared));
            }
        }
    }

    #[test]
    fn a_longer_head_proves_what_a_shorter_one_does(head in contents(), shorter in 0_usize..2_000) {
        let shorter = &head[..shorter.min(head.len())];
        for declared in declarations() {
            if let Some(upload) = prove(shorter, declared) {
                let longer = prove(&head, declared).map(|upload| upload.file_type());
                prop_assert_eq!(longer, Some(upload.file_type()));
                prop_assert!(sniff::prove(upload.file_type(), head.as_slice()).is_ok());
            }
        }
    }
}
