//! Texts that clients send in place of a file: none is stored, and each is called what it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Form, Platform, Request, sample, upload_json};
use serde_json::json;

use printers::printed;

use crate::damaged::GENERIC;
use crate::{each_refused, refused, refused_as, storing};

#[path = "../../../crates/ccmessaging-core/tests/printers/mod.rs"]
mod printers;

/// What programs send in place of a photo.
fn texts_instead() -> Vec<String> {
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
        format!("data:text/plain;base64,{}", STANDARD.encode("A text.\n")),
        format!(
            "\nDATA:text/csv;charset=utf-8;base64,{}\n",
            STANDARD.encode("a,b\n").trim_end_matches('=')
        ),
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
    for text in texts_instead() {
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
    refused_as(
        &requests,
        400,
        "malformed_form",
        &["part file contains", "File or Blob itself"],
    )
    .await;
}

#[tokio::test]
async fn a_text_in_place_of_a_file_is_refused_as_a_raw_body() {
    let texts = texts_instead();
    let media_types = [GENERIC, "text/plain;charset=UTF-8", "text/csv"];
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
    refused_as(
        &requests,
        400,
        "malformed_form",
        &["part file contains", "File or Blob itself"],
    )
    .await;
}

#[tokio::test]
async fn an_upload_that_is_declared_as_another_format_of_text_is_called_what_it_is() {
    let photo = sample("photo.jpg");
    let upload = upload_json("jpg", &photo);
    let texts = [
        upload.to_string(),
        json!({ "data": upload }).to_string(),
        json!({"file_type": "jpg", "channel": "WEB"}).to_string(),
    ];
    let media_types = ["text/html", "text/javascript; charset=utf-8", "text/x-json"];
    let requests: Vec<_> = texts
        .iter()
        .flat_map(|text| media_types.map(|it| Request::raw(it, text.as_bytes())))
        .collect();
    refused_as(
        &requests,
        415,
        "misdeclared_json",
        &["an upload in JSON", "application/json"],
    )
    .await;
}

#[tokio::test]
async fn what_python_prints_of_bytes_is_refused_with_the_remedy() {
    let photo = sample("photo.jpg");
    let escapes: Vec<_> = photo.iter().map(|byte| format!(r"\x{byte:02x}")).collect();
    let escapes = escapes.concat();
    for text in [format!("b'{escapes}'"), format!("b\"{escapes}\"")] {
        let form = Form::new().file("file", GENERIC, text.as_bytes());
        let words = ["Python's str()", "send the bytes, not str() of them"];
        refused(&[form.request()], 400, "3", &words).await;
        let raw = Request::raw(GENERIC, text.as_bytes());
        refused(&[raw], 415, "3", &words).await;
    }
}

#[tokio::test]
async fn an_array_of_a_texts_bytes_is_refused_unless_something_says_that_it_is_a_text() {
    let bytes = b"id,name\r\n1,Ann\r\n";
    let members: Vec<_> = (0..)
        .zip(bytes)
        .map(|(key, byte)| format!("\"{key}\":{byte}"))
        .collect();
    let texts = [
        format!("{{{}}}", members.join(",")),
        format!("{{{}}}\n", members.join(", ")),
        "{}".to_owned(),
    ];
    let texts = || texts.iter().map(String::as_bytes);
    let media_types = ["text/plain;charset=UTF-8", GENERIC];
    let bodies = texts().flat_map(|text| media_types.map(|it| Request::raw(it, text)));
    refused(&bodies.collect::<Vec<_>>(), 415, "3", &["the body is "]).await;
    let parts = texts().map(|text| Form::new().file("blob", GENERIC, text).request());
    let words = ["part file contains", "File or Blob itself"];
    refused_as(&parts.collect::<Vec<_>>(), 400, "malformed_form", &words).await;

    let service = storing(Platform::Http, &[]).await;
    for text in texts() {
        for request in [
            Request::upload("txt", text),
            Request::raw("text/html", text),
            Form::new()
                .file("data.json", "application/json", text)
                .request(),
            Form::new().file("data.txt", "text/plain", text).request(),
        ] {
            assert_eq!(service.store(&request).await, upload_json("txt", text));
        }
    }
    for text in [
        r#"{"0":3,"1":40,"2":7,"3":0,"4":1,"5":2,"6":3,"7":4,"8":5,"9":6,"10":7,"11":8,"12":9,"13":1,"14":2,"15":3}"#,
        r#"{"0":72,"1":101,"2":"c"}"#,
        "{ }",
    ] {
        let stored = service
            .store(&Request::raw("text/plain", text.as_bytes()))
            .await;
        assert_eq!(stored, upload_json("txt", text.as_bytes()));
    }
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
    // A file with a name is what it is called, and so is one that JSON declares, but no text file is the JSON of
    // Node.js's Buffer, a whole upload, the Base64 of a photo or an address on a phone.
    let is_never_text = |text: &str| {
        let is_base64 = text.starts_with("/9j/") && !text.contains(' ');
        let starts = [
            "{\"type\"",
            "{\"channel\"",
            "--",
            "data:image/",
            "data:;",
            "file:",
        ];
        is_base64 || starts.iter().any(|start| text.starts_with(start))
    };
    for text in texts_instead() {
        if is_never_text(&text) {
            continue;
        }
        let named = Form::new().file("notes.txt", "text/plain", text.as_bytes());
        assert_eq!(service.store(&named.request()).await["fileType"], "txt");
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
        "A JPG begins with FF D8 FF E0 00 10 4A 46 49 46 00 01 01 01 00 48, a GIF with GIF89a.",
        "data:text/plain;base64,QSB0ZXh0Lg== is the URL of a text.",
        "data:text/plain;base64,QSB0ZXh0Lg==\ndata:text/plain;base64,QSB0ZXh0Lg==",
        "data:text/plain,A%20text",
        "![a pixel](data:image/gif;base64,R0lGODlhAQABAAAAACw=) is the picture of a pixel.",
        "255,216,255,224\n1000,2000,3000,4000\n",
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
async fn the_address_of_a_file_on_a_phone_is_refused_even_as_a_named_text() {
    for address in [
        "content://media/external/file/42",
        "ph://106E99A1-4F6A-45A2-B320-B0AD4A8E8473/L0/001",
        "file:///storage/emulated/0/Download/a.csv",
    ] {
        let requests = [
            Request::upload("csv", address.as_bytes()),
            Form::new()
                .file("a.csv", "text/csv", address.as_bytes())
                .request(),
        ];
        refused_as(&requests, 200, "damaged_in_transit", &["placeholder"]).await;
    }
}

#[tokio::test]
async fn a_file_that_is_printed_as_text_is_refused_unless_something_says_that_it_is_a_text() {
    let files = ["geotagged.jpg", "rgb.png", "faststart.mp4"].map(sample);
    let texts: Vec<_> = files.iter().flat_map(|file| printed(file)).collect();
    let texts = || texts.iter().map(|(_, text)| text.as_bytes());
    let words = ["the file's bytes written as text"];
    let bodies: Vec<_> = texts().map(|it| Request::raw("text/plain", it)).collect();
    refused(&bodies, 415, "3", &words).await;
    let parts = texts().map(|it| Form::new().file("blob", GENERIC, it).request());
    refused(&parts.collect::<Vec<_>>(), 400, "3", &words).await;

    let service = storing(Platform::Http, &[]).await;
    // What NSData prints is rejected under any media type, and so is Base64 with nothing around it.
    let is_symbol = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(byte);
    let is_base64 =
        |text: &[u8]| text.iter().all(is_symbol) && !text.iter().all(u8::is_ascii_hexdigit);
    for text in texts().filter(|text| !text.starts_with(b"{length = ") && !is_base64(text)) {
        for media_type in ["text/html", "text/vcard"] {
            let stored = service.store(&Request::raw(media_type, text)).await;
            assert_eq!(stored, upload_json("txt", text));
        }
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
    refused_as(
        &requests,
        415,
        "misdeclared_json",
        &["Content-Type: application/json"],
    )
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
