//! Files that were decoded and encoded in the same character set, or whose line breaks were converted.

use ccmessaging_core::{Declared, FileType};

use crate::png::picture;
use crate::{DAMAGED, UNDEFINED, bitmap, noise, reason, sample};

const WINDOWS_1251: &[u8] = UNDEFINED[1];
const WINDOWS_1252: &[u8] = UNDEFINED[2];

/// `file` after it was decoded and encoded in a character set that does not define these bytes.
fn recoded(file: &[u8], undefined: &[u8]) -> Vec<u8> {
    let each = |&byte: &u8| {
        if undefined.contains(&byte) {
            b'?'
        } else {
            byte
        }
    };
    file.iter().map(each).collect()
}

#[test]
fn a_photo_or_film_with_question_marks_for_undefined_bytes_is_refused() {
    let (_, film) = sample("h264-aac.mp4");
    for undefined in UNDEFINED {
        if undefined.len() > 1 {
            let found = reason(&recoded(&film, undefined), FileType::Mp4);
            assert_eq!(found, DAMAGED, "{undefined:02X?}");
        }
        // A photo begins with FF.
        if undefined.ends_with(b"\xFF") {
            continue;
        }
        let (_, photo) = sample("photo.jpg");
        for declared in [FileType::Jpg.into(), Declared::Unknown] {
            let found = reason(&recoded(&photo, undefined), declared);
            assert_eq!(found, DAMAGED, "{undefined:02X?}");
        }
    }
}

#[test]
fn a_photo_without_undefined_bytes_is_refused() {
    let (file_type, mut photo) = sample("photo.jpg");
    photo.retain(|byte| !WINDOWS_1252.contains(byte));
    assert_eq!(reason(&photo, file_type), DAMAGED);
}

/// A photo with arithmetic coding, which is not decoded.
fn arithmetic_photo() -> Vec<u8> {
    let (_, mut photo) = sample("photo.jpg");
    let frame = photo.windows(2).position(|pair| pair == b"\xFF\xC0");
    photo[frame.expect("a frame") + 1] = 0xC9;
    photo
}

#[test]
fn a_photo_that_contains_some_undefined_bytes_is_intact() {
    let mut photo = arithmetic_photo();
    // The Huffman tables, in which a question mark is proof, end before.
    for (at, byte) in photo.iter_mut().enumerate().skip(1024) {
        if WINDOWS_1252.contains(byte) && at % 8 > 0 {
            *byte = b'?';
        }
    }
    assert_eq!(reason(&photo, FileType::Jpg), None);
}

#[test]
fn the_huffman_tables_show_that_a_small_photo_was_recoded() {
    let (file_type, photo) = sample("photo.jpg");
    let cut = &photo[..1024];
    assert_eq!(reason(cut, file_type), None);
    assert_eq!(reason(&recoded(cut, WINDOWS_1252), file_type), DAMAGED);
}

/// `file` after it was decoded and encoded in a character set of two bytes per character.
fn recoded_in_pairs(file: &[u8], is_first: fn(u8) -> bool, is_second: fn(u8) -> bool) -> Vec<u8> {
    let mut bytes = file.iter().copied().peekable();
    let mut result = Vec::new();
    while let Some(byte) = bytes.next() {
        if !is_first(byte) {
            result.push(byte);
        } else if let Some(second) = bytes.next_if(|&next| is_second(next)) {
            result.extend([byte, second]);
        } else {
            result.push(b'?');
        }
    }
    result
}

#[test]
fn a_file_that_is_text_of_two_bytes_per_character_is_refused() {
    let gbk = |file: &[u8]| {
        recoded_in_pairs(
            file,
            |byte| matches!(byte, 0x81..=0xFE),
            |byte| matches!(byte, 0x40..=0x7E | 0x80..=0xFE),
        )
    };
    let shift_jis = |file: &[u8]| {
        recoded_in_pairs(
            file,
            |byte| matches!(byte, 0x81..=0x9F | 0xE0..=0xFC),
            |byte| matches!(byte, 0x40..=0x7E | 0x80..=0xFC),
        )
    };
    let (_, film) = sample("h264-aac.mp4");
    let (_, music) = sample("adts.aac");
    for (damaged, file_type) in [
        (gbk(&film), FileType::Mp4),
        (shift_jis(&film), FileType::Mp4),
        (shift_jis(&music), FileType::Aac),
        (shift_jis(&picture(usize::MAX)), FileType::Png),
    ] {
        assert_eq!(reason(&damaged, file_type), DAMAGED, "{file_type}");
    }
}

#[test]
fn a_photo_with_converted_line_breaks_is_refused() {
    let (file_type, photo) = sample("photo.jpg");
    let without_cr: Vec<u8> = photo
        .iter()
        .map(|&byte| if byte == b'\r' { b'\n' } else { byte })
        .collect();
    assert_eq!(reason(&without_cr, file_type), DAMAGED);
    let mut with_crlf = Vec::new();
    for &byte in &photo {
        if byte == b'\n' {
            with_crlf.push(b'\r');
        }
        with_crlf.push(byte);
    }
    assert_eq!(reason(&with_crlf, file_type), DAMAGED);
}

#[test]
fn a_file_without_line_breaks_and_zero_bytes_is_refused() {
    for name in ["photo.jpg", "cbr.mp3", "h264-aac.mp4"] {
        let (file_type, mut file) = sample(name);
        file.retain(|byte| !b"\r\n\0".contains(byte));
        assert_eq!(reason(&file, file_type), DAMAGED, "{name}");
    }
    let unknown: Vec<u8> = (1..=8).chain(128..=255).cycle().take(4000).collect();
    assert_eq!(reason(&unknown, FileType::Jpg), DAMAGED);
    for other in [&unknown[..2000], &[&unknown[..], b"\0"].concat()] {
        let found = reason(other, FileType::Jpg);
        assert_eq!(found, Some("content_mismatch"));
    }
    let text = "a text in one line; ".repeat(200);
    let found = reason(text.as_bytes(), FileType::Jpg);
    assert_eq!(found, Some("content_mismatch"));
}

#[test]
fn a_repeated_frame_without_an_undefined_byte_is_intact() {
    // MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes.
    let mut frame = recoded(&noise(417), WINDOWS_1252);
    frame[..4].copy_from_slice(b"\xFF\xFB\x90\x00");
    // Side information without main data.
    frame[4..36].fill(0);
    frame[100..102].copy_from_slice(b"\x97\x99");
    let frame = recoded(&frame, WINDOWS_1251);
    assert_eq!(reason(&frame.repeat(50), FileType::Mp3), None);
}

#[test]
fn a_bitmap_with_question_marks_for_undefined_bytes_is_refused() {
    let picture = bitmap((100, 100), &noise(30_000));
    assert_eq!(reason(&picture, FileType::Bmp), None);
    let damaged = recoded(&picture, WINDOWS_1252);
    assert_eq!(reason(&damaged, FileType::Bmp), DAMAGED);
    // A change of contrast may leave values out.
    let stretched: Vec<u8> = picture
        .iter()
        .map(|&byte| {
            if WINDOWS_1252.contains(&byte) {
                0x80
            } else {
                byte
            }
        })
        .collect();
    assert_eq!(reason(&stretched, FileType::Bmp), None);
    let without_one = recoded(&picture, WINDOWS_1251);
    assert_eq!(reason(&without_one, FileType::Bmp), None);
}

/// A recording after an `ID3v2` tag with this text, and padding.
fn with_lyrics(recording: &[u8], text: &[u8]) -> Vec<u8> {
    const PADDING: usize = 70_000;
    let bytes = u32::try_from(text.len()).expect("a short text");
    let frame = [b"USLT", &bytes.to_be_bytes()[..], b"\0\0", text].concat();
    let length = frame.len() + PADDING;
    let digit = |shift: usize| u8::try_from(length >> shift & 0x7F).expect("seven bits");
    let header = [
        b'I',
        b'D',
        b'3',
        3,
        0,
        0,
        digit(21),
        digit(14),
        digit(7),
        digit(0),
    ];
    [&header, &frame[..], &vec![0; PADDING], recording].concat()
}

#[test]
fn text_of_two_bytes_per_character_in_metadata_is_intact() {
    let characters =
        (0xB0..=0xF7).flat_map(|first| (0xA1..=0xFE).map(move |second| [first, second]));
    let lyrics: Vec<u8> = characters.flatten().collect();
    let (_, recording) = sample("cbr.mp3");
    let song = with_lyrics(&recording, &[b"\0chi\0", &lyrics[..]].concat());
    assert_eq!(reason(&song, FileType::Mp3), None);
    let (_, photo) = sample("photo.jpg");
    let photo = [&photo[..], &lyrics.repeat(30)].concat();
    assert_eq!(reason(&photo, FileType::Jpg), None);
}

/// In the data of a smooth photo, FF may be so rare that it does not occur.
#[test]
fn a_photo_without_ff_in_its_data_is_accepted() {
    let mut photo = arithmetic_photo();
    let scan = photo.windows(2).position(|pair| pair == b"\xFF\xDA");
    let start = scan.expect("a scan") + 2;
    let end = photo.len() - 2;
    for byte in &mut photo[start..end] {
        if *byte == 0xFF {
            *byte = 0xFE;
        }
    }
    assert_eq!(reason(&photo, FileType::Jpg), None);
}
