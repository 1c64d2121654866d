//! Files and texts whose bytes were decoded in one character set and encoded in another, or handled as a string.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Form, Request, sample};

use crate::damaged::GENERIC;
use crate::{judged, refused_as};

/// All ways to upload a file.
fn requests(name: &str, media_type: &str, file: &[u8]) -> [Request; 4] {
    let (_, extension) = name.split_once('.').expect("an extension");
    [
        Request::upload(extension, file),
        Request::raw(media_type, file),
        Request::raw(GENERIC, file),
        Form::new().file(name, media_type, file).request(),
    ]
}

async fn assert_damaged(requests: &[Request], words: &[&str]) {
    refused_as(requests, 200, "damaged_in_transit", words).await;
}

#[tokio::test]
async fn a_file_whose_bytes_were_replaced_by_one_is_refused() {
    let question_marks = |byte: u8| match byte {
        0..0x80 | 0xA8 | 0xB0 | 0xE0 | 0xF7 => byte,
        _ => b'?',
    };
    let windows = |byte: u8| match byte {
        0x80..0xA0 => b'?',
        other => other,
    };
    let lower_halves = |byte: u8| if byte.is_ascii() { byte } else { 0xFD };
    let mut all = Vec::new();
    for (name, media_type) in [
        ("photo.jpg", "image/jpeg"),
        ("cbr.mp3", "audio/mpeg"),
        ("adts.aac", "audio/aac"),
        ("h264-aac.mp4", "video/mp4"),
    ] {
        let file = sample(name);
        for accident in [question_marks, windows, lower_halves] {
            let damaged: Vec<u8> = file.iter().copied().map(accident).collect();
            all.extend(requests(name, media_type, &damaged));
        }
    }
    assert_damaged(&all, &["decoded", "as text"]).await;
}

#[tokio::test]
async fn a_photo_that_a_lenient_decoder_of_base64_shortened_is_refused() {
    let mut text = STANDARD.encode(sample("photo.jpg"));
    text.retain(|character| !matches!(character, '+' | '='));
    text.truncate(text.len() / 4 * 4);
    let damaged = STANDARD.decode(text).expect("Base64");
    let words = ["from byte", "Base64", "`+`", "unchanged"];
    assert_damaged(&requests("photo.jpg", "image/jpeg", &damaged), &words).await;
}

#[tokio::test]
async fn a_text_that_lost_its_characters_is_refused() {
    let as_latin1 = |bytes: &[u8]| bytes.iter().copied().map(char::from).collect::<String>();
    let encoded_twice = as_latin1("姓名,城市\r\n".as_bytes());
    let marked = format!("\u{feff}{encoded_twice}");
    // Characters are cut at the end of what is examined, and one is left.
    let long = encoded_twice.repeat(5000) + "ü";
    // Programs drop the bytes that Windows-1252 lacks.
    let mut incomplete = as_latin1("Привет, мир. Спасибо за заказ!\r\n".as_bytes());
    incomplete.retain(|it| !matches!(it, '\u{81}' | '\u{8d}' | '\u{8f}' | '\u{90}' | '\u{9d}'));
    let gbk_as_latin1 = as_latin1(&sample("gb18030.txt")).repeat(8);
    let shift_jis_as_latin1 = as_latin1(&sample("shift-jis.txt")).repeat(8);
    let texts = [
        "??,????\r\n1,???,????????\r\n",
        &encoded_twice,
        &marked,
        &long,
        &incomplete,
        &gbk_as_latin1,
        &shift_jis_as_latin1,
        "锟斤拷锟斤拷,锟斤拷\r\n",
        // Windows-1251, GBK and Shift-JIS.
        "Р“РѕСЂРѕРґ\r\n",
        "銇傘倞銇屻仺銇嗐仈銇栥亜銇俱仚",
        "縺ゅｊ縺後→縺斐＊縺ｾ",
    ];
    let all = texts.map(|text| requests("a.txt", "text/plain", text.as_bytes()));
    assert_damaged(&all.concat(), &["decoded", "raw bytes"]).await;
}

#[tokio::test]
async fn a_file_that_was_handled_as_a_string_is_refused() {
    let starts = [
        b"\xFF\xD8\xFF\xE0",
        b"\xFF\xD8\xFF\xFE",
        b"\xFF\xFB\x50\xC4",
    ];
    let all = starts.map(|start| requests("a.txt", "text/plain", start));
    assert_damaged(&all.concat(), &["decoded", "as text"]).await;

    // As `curl -d` sends them.
    let files = [
        ("photo.jpg", "image/jpeg"),
        ("h264-aac.mp4", "video/mp4"),
        ("bgra.bmp", "image/bmp"),
        ("cbr.mp3", "audio/mpeg"),
        ("adts.aac", "audio/aac"),
    ];
    let all = files.map(|(name, media_type)| {
        let mut file = sample(name);
        file.retain(|byte| !b"\r\n\0".contains(byte));
        if name == "bgra.bmp" {
            // In a smaller file, such bytes may be missing by chance.
            file.resize(4096, 0xAA);
        }
        requests(name, media_type, &file)
    });
    let words = ["line breaks or zero bytes", "--data-binary"];
    assert_damaged(&all.concat(), &words).await;
}

#[tokio::test]
async fn another_file_without_line_breaks_is_called_what_it_is() {
    let mut gif = sample("refused/gif.png");
    gif.retain(|byte| !b"\r\n\0".contains(byte));
    gif.resize(4096, 0xAA);
    let controls = b"a letter, \x01 and another. ".repeat(200);
    let requests = [gif, controls].map(|file| Request::raw(GENERIC, &file));
    judged(&[], &requests, |answer| {
        answer.assert_refused(200, "3", &["the content is "]);
    })
    .await;
}

#[tokio::test]
async fn a_text_in_utf_16_that_was_handled_as_ascii_is_refused() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let text = format!("\u{feff}{text}");
        text.encode_utf16().flat_map(bytes).collect()
    };
    let text = "id,name\n1,Ann\n2,Bob\n3,Eve\n4,Joe\n5,Max\n";
    let mut damaged = Vec::new();
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let intact = utf16(text, bytes);
        let lines: Vec<_> = intact.split(|&byte| byte == b'\n').collect();
        damaged.push(lines.join(b"\r\n".as_slice()));
        let mut without_zeros = intact.clone();
        without_zeros.retain(|&byte| byte != 0);
        damaged.push(without_zeros);
    }
    let mut without_cr = utf16("id,name\r\n1,Ann", u16::to_le_bytes);
    without_cr.retain(|&byte| byte != b'\r');
    damaged.push(without_cr);
    let all = damaged.iter().map(|it| requests("a.csv", "text/csv", it));
    let words = ["line breaks or zero bytes", "send its bytes unchanged"];
    assert_damaged(&all.collect::<Vec<_>>().concat(), &words).await;
}

#[tokio::test]
async fn the_reason_for_a_misread_text_names_both_the_way_and_the_file() {
    let text = "Sehr geehrte Frau Müller,\nvielen Dank für die schöne Größe. Viele Grüße\n";
    let twice: String = text.bytes().map(char::from).collect();
    let words = [
        "in transit or before the file was saved",
        "save it as UTF-8",
        "raw bytes",
    ];
    let requests = requests("mail.txt", "text/plain", twice.as_bytes());
    assert_damaged(&requests, &words).await;
}
