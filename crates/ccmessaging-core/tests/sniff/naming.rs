//! Messages and hints of rejections.

use ccmessaging_core::{FileType, sniff};

use crate::build::{ftyp, join, moov, mp4, mp4_box, png};

fn rejection(declared: FileType, bytes: &[u8]) -> (String, Option<&'static str>) {
    let rejected = sniff::prove(declared, bytes).expect_err("rejected");
    (rejected.to_string(), rejected.hint())
}

#[test]
fn an_iphone_photo_is_named_and_the_remedy_too() {
    let photo = join(&[
        &ftyp(b"mif1", &[b"mif1", b"heic"]),
        &mp4_box(b"meta", &[0; 8]),
    ]);
    let (message, hint) = rejection(FileType::Mp4, &photo);
    assert_eq!(
        message,
        "declared mp4, but the content is HEIC (image/heic)"
    );
    assert_eq!(
        hint,
        Some("HEIC photo: convert to JPG, or set the iPhone camera to 'Most Compatible'")
    );
}

#[test]
fn a_quicktime_film_is_named_and_the_remedy_too() {
    let movie = join(&[&ftyp(b"qt  ", &[b"qt  "]), &mp4_box(b"wide", b"")]);
    let (message, hint) = rejection(FileType::Mp4, &movie);
    assert_eq!(
        message,
        "declared mp4, but the content is QuickTime MOV (video/quicktime)"
    );
    assert_eq!(hint, Some("QuickTime .mov: convert to MP4"));
}

#[test]
fn a_video_with_a_brand_of_heic_is_not_called_an_image() {
    let video = join(&[&ftyp(b"hevc", &[]), &moov(&[0; 4], b"vide")]);
    let (message, hint) = rejection(FileType::Mp4, &video);
    assert_eq!(
        message,
        "declared mp4, but the content is a video with a brand of HEIC (video/mp4)"
    );
    assert_eq!(hint, Some("convert the video to MP4"));
    let images = join(&[&ftyp(b"hevc", &[]), &moov(&[0; 4], b"pict")]);
    let (message, _) = rejection(FileType::Mp4, &images);
    assert_eq!(
        message,
        "declared mp4, but the content is HEIC sequence (image/heic-sequence)"
    );
}

#[test]
fn a_file_of_another_supported_type_can_be_declared_as_that() {
    let (message, hint) = rejection(FileType::Jpg, &png());
    assert_eq!(message, "declared jpg, but the content is PNG (image/png)");
    assert_eq!(hint, Some("declare fileType \"png\", or convert the file"));
    let (message, _) = rejection(FileType::Txt, &mp4());
    assert_eq!(message, "declared txt, but the content is MP4 (video/mp4)");
}

#[test]
fn an_empty_file_is_called_empty_whatever_it_was_declared_as() {
    for &declared in FileType::ALL {
        let (message, hint) = rejection(declared, b"");
        assert_eq!(
            message,
            format!("declared {declared}, but the content is empty")
        );
        assert_eq!(hint, Some("send a file that has at least one byte"));
        assert_eq!(sniff::identify([].as_slice()), None);
    }
}

#[test]
fn a_damaged_file_is_not_said_to_be_what_it_was_declared_as() {
    let (message, hint) = rejection(FileType::Png, &png()[..20]);
    assert_eq!(
        message,
        "declared png, but the content is damaged, or only begins like PNG"
    );
    assert_eq!(hint, Some("save or export the file again"));
}

#[test]
fn content_of_no_known_format_is_said_to_be_that() {
    let (message, hint) = rejection(FileType::Jpg, &[0x00, 0x9C, 0x01, 0x02]);
    assert_eq!(
        message,
        "declared jpg, but the content is of no known format"
    );
    assert_eq!(hint, None);
}

#[test]
fn no_byte_of_the_file_gets_into_a_message() {
    let secret = b"\0\x01SECRET-4711 in a file that nobody else may read";
    for &declared in FileType::ALL {
        let rejected = sniff::prove(declared, secret.as_slice()).expect_err("rejected");
        assert!(!format!("{rejected} {rejected:?}").contains("4711"));
    }
}

#[test]
fn a_text_that_is_damaged_behind_its_byte_order_mark_is_not_said_to_lack_one() {
    let mut text = b"\xFF\xFE".to_vec();
    text.extend(
        "name,city\r\nAda,London\r\n"
            .bytes()
            .flat_map(|byte| [byte, 0]),
    );
    let damaged = join(&[&text, b"\0\xDC"]);
    let (message, hint) = rejection(FileType::Csv, &damaged);
    assert_eq!(
        message,
        "declared csv, but the content is damaged, or only begins like UTF-16 text"
    );
    assert_eq!(hint, Some("save or export the file again"));

    let (message, hint) = rejection(FileType::Csv, &text[2..]);
    assert_eq!(
        message,
        "declared csv, but the content is UTF-16 text without a byte order mark (text/plain)"
    );
    assert_eq!(
        hint,
        Some("save the text as UTF-8, or as UTF-16 with a byte order mark")
    );
}

#[test]
fn a_control_character_in_a_text_is_named_with_its_position() {
    let log = b"a line of a log\n".repeat(1_000);
    for (bytes, found) in [
        (
            b"id;note\r\n1;a\x1Fb\r\n".to_vec(),
            "text with the control character U+001F (first at byte 12)",
        ),
        (
            b"BMI,weight\r\n1,\x7F\r\n".to_vec(),
            "text with the control character U+007F (first at byte 14)",
        ),
        (
            "id;note\r\n1;Zoë\0\r\n".as_bytes().to_vec(),
            "text with a NUL character (first at byte 15)",
        ),
        (
            join(&[&log, &[0; 500], &log]),
            "text with a NUL character (first at byte 16000)",
        ),
        (
            join(&[&b"\xCF\xF0\xE8\xE2\xE5\xF2, ".repeat(20), b"\x02\r\n"]),
            "text with the control character U+0002 (first at byte 160)",
        ),
        (
            "STX\x02é\x03\r\n".repeat(800).into_bytes(),
            "text with the control character U+0002 (first at byte 3)",
        ),
        (
            join(&[&log, &(0..200).collect::<Vec<_>>()]),
            "binary data (first at byte 16000)",
        ),
        (b"\x89\x01\xC3".to_vec(), "binary data (first at byte 1)"),
    ] {
        let (message, hint) = rejection(FileType::Csv, &bytes);
        assert_eq!(message, format!("declared csv, but the content is {found}"));
        assert!(hint.is_some());
    }
}

#[test]
fn a_table_with_a_stray_nul_is_not_named_after_its_first_letters() {
    for beginning in [
        "BALANCE;DATE",
        "BMI;AGE",
        "MZ;DATE",
        "BZh,DATE",
        "MP+;DATE",
        "EA3;DATE",
    ] {
        let table = format!("{beginning}\n21;20\011\n");
        let (message, _) = rejection(FileType::Csv, table.as_bytes());
        let position = beginning.len() + 6;
        assert_eq!(
            message,
            format!(
                "declared csv, but the content is text with a NUL character (first at byte {position})"
            )
        );
        let (message, _) = rejection(FileType::Jpg, table.as_bytes());
        assert!(message.contains("text with a NUL character"), "{message}");
    }
}
