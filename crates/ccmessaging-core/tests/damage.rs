//! Files that a program decoded as text, or never read, before they were sent.

use std::path::Path;

use ccmessaging_core::{Declared, FileType, Policy, UploadRequest};
use proptest::prelude::*;

fn samples() -> impl Iterator<Item = (String, FileType, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).expect("the manifest");
    let lines: Vec<String> = manifest.lines().skip(1).map(str::to_owned).collect();
    lines.into_iter().filter_map(move |line| {
        let [name, declared, verdict, ..] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not a line of the manifest: {line}");
        };
        let file = std::fs::read(folder.join(name)).expect("a sample");
        let declared = declared.parse().expect("a type");
        (verdict == "accept").then(|| (name.to_owned(), declared, file))
    })
}

/// The reason code; `None` if the file is valid.
fn reason(file: &[u8], declared: impl Into<Declared>) -> Option<&'static str> {
    let request = UploadRequest::from_file(file.to_vec(), declared);
    let error = request.validate(&Policy::default()).err()?;
    Some(error.reason_code())
}

fn is_text(file_type: FileType) -> bool {
    matches!(file_type, FileType::Txt | FileType::Csv)
}

/// `file` after each of the usual accidents.
fn accidents(file: &[u8]) -> [Vec<u8>; 5] {
    let replaced = String::from_utf8_lossy(file).into_owned();
    let latin1: String = file.iter().copied().map(char::from).collect();
    let twice: String = latin1.bytes().map(char::from).collect();
    let windows: String = file
        .iter()
        .map(|&byte| match byte {
            0x80 => '€',
            0x89 => '‰',
            0x99 => '™',
            other => char::from(other),
        })
        .collect();
    let question_marks = file
        .iter()
        .map(|byte| if byte.is_ascii() { *byte } else { b'?' });
    [
        replaced.into_bytes(),
        latin1.into_bytes(),
        twice.into_bytes(),
        windows.into_bytes(),
        question_marks.collect(),
    ]
}

#[test]
fn a_binary_file_that_was_decoded_as_text_is_refused_as_that() {
    for (name, file_type, file) in samples().filter(|(_, file_type, _)| !is_text(*file_type)) {
        assert_eq!(reason(&file, file_type), None, "{name}");
        // A dark bitmap may consist of question marks.
        let count = if file_type == FileType::Bmp { 4 } else { 5 };
        for (accident, damaged) in accidents(&file)[..count].iter().enumerate() {
            for declared in [Declared::Type(file_type), Declared::Unknown] {
                let found = reason(damaged, declared.clone());
                assert_eq!(
                    found,
                    Some("damaged_in_transit"),
                    "{name} {accident} {declared:?}"
                );
            }
        }
    }
}

#[test]
fn a_part_of_a_destroyed_file_is_recognised_too() {
    for (name, file_type, file) in samples().filter(|(_, file_type, _)| !is_text(*file_type)) {
        let damaged = String::from_utf8_lossy(&file).into_owned();
        let cut = &damaged.as_bytes()[..=damaged.len() / 2];
        let found = reason(cut, file_type);
        assert_eq!(found, Some("damaged_in_transit"), "{name}");
    }
}

#[test]
fn a_replacement_character_in_a_text_is_legitimate() {
    let text = "caf\u{fffd};na\u{fffd}ve\r\n".repeat(20);
    for declared in [
        FileType::Txt.into(),
        FileType::Csv.into(),
        Declared::Unknown,
    ] {
        assert_eq!(reason(text.as_bytes(), declared), None);
    }
    assert_eq!(
        reason(text.as_bytes(), FileType::Jpg),
        Some("content_mismatch")
    );
}

#[test]
fn a_placeholder_for_a_missing_value_is_not_a_file() {
    for word in [
        "undefined",
        "null",
        "None",
        "[object Object]",
        "[object File]",
    ] {
        for declared in [
            FileType::Txt.into(),
            FileType::Csv.into(),
            Declared::Unknown,
        ] {
            assert_eq!(
                reason(word.as_bytes(), declared),
                Some("damaged_in_transit"),
                "{word}"
            );
        }
    }
    for text in ["true", "null\n", "undefined behaviour", "[object]", "{}"] {
        assert_eq!(reason(text.as_bytes(), FileType::Txt), None, "{text}");
    }
}

/// A box of a video.
fn film_box(kind: &[u8], payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(8 + payload.len()).expect("a small box");
    [&length.to_be_bytes(), kind, payload].concat()
}

proptest! {
    #[test]
    fn no_short_film_is_refused_as_damaged(
        payload in proptest::collection::vec(any::<u8>(), 0..64),
        title in "[a-zé\u{fffd}ÿ]{0,20}",
    ) {
        let title = film_box(b"\xA9nam", title.as_bytes());
        let film = [
            film_box(b"ftyp", b"isom\0\0\x02\0mp41"),
            film_box(b"moov", &[film_box(b"mvhd", &[0; 100]), film_box(b"udta", &title)].concat()),
            film_box(b"mdat", &payload),
        ];
        prop_assert_eq!(reason(&film.concat(), FileType::Mp4), None);
        prop_assert_eq!(reason(&film[..2].concat(), Declared::Unknown), None);
    }

    #[test]
    fn no_small_bitmap_is_refused_as_damaged(
        (width, height) in (1_u8..9, 1_u8..9),
        colour in prop_oneof![Just([0xEF, 0xBF, 0xBD]), Just(*b"???"), any::<[u8; 3]>()],
        is_top_down: bool,
    ) {
        let mut row = colour.repeat(width.into());
        row.resize(row.len().next_multiple_of(4), 0);
        let rows = row.repeat(height.into());
        let height = if is_top_down { -i32::from(height) } else { height.into() };
        let bitmap = [
            b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".as_slice(),
            &i32::from(width).to_le_bytes(),
            &height.to_le_bytes(),
            b"\x01\0\x18\0",
            &[0; 24],
            &rows,
        ];
        prop_assert_eq!(reason(&bitmap.concat(), FileType::Bmp), None);
    }
}
