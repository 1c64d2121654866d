//! Files that were destroyed before they were sent: none is stored, and the cause is named.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Answer, Form, Platform, Request, sample, upload_json};
use serde_json::{Value, json};

use crate::{judged, refused, refused_as, storing};

pub(crate) const GENERIC: &str = "application/octet-stream";

/// An upload in JSON with this text as the file.
fn with_text(file_type: &str, text: &str) -> Request {
    Request::json(&json!({"fileType": file_type, "fileStream": text, "channel": "WEB"}))
}

fn assert_reason(answer: &Answer, reason: &str, words: &[&str]) {
    answer.assert_refused(200, "3", words);
    assert_eq!(answer.json()["reasonCode"], reason, "{answer:?}");
}

#[tokio::test]
async fn base64_whose_plus_became_a_space_is_refused() {
    let text = STANDARD.encode(sample("photo.jpg"));
    assert!(text.contains('+'));
    let url = format!("data:image/jpeg;base64,{text}");
    let folded = STANDARD.encode([&b"x".repeat(54)[..], b"yy>", b"zz"].concat());
    let folded = |end: &str| {
        format!(
            "{}{end}{}{end}{}",
            &folded[..76],
            &folded[..76],
            &folded[76..]
        )
    };
    let requests = [
        text.replace('+', " "),
        text.replacen('+', " ", 1),
        url.replace('+', " "),
        // At the end of a line.
        folded("\n").replacen('+', " ", 1),
        folded("\r\n").replacen('+', " ", 1),
    ]
    .map(|text| with_text("jpg", &text));
    judged(&[], &requests, |answer| {
        assert_reason(
            answer,
            "not_base64",
            &["'+'", "space", "%2B", "encode the file's bytes"],
        );
    })
    .await;
}

#[tokio::test]
async fn base64_in_lines_is_stored_however_they_are_indented() {
    let file = sample("rgb.png");
    let encoded = STANDARD.encode(&file);
    let expected = upload_json("png", &file);
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        for (columns, end) in [
            (76, "\n"),
            (64, "\r\n"),
            (60, "\n    "),
            (4, " \n\t"),
            (76, " "),
            (13, "\r\n  "),
        ] {
            let lines: Vec<&[u8]> = encoded.as_bytes().chunks(columns).collect();
            let text = String::from_utf8(lines.join(end.as_bytes())).expect("ASCII");
            let text = format!("{text}\n");
            assert_eq!(service.store(&with_text("png", &text)).await, expected);
        }
    }
}

/// What programs make of bytes that they take for text.
fn decoded(file: &[u8]) -> [Vec<u8>; 2] {
    let latin1: String = file.iter().copied().map(char::from).collect();
    let replaced = String::from_utf8_lossy(file).into_owned();
    [replaced.into_bytes(), latin1.into_bytes()]
}

#[tokio::test]
async fn a_file_whose_bytes_were_decoded_as_text_is_refused_in_every_format() {
    let files = [
        ("photo.jpg", "jpg", "image/jpeg"),
        ("rgb.png", "png", "image/png"),
        ("info-header.bmp", "bmp", "image/bmp"),
        ("cbr.mp3", "mp3", "audio/mpeg"),
        ("adts.aac", "aac", "audio/aac"),
        ("h264-aac.mp4", "mp4", "video/mp4"),
    ];
    let mut requests = Vec::new();
    for (name, file_type, media_type) in files {
        for file in decoded(&sample(name)) {
            requests.extend([
                Request::upload(file_type, &file),
                Request::raw(media_type, &file),
                Request::raw(GENERIC, &file),
                Form::new().file(name, media_type, &file).request(),
                Form::new().file("file", GENERIC, &file).request(),
            ]);
        }
    }
    judged(&[], &requests, |answer| {
        assert_reason(answer, "damaged_in_transit", &["decoded", "as text"]);
    })
    .await;
}

#[tokio::test]
async fn a_film_or_bitmap_that_lost_its_bytes_beyond_ascii_is_refused() {
    // A bitmap whose length has no byte beyond ASCII, and a colour for each byte.
    let pixels: Vec<u8> = (0..=255).cycle().take(0x7070 - 54).collect();
    let head = b"BM\x70\x70\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x5A\0\0\0\x6A\0\0\0\x01\0\x18\0";
    let bitmap = [head.as_slice(), &[0; 24], &pixels].concat();
    let film = sample("h264-aac.mp4");
    let service = storing(Platform::Http, &[]).await;
    let stored = service.store(&Request::raw("image/bmp", &bitmap)).await;
    assert_eq!(stored, upload_json("bmp", &bitmap));

    let question_marks = |file: &[u8]| -> Vec<u8> {
        let text = String::from_utf8_lossy(file).into_owned();
        let characters = text.chars();
        characters
            .map(|it| u8::try_from(it).unwrap_or(b'?'))
            .collect()
    };
    let cleared: Vec<_> = film.iter().map(|byte| byte & 0x7F).collect();
    let cut = String::from_utf8_lossy(&bitmap).as_bytes()[..bitmap.len()].to_vec();
    let mut requests = Vec::new();
    for (file_type, media_type, file) in [
        ("mp4", "video/mp4", question_marks(&film)),
        ("mp4", "video/mp4", cleared),
        ("bmp", "image/bmp", question_marks(&bitmap)),
        ("bmp", "image/bmp", cut),
    ] {
        requests.extend([
            Request::upload(file_type, &file),
            Request::raw(media_type, &file),
            Request::raw(GENERIC, &file),
            Form::new().file("file", media_type, &file).request(),
        ]);
    }
    judged(&[], &requests, |answer| {
        assert_reason(answer, "damaged_in_transit", &["decoded", "as text"]);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_sent_as_a_string_is_called_damaged() {
    let requests = ["photo.jpg", "rgb.png", "h264-aac.mp4", "cbr.mp3"].map(|name| {
        let text = String::from_utf8_lossy(&sample(name)).into_owned();
        Request::raw("text/plain;charset=UTF-8", text.as_bytes())
    });
    judged(&[], &requests, |answer| {
        assert_reason(answer, "damaged_in_transit", &["decoded", "bytes"]);
    })
    .await;
}

#[tokio::test]
async fn a_photo_that_was_decoded_and_encoded_in_windows_1252_is_refused() {
    let recode = |byte: u8| match byte {
        0x81 | 0x8D | 0x8F | 0x90 | 0x9D => b'?',
        defined => defined,
    };
    let photo: Vec<u8> = sample("photo.jpg").into_iter().map(recode).collect();
    let requests = [
        Request::upload("jpg", &photo),
        Request::raw("image/jpeg", &photo),
        Request::raw(GENERIC, &photo),
        Form::new().file("a.jpg", "image/jpeg", &photo).request(),
    ];
    judged(&[], &requests, |answer| {
        assert_reason(answer, "damaged_in_transit", &["decoded", "as text"]);
    })
    .await;
}

#[tokio::test]
async fn a_text_of_another_encoding_that_was_decoded_as_utf_8_is_refused() {
    let mut requests = Vec::new();
    for name in ["gb18030.txt", "shift-jis.txt"] {
        let text = String::from_utf8_lossy(&sample(name)).into_owned();
        let text = text.as_bytes();
        requests.extend([
            Request::upload("txt", text),
            Request::upload("csv", text),
            Request::raw("text/plain", text),
            Request::raw(GENERIC, text),
            Form::new().file(name, "text/plain", text).request(),
        ]);
    }
    judged(&[], &requests, |answer| {
        assert_reason(answer, "damaged_in_transit", &["decoded", "bytes"]);
    })
    .await;
}

#[tokio::test]
async fn base64_that_is_declared_to_be_a_photo_is_called_base64() {
    let text = STANDARD.encode(sample("photo.jpg"));
    let requests = [
        Request::raw("image/jpeg", text.as_bytes()),
        Form::new()
            .file("a.jpg", "image/jpeg", text.as_bytes())
            .request(),
        Request::upload("jpg", text.as_bytes()),
    ];
    let words = ["encoded as Base64", "send its bytes"];
    judged(&[], &requests, |answer| {
        assert_reason(answer, "content_mismatch", &words);
    })
    .await;
}

#[tokio::test]
async fn the_base64_of_a_small_photo_is_not_called_a_path() {
    let text = STANDARD.encode(sample("baseline.jpg"));
    assert!(text.starts_with("/9j/") && text.len() < 4096);
    let raw = Request::raw(GENERIC, text.as_bytes());
    let part = Form::new().file("blob", GENERIC, text.as_bytes()).request();
    let words = ["the file's bytes written as text"];
    refused(&[raw], 415, "3", &words).await;
    refused(&[part], 400, "3", &words).await;
}

#[tokio::test]
async fn an_input_without_a_selected_file_is_ignored_beside_the_file() {
    let photo = sample("photo.jpg");
    let service = storing(Platform::Http, &[]).await;
    let selected = |form: Form| form.file("photo.jpg", "image/jpeg", &photo);
    let unselected = |form: Form| form.file("", GENERIC, b"");
    for form in [
        unselected(selected(Form::new())),
        selected(unselected(unselected(Form::new()))),
    ] {
        let stored = service.store(&form.request()).await;
        assert_eq!(stored, upload_json("jpg", &photo));
    }
    let twice = selected(selected(Form::new())).request();
    refused(&[twice], 400, "3", &["more than one part file"]).await;
}

#[tokio::test]
async fn a_text_with_few_characters_beyond_ascii_is_stored() {
    let texts = [
        // All letters beyond ASCII were lost, but the text can be read.
        "name;city\r\nZo\u{fffd};K\u{fffd}ln\r\nJ\u{fffd}rg;M\u{fffd}nchen\r\n".to_owned(),
        // A few lines were lost.
        "\u{fffd}\u{fffd}\u{fffd};\u{fffd}\u{fffd}\n".repeat(5) + &"a;b\n".repeat(50),
        // The beginning is ASCII.
        "name;city\n".repeat(7000) + "Weiß;Gießen\n",
        "name;city\n".repeat(7000) + &"Müller;Weiß 👍\n".repeat(600),
    ];
    let service = storing(Platform::Http, &[]).await;
    for text in texts.iter().map(String::as_bytes) {
        for (request, file_type) in [
            (Request::upload("csv", text), "csv"),
            (Request::raw("text/plain", text), "txt"),
            (Request::raw(GENERIC, text), "txt"),
            (Form::new().file("a.csv", "text/csv", text).request(), "csv"),
        ] {
            assert_eq!(service.store(&request).await, upload_json(file_type, text));
        }
    }
}

#[tokio::test]
async fn a_placeholder_for_a_missing_value_is_not_a_file() {
    let words = [
        "null",
        "NULL",
        "None",
        "undefined",
        "true",
        "True",
        "false",
        "NaN",
        "[object Object]",
    ];
    let prefixed = ["null", "undefined"].map(|word| format!("data:text/plain;base64,{word}"));
    let texts = words.map(str::to_owned).into_iter().chain(prefixed);
    let requests: Vec<_> = texts.map(|text| with_text("txt", &text)).collect();
    judged(&[], &requests, |answer| {
        assert_reason(answer, "not_base64", &["fileStream", "missing value"]);
    })
    .await;

    // The same word as the content of a file.
    let mut requests = Vec::new();
    for word in [
        "null",
        "None",
        "undefined",
        "[object Object]",
        "[object File]",
        "NaN",
        "undefinedundefined",
        "<Buffer ff d8 ff e0 ... 295 more bytes>",
        r"b'\xff\xd8\xff\xe0'",
        r"bytearray(b'\xff\xd8\xff\xe0')",
        "[B@1b2c3d",
        "java.io.ByteArrayInputStream@1b2c3d",
        "#<File:0x000055d0>",
        "[Blob blob]",
        "<nil>",
        "Promise { <pending> }",
        "<FileStorage: 'photo.jpg' ('image/jpeg')>",
        "Microsoft.AspNetCore.Http.FormFile",
    ] {
        // Whatever it is declared to be.
        requests.push(Request::upload("jpg", word.as_bytes()));
        requests.push(Request::raw("image/jpeg", word.as_bytes()));
        let named = Form::new().file("a.jpg", "image/jpeg", word.as_bytes());
        requests.push(named.request());
        requests.push(Request::upload("txt", word.as_bytes()));
        requests.push(Request::raw("text/plain;charset=UTF-8", word.as_bytes()));
        let form = Form::new().text("file", word).text("fileType", "txt");
        requests.push(form.request());
        requests.push(
            Form::new()
                .file("a.txt", "text/plain", word.as_bytes())
                .request(),
        );
    }
    judged(&[], &requests, |answer| {
        assert_reason(answer, "damaged_in_transit", &["placeholder"]);
    })
    .await;
}

#[tokio::test]
async fn a_part_that_is_a_text_instead_of_a_file_is_refused() {
    let url = format!(
        "data:image/jpeg;base64,{}",
        STANDARD.encode(sample("photo.jpg"))
    );
    let texts = [
        "undefined",
        "null",
        "[object Object]",
        "[object FileList]",
        r"C:\fakepath\photo.jpg",
        "blob:https://shop.example.com/0d1f6a3c",
        "{\"name\":\"photo.jpg\"}",
        &url,
    ];
    let mut requests: Vec<_> = texts
        .map(|text| Form::new().text("file", text).request())
        .into();
    requests.push(
        Form::new()
            .text("file", &url)
            .text("fileType", "txt")
            .request(),
    );
    refused_as(
        &requests,
        400,
        "malformed_form",
        &["part file", "File or Blob"],
    )
    .await;
}

#[tokio::test]
async fn a_data_url_without_a_media_type_declares_nothing() {
    let file = sample("rgb.png");
    let text = STANDARD.encode(&file);
    let service = storing(Platform::Http, &[]).await;
    for prefix in [
        "png",
        ".png",
        "undefined",
        "image",
        "",
        "image/",
        "*/*",
        "png;charset=utf-8",
    ] {
        let request = with_text("png", &format!("data:{prefix};base64,{text}"));
        assert_eq!(
            service.store(&request).await,
            upload_json("png", &file),
            "{prefix}"
        );
    }
    // The content decides.
    let wrong = with_text("jpg", &format!("data:jpg;base64,{text}"));
    refused(&[wrong], 200, "3", &["declared jpg", "PNG (image/png)"]).await;
    let contradicting: Value = json!(format!("data:image/gif;base64,{text}"));
    let request = with_text("png", contradicting.as_str().expect("text"));
    refused(&[request], 200, "3", &["its media type is \"image/gif\""]).await;
}

#[tokio::test]
async fn the_hint_for_a_film_that_is_declared_as_audio_is_about_audio() {
    let webm = sample("refused/webm.mp4");
    let requests = [
        Request::upload("mp3", &webm),
        Request::raw("audio/aac", &webm),
        Request::raw("audio/mpeg", &sample("refused/3gp.mp4")),
    ];
    refused(&requests, 200, "3", &["convert the audio to MP3 or AAC"]).await;
    let film = Request::upload("mp4", &webm);
    refused(&[film], 200, "3", &["convert the video to MP4"]).await;
}
