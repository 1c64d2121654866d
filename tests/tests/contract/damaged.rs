//! Files that were destroyed before they were sent: none is stored, and the cause is named.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Answer, Form, Platform, Request, sample, upload_json};
use serde_json::{Value, json};

use crate::{each_refused, judged, refused, storing};

const GENERIC: &str = "application/octet-stream";

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
        assert_reason(answer, "not_base64", &["'+'", "space", "%2B"]);
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
async fn a_replacement_character_in_a_text_is_stored() {
    let text = "name;city\r\nZo\u{fffd};K\u{fffd}ln\r\n".as_bytes();
    let service = storing(Platform::Http, &[]).await;
    for (request, file_type) in [
        (Request::upload("csv", text), "csv"),
        (Request::raw("text/plain", text), "txt"),
        (Request::raw(GENERIC, text), "txt"),
        (Form::new().file("a.csv", "text/csv", text).request(), "csv"),
    ] {
        assert_eq!(service.store(&request).await, upload_json(file_type, text));
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
    judged(&[], &requests, |answer| {
        answer.assert_refused(400, "3", &["part file", "File or Blob"]);
        assert_eq!(answer.json()["reasonCode"], "malformed_form");
    })
    .await;
}

/// What programs send in place of a photo.
fn stand_ins() -> Vec<String> {
    let photo = sample("photo.jpg");
    let base64 = STANDARD.encode(&photo);
    let list = |numbers: Vec<String>| numbers.join(",");
    let numbers = list(photo.iter().map(u8::to_string).collect());
    let signed = list(
        photo
            .iter()
            .map(|byte| byte.cast_signed().to_string())
            .collect(),
    );
    let members = photo.iter().enumerate();
    let members = list(
        members
            .map(|(key, byte)| format!("\"{key}\":{byte}"))
            .collect(),
    );
    let hexadecimal: Vec<_> = photo.iter().map(|byte| format!("{byte:02x}")).collect();
    let form = Form::new().file("photo.jpg", "image/jpeg", b"x").body();
    vec![
        format!("data:image/jpeg;base64,{base64}"),
        upload_json("jpg", &photo).to_string(),
        json!({"data": upload_json("jpg", &photo)}).to_string(),
        json!(upload_json("jpg", &photo).to_string()).to_string(),
        format!("data:;base64,{base64}"),
        format!("fileType=jpg&channel=WEB&fileStream={base64}"),
        String::from_utf8(form).expect("ASCII"),
        format!("\"{base64}\""),
        hexadecimal.concat(),
        format!("{{\"type\":\"Buffer\",\"data\":[{numbers}]}}"),
        format!("{{{members}}}"),
        format!("[{signed}]"),
        numbers,
        // URL decoding.
        base64.replace('+', " "),
        format!("base64,{base64}"),
        format!(r"\x{}", hexadecimal.concat()),
        format!("0x{}", hexadecimal.concat()),
        format!("X'{}'", hexadecimal.concat()),
        hexadecimal.join("-").to_uppercase(),
        hexadecimal.join(":"),
        format!("[]byte{{0x{}}}", hexadecimal.join(", 0x")),
        base64,
        "/home/me/photos/photo.jpg".to_owned(),
        "photo.jpg".to_owned(),
        r"C:\Users\me\My photo.jpg".to_owned(),
        "file:///storage/emulated/0/1".to_owned(),
        "@/tmp/phpAbCd".to_owned(),
    ]
}

#[tokio::test]
async fn a_text_in_place_of_a_file_is_refused_in_a_part_without_a_name_of_its_own() {
    let mut requests = Vec::new();
    for text in stand_ins() {
        for name in ["blob", "file", ""] {
            for media_type in [GENERIC, "text/plain"] {
                requests.push(
                    Form::new()
                        .file(name, media_type, text.as_bytes())
                        .request(),
                );
            }
        }
        let untyped = "Content-Disposition: form-data; name=\"file\"; filename=\"file\"";
        requests.push(Form::new().part(untyped, text.as_bytes()).request());
        let declared = Form::new().text("file", &text).text("fileType", "txt");
        requests.push(declared.request());
    }
    judged(&[], &requests, |answer| {
        answer.assert_refused(400, "3", &["part file contains", "File or Blob itself"]);
        assert_eq!(answer.json()["reasonCode"], "malformed_form");
    })
    .await;
}

#[tokio::test]
async fn a_text_in_place_of_a_file_is_refused_as_a_raw_body() {
    let texts = stand_ins();
    let media_types = [GENERIC, "text/plain;charset=UTF-8", "text/html"];
    let requests: Vec<_> = texts
        .iter()
        .flat_map(|text| media_types.map(|it| Request::raw(it, text.as_bytes())))
        .collect();
    refused(&requests, 415, "3", &["the body is "]).await;
}

/// Bodies of uploads: a form, JSON and parameters.
fn upload_bodies() -> [Vec<u8>; 3] {
    let photo = sample("photo.jpg");
    let base64 = STANDARD.encode(&photo);
    [
        Form::new().file("photo.jpg", "image/jpeg", &photo).body(),
        upload_json("jpg", &photo).to_string().into_bytes(),
        format!("fileType=jpg&channel=WEB&fileStream={base64}").into_bytes(),
    ]
}

#[tokio::test]
async fn an_upload_that_is_declared_to_be_a_photo_or_a_recording_is_called_what_it_is() {
    let words = [
        ["the body is a form", "leave the header Content-Type"],
        ["an upload in JSON", "Content-Type: application/json"],
        [
            "an upload in URL encoding",
            "Content-Type: application/json",
        ],
    ];
    let media_types = ["image/jpeg", "audio/mpeg", "video/mp4"];
    let bodies = upload_bodies();
    let cases = bodies.iter().zip(words).flat_map(|(body, words)| {
        media_types.map(|media_type| (Request::raw(media_type, body), words))
    });
    each_refused(cases, 415, "3").await;

    let mut requests = Vec::new();
    for body in &bodies {
        for (name, media_type) in [
            ("a.jpg", "image/jpeg"),
            ("a.mp4", "video/mp4"),
            ("a.png", GENERIC),
        ] {
            requests.push(Form::new().file(name, media_type, body).request());
        }
    }
    judged(&[], &requests, |answer| {
        answer.assert_refused(400, "3", &["part file contains", "File or Blob itself"]);
        assert_eq!(answer.json()["reasonCode"], "malformed_form");
    })
    .await;
}

#[tokio::test]
async fn a_whole_form_is_refused_as_a_named_text_file_and_a_part_of_one_is_stored() {
    let form = Form::new().file("photo.jpg", "image/jpeg", b"x").body();
    let form = String::from_utf8(form).expect("ASCII");
    // Another boundary than that of the outer form.
    let form = form.replace("boundary-of-the-test", "inner").into_bytes();
    let names = [
        ("a.txt", "text/plain"),
        ("a.csv", "text/csv"),
        ("a.dat", GENERIC),
    ];
    let upload =
        |(name, media_type), text: &[u8]| Form::new().file(name, media_type, text).request();
    let requests = names.map(|name| upload(name, &form));
    refused(&requests, 400, "3", &["part file contains a form"]).await;

    let service = storing(Platform::Http, &[]).await;
    let opening = &form[..form.len() - 8];
    let quoting = [b"An example:\r\n", &form[..]].concat();
    for text in [opening, &quoting] {
        let stored = service.store(&upload(names[0], text)).await;
        assert_eq!(stored, upload_json("txt", text));
    }
}

#[tokio::test]
async fn a_text_that_only_resembles_one_in_place_of_a_file_is_stored() {
    let service = storing(Platform::Http, &[]).await;
    // A file with a name is what it is called, unless it is a whole form, and so is one that JSON declares.
    for text in stand_ins() {
        if !text.starts_with("--") {
            let named = Form::new().file("notes.txt", "text/plain", text.as_bytes());
            assert_eq!(service.store(&named.request()).await["fileType"], "txt");
        }
        let request = Request::upload("txt", text.as_bytes());
        assert_eq!(service.store(&request).await["fileType"], "txt");
    }
    let description = json!({"openapi": "3.1.0", "schema": {"properties": {
        "fileType": {"type": "string"}, "fileStream": {"type": "string"}}}});
    for text in [
        "To upload, send {\"fileType\":\"jpg\",\"fileStream\":\"/9j/\",\"channel\":\"WEB\"}",
        "See /home/me/photo.jpg\nand C:\\photo.jpg",
        "The photo is photo.jpg",
        "1,2,3\n255,216,255\n",
        "77,90,144,0,3,0,0,0,4,0,0,0,255,255,0,0,184,0",
        "SGVsbG8gd29ybGQsIHRoaXMgaXMgdGV4dA==",
        "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
        "a=1&b=2",
        "some words in a line which say nothing at all",
        "de:ad:be:ef:de:ad:be:ef:de:ad:be:ef:de:ad:be:ef",
        "10,20,30,40,50,60,70,80,90,10,20,30,40,50,60,70",
        "-- a comment\nselect 1;",
        "// a comment",
        &description.to_string(),
    ] {
        for request in [
            Request::raw("text/plain", text.as_bytes()),
            Request::raw(GENERIC, text.as_bytes()),
            Form::new().file("blob", GENERIC, text.as_bytes()).request(),
        ] {
            assert_eq!(service.store(&request).await["fileType"], "txt", "{text}");
        }
    }
}

#[tokio::test]
async fn one_chunk_of_a_file_is_refused() {
    let photo = sample("photo.jpg");
    let form = || Form::new().file("photo.jpg", "image/jpeg", &photo);
    let counts = [
        "dztotalchunkcount",
        "chunks",
        "resumableTotalChunks",
        "flowTotalChunks",
        "totalChunks",
        "qqtotalparts",
    ];
    let mut requests: Vec<_> = counts.map(|name| form().text(name, "2").request()).into();
    requests.push(
        Form::new()
            .text("chunks", "3")
            .file("blob", GENERIC, &photo)
            .request(),
    );
    let uploads = || {
        [
            form().request(),
            Request::raw("image/jpeg", &photo),
            Request::upload("jpg", &photo),
        ]
    };
    for request in uploads() {
        requests.push(request.clone().with("content-range", "bytes 0-999/2000"));
        requests.push(request.with("content-range", "bytes 1000-1999/2000"));
    }
    judged(&[], &requests, |answer| {
        answer.assert_refused(400, "3", &["one chunk", "send the file in one request"]);
        assert_eq!(answer.json()["reasonCode"], "malformed_form");
    })
    .await;

    // A file of one chunk is whole.
    let service = storing(Platform::Http, &[]).await;
    let whole = counts.map(|name| form().text(name, "1").request());
    let ranges = ["bytes 0-1999/2000", "bytes 0-1999/*", "items"];
    let in_ranges = uploads().into_iter().zip(ranges);
    let in_ranges = in_ranges.map(|(request, range)| request.with("content-range", range));
    for request in whole.into_iter().chain(in_ranges) {
        assert_eq!(service.store(&request).await, upload_json("jpg", &photo));
    }
}

#[tokio::test]
async fn a_part_without_a_file_name_is_a_file_if_something_declares_it() {
    let (png, csv) = (sample("rgb.png"), sample("bmi.csv"));
    let bare = "Content-Disposition: form-data; name=\"file\"";
    let typed = format!("{bare}\r\nContent-Type: text/csv");
    let service = storing(Platform::Http, &[]).await;
    for (form, file_type, file) in [
        (Form::new().part(bare, &png), "png", &png),
        (Form::new().part(&typed, &csv), "csv", &csv),
        (
            Form::new().part(bare, &csv).text("fileType", "CSV"),
            "CSV",
            &csv,
        ),
    ] {
        let received = service.store(&form.request()).await;
        assert_eq!(received, upload_json(file_type, file));
    }
}

#[tokio::test]
async fn json_as_text_is_refused_even_if_a_field_is_missing_or_misspelt() {
    let body = upload_json("jpg", &sample("photo.jpg"));
    let stream = body["fileStream"].as_str().expect("Base64");
    let broken = format!("{{\"fileType\":\"jpg\",\"fileStream\":\"{stream}\n");
    let texts = [
        json!({"fileType": "jpg", "fileStream": stream}).to_string(),
        json!({"fileStream": stream, "channel": "WEB"}).to_string(),
        json!({"fileStream": stream}).to_string(),
        json!({"fileType": "jpg", "filestream": stream, "channel": "WEB"}).to_string(),
        json!({"file_type": "jpg", "file_stream": stream, "channel": "WEB"}).to_string(),
        json!({"fileType": "jpg", "fileSteam": stream}).to_string(),
        json!({"fileType": "jpg", "content": stream, "channel": "WEB"}).to_string(),
        json!({"fileType": "jpg", "fileStream": null, "channel": "WEB"}).to_string(),
        broken,
    ];
    let media_types = [
        "text/plain",
        "text/plain;charset=UTF-8",
        "text/csv",
        GENERIC,
    ];
    let requests: Vec<_> = texts
        .iter()
        .flat_map(|text| media_types.map(|it| Request::raw(it, text.as_bytes())))
        .collect();
    judged(&[], &requests, |answer| {
        answer.assert_refused(415, "3", &["Content-Type: application/json"]);
        assert_eq!(answer.json()["reasonCode"], "misdeclared_json");
    })
    .await;
}

#[tokio::test]
async fn other_json_is_stored_as_text() {
    let service = storing(Platform::Http, &[]).await;
    for text in [
        json!({"fileType": "jpg", "fileName": "photo.jpg"}),
        json!({"channels": [1, 2], "streams": 3}),
        json!([{"fileStream": "AAAA"}]),
    ] {
        let request = Request::raw("text/plain", text.to_string().as_bytes());
        assert_eq!(service.store(&request).await["fileType"], "txt");
    }
}

#[tokio::test]
async fn a_form_or_a_data_url_as_text_is_refused() {
    let form = Form::new().file("bmi.csv", "text/csv", &sample("bmi.csv"));
    let url = format!(
        "data:image/png;base64,{}",
        STANDARD.encode(sample("rgb.png"))
    );
    let cases = [
        (form.body(), ["the body is a form", "Content-Type"]),
        (url.into_bytes(), ["a data: URL", "the file's own bytes"]),
    ];
    let media_types = ["text/plain", "text/csv", GENERIC];
    let cases = cases.iter().flat_map(|(body, words)| {
        media_types.map(|media_type| (Request::raw(media_type, body), words))
    });
    each_refused(cases, 415, "3").await;
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
