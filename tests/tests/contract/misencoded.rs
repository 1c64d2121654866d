//! Files and bodies that are intact, but encoded in another way than documented, or preceded by other bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Form, Request, sample, upload_json};
use serde_json::json;

use crate::damaged::GENERIC;
use crate::{each_refused, judged, refused_as, stored};

#[tokio::test]
async fn hexadecimal_in_place_of_base64_is_named() {
    let photo = sample("photo.jpg");
    let pairs: Vec<_> = photo.iter().map(|byte| format!("{byte:02x}")).collect();
    let texts = [
        pairs.concat(),
        pairs[..20_001].concat(),
        pairs.concat().to_uppercase(),
        format!("0x{}", pairs.concat()),
        format!(r"\x{}", pairs.concat()),
        pairs.join(" "),
        pairs.join("-").to_uppercase(),
        pairs.join(":"),
        format!("data:image/jpeg;base64,{}", pairs.concat()),
        format!("data:image/jpeg;hex,{}", pairs.concat()),
        format!("data:image/jpeg,{}", pairs.concat()),
    ];
    let requests = texts.map(|text| {
        Request::json(&json!({"fileType": "jpg", "fileStream": text, "channel": "WEB"}))
    });
    refused_as(
        &requests,
        200,
        "not_base64",
        &["fileStream: ", "hexadecimal", "Base64"],
    )
    .await;
    // Base64 that happens to have digits of hexadecimal only.
    let zeros = Request::upload("jpg", &[0; 3000]);
    judged(&[], &[zeros], |answer| {
        assert_eq!(
            answer.json()["reasonCode"],
            "content_mismatch",
            "{answer:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn base64_in_pieces_is_refused_with_the_remedy() {
    let photo = sample("photo.jpg");
    let (one, two) = (photo.chunks(1000), photo.chunks(3001));
    let pieces = |pieces: std::slice::Chunks<'_, u8>, between: &str| {
        pieces
            .map(|piece| STANDARD.encode(piece))
            .collect::<Vec<_>>()
            .join(between)
    };
    let texts = [
        pieces(one.clone(), ""),
        pieces(one, "\n"),
        format!("data:image/jpeg;base64,{}", pieces(two, "")),
    ];
    let requests = texts.map(|text| {
        Request::json(&json!({"fileType": "jpg", "fileStream": text, "channel": "WEB"}))
    });
    judged(&[], &requests, |answer| {
        answer.assert_refused(200, "3", &["encoded separately", "a multiple of 3 bytes"]);
        assert!(!answer.text.contains("omit"), "{answer:?}");
        assert_eq!(answer.json()["reasonCode"], "not_base64");
    })
    .await;
}

#[tokio::test]
async fn base64_that_was_encoded_once_more_is_refused_with_the_remedy() {
    let text = STANDARD.encode(sample("photo.jpg"));
    assert!(text.starts_with("/9j/"));
    let lines = |end: &str| format!("{}{end}{}", &text[..76], &text[76..]);
    let cases = [
        (text.replace('/', "%2F"), "percent-encoded"),
        (text.replace('+', "%2b"), "percent-encoded"),
        (
            format!("data:image/jpeg;base64,{}", text.replace('/', "%2F")),
            "percent-encoded",
        ),
        (text.replace('/', "%252F"), "percent-encoded"),
        (text.replace('/', r"\/"), "as JSON twice"),
        (text.replace('+', r"\u002b"), "as JSON twice"),
        (lines(r"\n"), "as JSON twice"),
        (lines(r"\r\n"), "as JSON twice"),
        (format!("\"{text}\""), "as JSON twice"),
        (text.replace('/', "&#x2F;"), "for HTML"),
        (format!("\u{feff}{text}"), "a byte order mark"),
        (format!("base64,{text}"), "a second prefix"),
        (format!(";base64,{text}"), "a second prefix"),
        (format!("base64:{text}"), "a second prefix"),
        (
            format!("data:image/jpeg;base64,data:image/jpeg;base64,{text}"),
            "a second prefix",
        ),
        ("[B@1b6d3586".to_owned(), "prints for an object"),
        ("[object File]".to_owned(), "prints for an object"),
        (
            "https://shop.example.com/p.jpg".to_owned(),
            "is a URL; send the file's bytes",
        ),
        (format!("{text}!"), "0x21 is not a Base64 character"),
    ]
    .map(|(text, word)| {
        let upload = json!({"fileType": "jpg", "fileStream": text, "channel": "WEB"});
        (
            Request::json(&upload),
            ["fileStream: not Base64 at byte ", word],
        )
    });
    each_refused(cases, 200, "3").await;
}

#[tokio::test]
async fn bytes_before_a_file_are_counted() {
    let files = [
        ("jpg", "image/jpeg", "photo.jpg"),
        ("png", "image/png", "rgb.png"),
        ("bmp", "image/bmp", "info-header.bmp"),
        ("mp4", "video/mp4", "h264-aac.mp4"),
    ];
    let warning = "Warning: Undefined variable $x in upload.php on line 3\n";
    for (before, words) in [
        ("\u{feff}", ["after 3 other bytes", "a byte order mark"]),
        ("\n", ["after 1 other byte;", "such as a line break"]),
        (" \r\n", ["after 3 other bytes", "such as a line break"]),
        ("\u{feff}\r\n", ["after 5 other bytes", "a byte order mark"]),
        (warning, ["after 55 other bytes", "or a warning"]),
        ("1fA0\r\n", ["after 6 other bytes", "the size of a chunk"]),
        (
            "a;chunk-signature=0\r\n",
            ["after 21 other bytes", "the size of a chunk"],
        ),
    ] {
        for (file_type, media_type, name) in files {
            // A bitmap begins with letters.
            if before == warning && file_type == "bmp" {
                continue;
            }
            let file = [before.as_bytes(), &sample(name)].concat();
            let requests = [
                Request::upload(file_type, &file),
                Request::upload("txt", &file),
                Request::raw(media_type, &file),
                Request::raw(GENERIC, &file),
                Form::new().file("blob", GENERIC, &file).request(),
            ];
            let named = format!("{} ({media_type})", file_type.to_uppercase());
            judged(&[], &requests, |answer| {
                answer.assert_refused(200, "3", &[&named, "remove the bytes before"]);
                answer.assert_refused(200, "3", &words);
                assert_eq!(answer.json()["details"]["detected"], "damaged");
            })
            .await;
        }
    }
}

/// A body in chunks of this size.
fn chunked(file: &[u8], bytes: usize) -> Vec<u8> {
    let chunks = file.chunks(bytes).map(|chunk| {
        let size = format!("{:x}\r\n", chunk.len());
        [size.as_bytes(), chunk, b"\r\n"].concat()
    });
    chunks
        .chain([b"0\r\n\r\n".to_vec()])
        .collect::<Vec<_>>()
        .concat()
}

#[tokio::test]
async fn a_recording_or_text_with_the_sizes_of_chunks_is_refused() {
    let csv = "id;name\r\n1;Ada\r\n".repeat(300).into_bytes();
    for (file_type, media_type, file) in [
        ("aac", "audio/aac", sample("adts.aac")),
        ("mp3", "audio/mpeg", sample("cbr.mp3")),
        ("csv", "text/csv", csv),
    ] {
        for bytes in [0x1000, 0x80000] {
            let file = chunked(&file, bytes);
            let requests = [
                Request::upload(file_type, &file),
                Request::raw(media_type, &file),
                Request::raw(GENERIC, &file),
                Form::new().file("blob", GENERIC, &file).request(),
            ];
            judged(&[], &requests, |answer| {
                answer.assert_refused(200, "3", &["other bytes", "the size of a chunk"]);
                assert_eq!(answer.json()["details"]["detected"], "damaged");
            })
            .await;
        }
    }
    // Numbers in lines resemble sizes and chunks.
    let tables = ["12\r\n".repeat(99), "1\r\n".repeat(8) + "0\r\n\r\n"];
    let tables = tables.map(|text| {
        let stored = upload_json("csv", text.as_bytes());
        (Request::upload("csv", text.as_bytes()), stored)
    });
    stored(&[], tables).await;
}

#[tokio::test]
async fn a_body_that_is_declared_as_json_is_called_what_it_is() {
    let upload = Request::png();
    let gzip = [b"\x1F\x8B\x08\0", &sample("photo.jpg")[..]].concat();
    let zlib = [b"\x78\x9C", &sample("photo.jpg")[..]].concat();
    let cases = [
        (gzip, ["the body is compressed", "uncompressed"]),
        (zlib, ["the body is compressed", "uncompressed"]),
        (
            STANDARD.encode(&upload.body).into_bytes(),
            ["JSON in Base64", "send the JSON itself"],
        ),
        (
            sample("refused/heic.jpg"),
            ["HEIC (image/heic)", "one JSON object"],
        ),
        (
            sample("photo.jpg"),
            ["the jpg file itself", "Content-Type: image/jpeg"],
        ),
    ]
    .map(|(body, words)| (Request::new(body), words));
    each_refused(cases, 400, "3").await;
}

#[tokio::test]
async fn a_form_in_base64_is_named() {
    let form = Form::new().file("photo.jpg", "image/jpeg", &sample("photo.jpg"));
    let encoded = Form::request_of(STANDARD.encode(form.body()).as_bytes());
    each_refused(
        [(encoded, ["a form in Base64", "the form itself"])],
        400,
        "3",
    )
    .await;
}

#[tokio::test]
async fn pythons_text_for_bytes_is_named() {
    let text = format!("b'{}'", STANDARD.encode(sample("photo.jpg")));
    let request = Request::json(&json!({"fileType": "jpg", "fileStream": text, "channel": "WEB"}));
    each_refused([(request, ["Python's b'...'", "decode()"])], 200, "3").await;
}

#[tokio::test]
async fn a_png_without_its_line_breaks_is_no_text() {
    let png = sample("rgb.png");
    let without = |removed: &[u8]| {
        let kept = png.iter().copied().filter(|byte| !removed.contains(byte));
        kept.collect::<Vec<_>>()
    };
    let unix = [b"\x89PNG\n\x1A\n", &png[8..]].concat();
    // As `curl -d` sends it: without line breaks and what follows a zero.
    let spoilt = [
        without(b"\r\n"),
        without(b"\r"),
        unix,
        b"\x89PNG\x1A".to_vec(),
    ];
    let requests: Vec<_> = spoilt
        .iter()
        .flat_map(|file| {
            [
                Request::raw(GENERIC, file),
                Request::raw("image/png", file),
                Request::raw("text/plain", file),
                Form::new().file("blob", GENERIC, file).request(),
                Request::upload("png", file),
                Request::upload("txt", file),
            ]
        })
        .collect();
    refused_as(
        &requests,
        200,
        "damaged_in_transit",
        &["line breaks", "--data-binary"],
    )
    .await;
}

#[tokio::test]
async fn a_photo_whose_line_breaks_were_converted_is_refused() {
    let photo = sample("photo.jpg");
    let convert = |line_feed: &[u8], carriage_return: &[u8]| {
        let bytes = photo.chunks(1).map(|byte| match byte {
            b"\n" => line_feed,
            b"\r" => carriage_return,
            byte => byte,
        });
        bytes.collect::<Vec<_>>().concat()
    };
    let spoilt = [
        // A terminal.
        convert(b"\r\n", b"\r"),
        convert(b"\n", b"\n"),
        convert(b"\n", b""),
        convert(b"", b"\r"),
        convert(b"", b""),
    ];
    let requests: Vec<_> = spoilt
        .iter()
        .flat_map(|file| {
            [
                Request::raw("image/jpeg", file),
                Form::new().file("a.jpg", "image/jpeg", file).request(),
                Request::upload("jpg", file),
            ]
        })
        .collect();
    refused_as(&requests, 200, "damaged_in_transit", &["bytes unchanged"]).await;
}

#[tokio::test]
async fn the_media_type_that_curl_and_wget_set_by_default_is_named() {
    let requests = [sample("photo.jpg"), b"fileType=jpg&channel=WEB".to_vec()]
        .map(|body| Request::raw("application/x-www-form-urlencoded", &body));
    refused_as(
        &requests,
        415,
        "unsupported_media_type",
        &["curl", "image/jpeg", "--data-binary"],
    )
    .await;
}
