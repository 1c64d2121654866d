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

/// A lone surrogate in the generalised UTF-8 of Python's `surrogatepass`, for a byte beyond ASCII.
fn surrogate(byte: u8) -> [u8; 3] {
    [0xED, 0xB0 | byte >> 6, byte & 0x3F | 0x80]
}

/// `file` with other bytes for each one beyond ASCII.
fn with_each_beyond_ascii(file: &[u8], other: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    let each = |&byte: &u8| {
        if byte.is_ascii() {
            vec![byte]
        } else {
            other(byte)
        }
    };
    file.iter().flat_map(each).collect()
}

/// `file` after each of the usual accidents.
fn accidents(file: &[u8]) -> [Vec<u8>; 8] {
    let replaced = String::from_utf8_lossy(file).into_owned();
    // Characters beyond Latin-1 become question marks.
    let encoded = replaced.chars().map(|it| u8::try_from(it).unwrap_or(b'?'));
    let encoded = encoded.collect();
    let surrogates = with_each_beyond_ascii(file, |byte| surrogate(byte).to_vec());
    let cut = replaced.as_bytes()[..file.len()].to_vec();
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
        surrogates,
        cut,
        question_marks.collect(),
        encoded,
    ]
}

#[test]
fn a_binary_file_that_was_decoded_as_text_is_refused_as_that() {
    for (name, file_type, file) in samples().filter(|(_, file_type, _)| !is_text(*file_type)) {
        assert_eq!(reason(&file, file_type), None, "{name}");
        for (accident, damaged) in accidents(&file).iter().enumerate() {
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
    let texts = [
        "caf\u{fffd};na\u{fffd}ve\r\n".to_owned(),
        "caf\u{fffd};café;naïve\r\n".repeat(20),
        format!(
            "{}\u{fffd}\u{fffd}\u{fffd}",
            "a line of text\r\n".repeat(20)
        ),
    ];
    for text in &texts {
        for declared in [
            FileType::Txt.into(),
            FileType::Csv.into(),
            Declared::Unknown,
        ] {
            assert_eq!(reason(text.as_bytes(), declared), None, "{text}");
        }
        let found = reason(text.as_bytes(), FileType::Jpg);
        assert_eq!(found, Some("content_mismatch"), "{text}");
    }
}

#[test]
fn a_text_of_another_encoding_that_was_decoded_as_utf_8_is_refused() {
    let is_legacy = |name: &str| name.starts_with("gb18030") || name.starts_with("shift-jis");
    let texts: Vec<_> = samples().filter(|(name, ..)| is_legacy(name)).collect();
    assert_eq!(texts.len(), 2);
    for (name, file_type, text) in texts {
        assert_eq!(reason(&text, file_type), None, "{name}");
        let damaged = String::from_utf8_lossy(&text).into_owned();
        for declared in [file_type.into(), FileType::Csv.into(), Declared::Unknown] {
            let found = reason(damaged.as_bytes(), declared);
            assert_eq!(found, Some("damaged_in_transit"), "{name}");
        }
    }
}

/// The bytes that character sets do not define: those of Windows-1250, Windows-1252 and Windows-1254.
const UNDEFINED: [&[u8]; 3] = [
    b"\x81\x83\x88\x90\x98",
    b"\x81\x8D\x8F\x90\x9D",
    b"\x81\x8D\x8E\x8F\x90\x9D\x9E",
];

/// `file` after it was decoded and encoded in a character set that does not define these bytes.
fn recoded(file: &[u8], undefined: &[u8]) -> Vec<u8> {
    let each = |byte: &u8| {
        if undefined.contains(byte) {
            b'?'
        } else {
            *byte
        }
    };
    file.iter().map(each).collect()
}

#[test]
fn a_photo_that_was_decoded_and_encoded_in_one_character_set_is_refused() {
    let (_, file_type, photo) = samples()
        .find(|(name, ..)| name == "photo.jpg")
        .expect("the photo");
    for undefined in UNDEFINED {
        for declared in [file_type.into(), Declared::Unknown] {
            let found = reason(&recoded(&photo, undefined), declared);
            assert_eq!(found, Some("damaged_in_transit"), "{undefined:02X?}");
        }
    }
    // A byte may be missing, and the question mark may be frequent; only both are proof.
    let without = |byte: u8| {
        photo
            .iter()
            .map(move |it| if *it == byte { byte ^ 1 } else { *it })
    };
    assert_eq!(reason(&without(0x98).collect::<Vec<_>>(), file_type), None);
    let frequent = |(at, byte): (usize, &u8)| match byte {
        0x81 | 0x8D | 0x8F | 0x90 | 0x9D if at % 8 > 0 => b'?',
        other => *other,
    };
    let frequent: Vec<_> = photo.iter().enumerate().map(frequent).collect();
    assert_eq!(reason(&frequent, file_type), None);
}

#[test]
fn a_placeholder_for_a_missing_value_is_not_a_file() {
    for word in [
        "undefined",
        "null",
        "None",
        "[object Object]",
        "[object File]",
        "NaN",
        "undefinedundefined",
        "nullnull",
        "<Buffer ff d8 ff e0 ... 295 more bytes>",
        "b'\\xff\\xd8\\xff\\xe0'",
        "b\"it's\"",
        "{\"type\":\"Buffer\",\"data\":[255,216,255,224]}",
        "[B@1b6d3586",
        "[Ljava.lang.Byte;@1b6d35",
        "java.io.ByteArrayInputStream@1b2c3d",
        "org.example.App$Upload@7",
        "#<File:0x000055d0>",
        "<_io.BufferedReader name='a.jpg'>",
        "[Blob blob]",
        "System.Byte[]",
        "System.IO.MemoryStream",
        "Resource id #5",
        "Instance of 'XFile'",
        r"C:\fakepath\photo.jpg",
        "blob:https://shop.example.com/0b5d",
        "nil",
        "<nil>",
        "(null)",
        "Promise { <pending> }",
        "Blob { size: 295, type: 'image/jpeg' }",
        "java.nio.HeapByteBuffer[pos=0 lim=295 cap=295]",
        "<starlette.datastructures.UploadFile object at 0x7f3c2a>",
        "<coroutine object UploadFile.read at 0x7f3c2a>",
        "<FileStorage: 'photo.jpg' ('image/jpeg')>",
        "<InMemoryUploadedFile: photo.jpg (image/jpeg)>",
        "System.Threading.Tasks.Task`1[System.Byte[]]",
        "System.ReadOnlyMemory<Byte>[295]",
        "Microsoft.AspNetCore.Http.FormFile",
    ] {
        for declared in [
            FileType::Txt.into(),
            FileType::Csv.into(),
            FileType::Jpg.into(),
            Declared::Unknown,
        ] {
            assert_eq!(
                reason(word.as_bytes(), declared),
                Some("damaged_in_transit"),
                "{word}"
            );
        }
    }
    for text in [
        "true",
        "null\n",
        "undefined behaviour",
        "[object]",
        "{}",
        "nonsense",
        "b'a'\nb'b'",
        "<p>Buffer</p>",
        "name@beef",
        "first.last@cafe",
        "Resource id #5 is missing",
        r"C:\Users\photo.jpg",
        "<Buffer>\n</Buffer>",
        "nil desperandum",
        "<p>Meet me at 0x7f</p>",
        "<mailto:ann@example.com>",
        "<Name: Ann>",
        "System.",
        "System.out.println(1)",
        "Microsoft.",
        "Promise {}",
    ] {
        assert_eq!(reason(text.as_bytes(), FileType::Txt), None, "{text}");
    }
}

#[test]
fn bytes_that_are_listed_in_place_of_a_photo_are_called_damaged() {
    for list in [
        "[255 216 255 224 0 16 74 70 73 70 0 1 1 1 0 72]",
        "[-1, -40, -1, -32, 0, 16, 74, 70, 73, 70, 0, 1, 1, 1, 0, 72]",
        "255,216,255,224,0,16,74,70,73,70,0,1,1,1,0,72",
        "ffd8ffe000104a46494600010101004800480000",
        "0xFFD8FFE000104A46494600010101004800480000",
        "Uint8Array(295) [ 255, 216, 255, 224, 0, 16, 74, 70, 73, 70, 0, 1, 1, 1, 0, 72, ... 279 more items ]",
        "{length = 295, bytes = 0xffd8ffe0 00104a46 49460001 01010048 ... ffd90000 }",
        "00000000: ffd8 ffe0 0010 4a46 4946 0001 0101 0048  ......JFIF.....H\n00000010: 0048 0000",
    ] {
        let found = reason(list.as_bytes(), FileType::Jpg);
        assert_eq!(found, Some("damaged_in_transit"), "{list}");
        assert_eq!(reason(list.as_bytes(), FileType::Txt), None, "{list}");
    }
    let found = reason(b"1,2,3\n4,5,6\n7,8,9\n", FileType::Jpg);
    assert_eq!(found, Some("content_mismatch"));
}

/// Two ways in which no byte beyond ASCII is left.
fn without_eighth_bits(file: &[u8]) -> [Vec<u8>; 2] {
    let cleared = file.iter().map(|byte| byte & 0x7F).collect();
    let escape = |byte| format!("\\x{byte:02x}").into_bytes();
    [cleared, with_each_beyond_ascii(file, escape)]
}

#[test]
fn a_film_or_bitmap_whose_eighth_bits_were_lost_is_refused() {
    let films = samples().filter(|(_, file_type, _)| *file_type == FileType::Mp4);
    let films: Vec<_> = films.collect();
    assert!(!films.is_empty());
    for (name, file_type, film) in films {
        for damaged in without_eighth_bits(&film) {
            assert!(reason(&damaged, file_type).is_some(), "{name}");
        }
        if name == "h264-aac.mp4" {
            let [cleared, _] = without_eighth_bits(&film);
            assert_eq!(reason(&cleared, file_type), Some("damaged_in_transit"));
        }
    }
    // The length of the file has a byte beyond ASCII, those of rows and columns have none.
    let pixels: Vec<_> = (0..=255).cycle().take(1200).collect();
    let picture = bitmap((20, 20), &pixels);
    assert_eq!(reason(&picture, FileType::Bmp), None);
    let [cleared, _] = without_eighth_bits(&picture);
    assert_eq!(reason(&cleared, FileType::Bmp), Some("damaged_in_transit"));
}

#[test]
fn a_dark_bitmap_is_not_damaged() {
    let pictures = [
        // A gradient, and a grey background with writing in another grey.
        (0..120).cycle().take(1200).collect::<Vec<u8>>(),
        (0..400_u32)
            .flat_map(|at| if at % 9 == 0 { [0x7F; 3] } else { [0x3F; 3] })
            .collect(),
        (0..400_u32)
            .flat_map(|at| {
                if at % 9 == 0 {
                    [0xDC, 0xDC, 0xCC]
                } else {
                    [0x3F; 3]
                }
            })
            .collect(),
        vec![0; 1200],
    ];
    for (number, pixels) in pictures.iter().enumerate() {
        let picture = bitmap((20, 20), pixels);
        assert_eq!(reason(&picture, FileType::Bmp), None, "{number}");
    }
}

#[test]
fn a_binary_file_that_is_sent_as_a_string_is_named_as_damaged() {
    for (name, file_type, file) in samples().filter(|(_, file_type, _)| !is_text(*file_type)) {
        for damaged in &accidents(&file)[..2] {
            let found = reason(damaged, FileType::Txt);
            assert_eq!(found, Some("damaged_in_transit"), "{name} {file_type}");
        }
    }
    let text = format!("a\0b {} caf\u{fffd}", "text ".repeat(100));
    assert_eq!(
        reason(text.as_bytes(), FileType::Txt),
        Some("content_mismatch")
    );
}

/// A picture of 24 bits per pixel with its length in the header.
fn bitmap((width, height): (i32, i32), pixels: &[u8]) -> Vec<u8> {
    let length = u32::try_from(54 + pixels.len()).expect("a small picture");
    [
        b"BM".as_slice(),
        &length.to_le_bytes(),
        b"\0\0\0\0\x36\0\0\0\x28\0\0\0",
        &width.to_le_bytes(),
        &height.to_le_bytes(),
        b"\x01\0\x18\0",
        &[0; 24],
        pixels,
    ]
    .concat()
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
