//! How a body is declared: permitted spellings of Content-Type, and bodies that are something else.

use gateway_tests::{Form, Platform, Request, sample, upload_json};

use crate::{each_refused, refused, refused_as, storing};

/// A form with the boundary `XX`.
fn form() -> Vec<u8> {
    let head = b"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"photo.jpg\"\r\n\
        Content-Type: image/jpeg\r\n\r\n";
    [head.as_slice(), &sample("photo.jpg"), b"\r\n--XX--\r\n"].concat()
}

fn form_with(content_type: &str) -> Request {
    Request::new(form()).with("content-type", content_type)
}

#[tokio::test]
async fn white_space_and_empty_parameters_in_content_type_are_permitted() {
    let expected = upload_json("jpg", &sample("photo.jpg"));
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        for content_type in [
            "multipart/form-data;\tboundary=XX",
            "multipart/form-data;; boundary=XX",
            "multipart/form-data ; ;boundary=XX;",
            "multipart/form-data; charset=utf-8;\t boundary=\"XX\" ;",
            "Multipart/Form-Data; x=\"a;b\"; BOUNDARY=XX",
            "multipart/form-data; boundary=\"X\\X\"",
        ] {
            assert_eq!(service.store(&form_with(content_type)).await, expected);
        }
        for content_type in [
            "image/jpeg;",
            "image/jpeg;;\tq=1",
            "application/octet-stream\t;",
        ] {
            let request = Request::raw(content_type, &sample("photo.jpg"));
            assert_eq!(service.store(&request).await, expected);
        }
        let json = Request::png().with("content-type", "application/json;;\tcharset=utf-8;");
        service.store(&json).await;
    }
}

#[tokio::test]
async fn an_unquoted_boundary_that_needs_quotes_is_rejected_and_a_quoted_one_stored() {
    for boundary in ["----=_Part_1_2.3", "===============123==", "a:b/c", "a,b"] {
        let photo = sample("photo.jpg");
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.jpg\"\r\n\r\n"
        );
        let end = format!("\r\n--{boundary}--\r\n");
        let body = [head.as_bytes(), &photo, end.as_bytes()].concat();
        let with = |parameter: String| {
            let media_type = format!("multipart/form-data; boundary={parameter}");
            Request::new(body.clone()).with("content-type", &media_type)
        };
        let words = ["boundary", "quotes"];
        refused(&[with(boundary.to_owned())], 400, "3", &words).await;
        let service = storing(Platform::Http, &[]).await;
        let quoted = with(format!("\"{boundary}\""));
        assert_eq!(service.store(&quoted).await, upload_json("jpg", &photo));
    }
    let two = form_with("multipart/form-data; boundary=XX; boundary=YY");
    refused(&[two], 400, "3", &["boundary"]).await;
}

#[tokio::test]
async fn single_quotes_around_the_boundary_are_named() {
    let request = form_with("multipart/form-data; boundary='XX'");
    refused(&[request], 400, "3", &["boundary", "single quotes"]).await;
}

#[tokio::test]
async fn an_empty_content_type_counts_as_missing() {
    let service = storing(Platform::Http, &[]).await;
    service
        .store(&Request::png().with("content-type", ""))
        .await;
    let photo = Request::new(sample("photo.jpg")).with("content-type", "");
    refused(&[photo], 400, "3", &["no Content-Type", "image/jpeg"]).await;
}

#[tokio::test]
async fn csv_is_stored_under_androids_name_in_every_format() {
    let csv = sample("bmi.csv");
    let name = "text/comma-separated-values";
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        for request in [
            Request::raw(name, &csv),
            Request::raw("text/comma-separated-values; charset=utf-8", &csv),
            Form::new().file("file", name, &csv).request(),
        ] {
            assert_eq!(service.store(&request).await, upload_json("csv", &csv));
        }
    }
}

#[tokio::test]
async fn a_body_without_a_content_type_is_rejected_with_that_reason() {
    let files = ["photo.jpg", "rgb.png", "utf-8.txt", "h264-aac.mp4"];
    let mut requests = files
        .map(|name| Request::new(sample(name)).without("content-type"))
        .to_vec();
    requests.push(Request::new(form()).without("content-type"));
    let words = ["no Content-Type", "image/jpeg", "application/octet-stream"];
    refused_as(&requests, 400, "not_json", &words).await;
}

#[tokio::test]
async fn an_empty_body_is_called_empty() {
    let mut requests: Vec<_> = ["", " \r\n\t"].map(Request::new).into();
    requests.push(Request::new("").without("content-type"));
    refused_as(&requests, 400, "not_json", &["the body is empty"]).await;
}

#[tokio::test]
async fn a_body_that_is_declared_as_json_and_is_not_is_named() {
    let line_breaks = r#"{"fileType":"jpg","fileStream":"AAAA
AAAA
","channel":"WEB"}"#;
    let utf16 = |unit: fn(u16) -> [u8; 2]| {
        let text = upload_json("txt", b"a").to_string();
        Request::new(text.encode_utf16().flat_map(unit).collect::<Vec<_>>())
    };
    let cases = [
        (utf16(u16::to_le_bytes), ["UTF-16", "in UTF-8"]),
        (utf16(u16::to_be_bytes), ["UTF-16", "in UTF-8"]),
        (
            Request::new(form()),
            ["looks like multipart/form-data", "Content-Type"],
        ),
        (
            Form::new().file("x.txt", "text/plain", b"x").request(),
            ["looks like multipart/form-data", "library"],
        ),
        (
            Request::new(sample("photo.jpg")),
            ["the jpg file itself", "Content-Type: image/jpeg"],
        ),
        (Request::new(line_breaks), ["line break", "base64 -w0"]),
        (
            Request::new(line_breaks.replace('\n', "\r\n")),
            ["line break", "base64 -w0"],
        ),
    ]
    .map(|(request, words)| (request.with("content-type", "application/json"), words));
    each_refused(cases, 400, "3").await;
}

#[tokio::test]
async fn a_content_encoding_without_compression_is_rejected_with_advice() {
    let encodings = [
        "utf-8",
        "UTF-8",
        "base64",
        "binary",
        "multipart/form-data",
        "identity, utf8",
    ];
    let requests = encodings.map(|encoding| Request::png().with("content-encoding", encoding));
    refused_as(
        &requests,
        415,
        "unsupported_encoding",
        &["remove Content-Encoding"],
    )
    .await;
    let compressed = ["gzip", "utf-8, gzip", "br"];
    let requests = compressed.map(|encoding| Request::png().with("content-encoding", encoding));
    refused(&requests, 415, "3", &["compressed bodies"]).await;
}
