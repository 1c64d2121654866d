//! Malformed forms, and other bodies that are declared as forms.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Form, Platform, Request, received_body, sample};

use crate::{each_refused, judged, refused, refused_as, storing};

fn form() -> Form {
    Form::new()
        .text("fileType", "txt")
        .file("letter.txt", "text/plain", b"Dear all,\r\n--\r\n")
        .text("channel", "WEB")
}

#[tokio::test]
async fn a_form_that_breaks_off_anywhere_is_refused_on_both_platforms() {
    let whole = form().body();
    // Behind the last boundary only a line break follows.
    let end = whole.len() - 2;
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        for cut in 0..end {
            let request = Form::request_of(&whole[..cut]);
            let answer = service.gateway.send(&request).await;
            answer.assert_refused(400, "3", &["form"]);
        }
        // The first request that the upstream receives.
        service.store(&Form::request_of(&whole[..end])).await;
        received_body(&service.upstream).await;
    }
}

#[tokio::test]
async fn a_content_type_without_a_usable_boundary_is_refused() {
    let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
    let requests = [
        "multipart/form-data",
        "multipart/form-data;",
        "multipart/form-data; boundary",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"b",
        "multipart/form-data; charset=utf-8",
        "multipart/form-data; boundary=\u{e9}",
        &long,
    ]
    .map(|media_type| form().request().with("content-type", media_type));
    judged(&[], &requests, |answer| {
        let status = answer.status;
        assert!(matches!(status, 400 | 415), "{answer:?}");
        answer.assert_refused(status, "3", &["multipart/form-data"]);
    })
    .await;
}

#[tokio::test]
async fn a_boundary_that_is_not_ascii_is_a_malformed_form() {
    let media_type = "multipart/form-data; boundary=\u{e9}";
    let request = form().request().with("content-type", media_type);
    refused_as(&[request], 400, "malformed_form", &["boundary"]).await;
}

#[tokio::test]
async fn a_boundary_that_the_body_does_not_have_is_refused() {
    let boundaries = [
        "other",
        "--boundary-of-the-test--",
        "----boundary-of-the-tes",
    ];
    let requests = boundaries.map(|boundary| {
        let media_type = format!("multipart/form-data; boundary={boundary}");
        form().request().with("content-type", &media_type)
    });
    refused(&requests, 400, "3", &["form"]).await;
}

#[tokio::test]
async fn a_body_that_is_no_form_is_called_what_it_is() {
    let printed = [
        "[object FormData]",
        "[object Object]",
        "[object FormData]\r\n",
    ];
    let printed = printed.map(|text| (text.as_bytes().to_vec(), ["not a form", "the FormData of"]));
    let empty = (Vec::new(), ["the body is empty", "leave Content-Type"]);
    let photo = sample("photo.jpg");
    let text = STANDARD.encode(&photo).into_bytes();
    let letter = b"Dear all,\r\n--\r\n".to_vec();
    let files = [photo, text, letter, vec![b'-'; 100]];
    let files = files.map(|file| (file, ["does not contain the boundary", "image/jpeg"]));
    let cases = printed.into_iter().chain([empty]).chain(files);
    each_refused(
        cases.map(|(body, words)| (Form::request_of(&body), words)),
        400,
        "3",
    )
    .await;
}

#[tokio::test]
async fn a_form_with_another_boundary_than_its_header_names_both() {
    let with = |boundary: &str| {
        let media_type = format!("multipart/form-data; boundary=\"{boundary}\"");
        form().request().with("content-type", &media_type)
    };
    let words = |boundary| {
        [
            boundary,
            "begins with the boundary \"----boundary-of-the-test\"",
            "leave Content-Type to the library",
        ]
    };
    let cases = [
        // Copied from Postman.
        (
            with("----WebKitFormBoundary7MA4YWxkTrZu0gW"),
            words("says \"----WebKitFormBoundary7MA4YWxkTr…\";"),
        ),
        // With the dashes that only the body has.
        (
            with("------boundary-of-the-test"),
            words("says \"------boundary-of-the-test\";"),
        ),
        (with("----boundary"), words("says \"----boundary\";")),
    ];
    each_refused(cases, 400, "3").await;
    // A boundary in the body may be anything.
    let control = String::from_utf8_lossy(&form().body()).replace("-test", "-t\u{1b}[31m");
    let words = ["begins with the boundary \"----boundary-of-the-t\\u{1b}[31m\""];
    refused(&[Form::request_of(control.as_bytes())], 400, "3", &words).await;
}

#[tokio::test]
async fn a_boundary_of_the_body_is_not_logged() {
    let service = storing(Platform::Http, &[]).await;
    let request = form()
        .request()
        .with("content-type", "multipart/form-data; boundary=other");
    let answer = service.refuse(&request).await;
    answer.assert_refused(400, "3", &["boundary-of-the-test"]);
    let log = service.gateway.stop().await;
    assert!(log.contains("another boundary"), "{log}");
    assert!(!log.contains("boundary-of-the-test"), "{log}");
}

#[tokio::test]
async fn a_form_without_its_final_boundary_is_called_unclosed() {
    let whole = form().body();
    let end = whole.len() - b"------boundary-of-the-test--\r\n".len();
    let requests = [end, end - 2, end - 10].map(|end| Form::request_of(&whole[..end]));
    let words = ["final boundary is missing", "close the writer"];
    refused_as(&requests, 400, "malformed_form", &words).await;
}

#[tokio::test]
async fn a_text_in_a_part_without_a_file_name_is_refused_with_the_remedy() {
    let text = |text: &str| Form::new().text("file", text).request();
    let csv = String::from_utf8_lossy(&sample("bmi.csv")).into_owned();
    let requests = [
        text(&csv),
        text(&csv.repeat(200)),
        text("Dear all,\r\nbye\r\n"),
    ];
    let words = ["has no file name", "\"a.csv\"", "send the part fileType"];
    refused_as(&requests, 400, "malformed_form", &words).await;

    let printed = [
        "undefined",
        "[object Blob]",
        "[object Object]",
        r#"{"crop":1}"#,
    ];
    let words = ["a script probably appended", "append the File or Blob"];
    refused_as(&printed.map(text), 400, "malformed_form", &words).await;
}

#[tokio::test]
async fn a_part_that_is_there_twice_is_refused_by_name() {
    let cases = [
        (
            form().file("b.txt", "text/plain", b"b"),
            "more than one part file;",
        ),
        (
            form().text("fileType", "txt"),
            "more than one part fileType;",
        ),
        (form().text("channel", ""), "more than one part channel;"),
    ];
    each_refused(
        cases.map(|(form, words)| (form.request(), [words])),
        400,
        "3",
    )
    .await;
}

#[tokio::test]
async fn a_form_with_two_candidates_for_the_file_is_rejected() {
    let photo = sample("photo.jpg");
    let typed = "Content-Disposition: form-data; name=\"file\"\r\nContent-Type: image/jpeg";
    let file = |form: Form| form.file("photo.jpg", "image/jpeg", &photo);
    let requests = [
        file(file(Form::new())),
        file(file(Form::new().text("file", "{}"))),
        file(Form::new().part(typed, &photo)),
        Form::new().text("file", "{}").text("file", "{}"),
    ]
    .map(|form| form.request());
    refused(&requests, 400, "3", &["more than one part file;"]).await;
}

#[tokio::test]
async fn a_part_that_two_readers_may_name_differently_is_refused() {
    let disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"x.txt\"";
    let other = "Content-Disposition: form-data; name=\"other\"";
    let cases = [
        (format!("{disposition}\r\n{other}"), "Content-Disposition"),
        (format!("{other}\r\n{disposition}"), "Content-Disposition"),
        (
            format!("{disposition}; name=\"other\""),
            "more than one name",
        ),
        (format!("{other}; NAME=file"), "more than one name"),
        (
            format!("{disposition}; filename=\"y.jpg\""),
            "more than one filename",
        ),
        (
            format!("{disposition}\r\nContent-Type: text/plain\r\ncontent-type: image/jpeg"),
            "Content-Type",
        ),
    ];
    let cases = cases.map(|(headers, words)| {
        let request = Form::new().part(&headers, b"a letter").request();
        (request, ["once", words])
    });
    each_refused(cases, 400, "3").await;
}

#[tokio::test]
async fn forms_of_hand_made_and_mail_libraries_are_refused_with_the_cause() {
    let photo = sample("photo.jpg");
    let head =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"photo.jpg\"\r\n\r\n";
    let whole = |head: &str, end: &str| [head.as_bytes(), &photo, end.as_bytes()].concat();
    let line_feeds = |text: &str| text.replace("\r\n", "\n");
    let end = "\r\n--b--\r\n";
    let cases = [
        (whole(&line_feeds(head), &line_feeds(end)), ["LF", "CRLF"]),
        (whole(head, &line_feeds(end)), ["LF", "CRLF"]),
        (whole(&line_feeds(head), end), ["LF", "CRLF"]),
        (
            whole(&head.replacen("\r\n\r\n", "\n\n", 1), end),
            ["LF", "CRLF"],
        ),
        (
            whole(&head.replace("; filename", ";\r\n\tfilename"), end),
            ["folded", "one line"],
        ),
        (
            whole(&head.replace("; filename", ";\r\n filename"), end),
            ["folded", "one line"],
        ),
        (Request::png().body, ["is JSON", "application/json"]),
    ];
    let cases = cases.map(|(body, words)| {
        let request = Request::new(body);
        (
            request.with("content-type", "multipart/form-data; boundary=b"),
            words,
        )
    });
    each_refused(cases, 400, "3").await;
}

#[tokio::test]
async fn a_form_may_have_sixteen_parts_and_no_more() {
    let with_others = |count| (0..count).fold(form(), |form, _| form.text("other", "x"));
    let service = storing(Platform::Http, &[]).await;
    service.store(&with_others(13).request()).await;
    refused(
        &[with_others(14).request()],
        400,
        "3",
        &["more than 16 parts"],
    )
    .await;
}

#[tokio::test]
async fn a_text_part_may_have_a_kibibyte_and_no_more() {
    let long = |name, bytes| {
        let file = Form::new().file("x.txt", "text/plain", b"x");
        file.text(name, &"x".repeat(bytes)).request()
    };
    let names = ["fileType", "channel"];
    let longest = names.map(|name| (long(name, 1024), [name, "is not supported"]));
    each_refused(longest, 200, "3").await;
    let too_long = names.map(|name| (long(name, 1025), [name, "1024 bytes"]));
    each_refused(too_long, 400, "3").await;
}

#[tokio::test]
async fn a_part_with_unusable_headers_is_refused() {
    let file = "Content-Disposition: form-data; name=\"file\"; filename=\"x.txt\"";
    let encoded = format!("{file}\r\nContent-Transfer-Encoding: base64");
    let many = format!("{file}\r\n{}", "x-more: 1\r\n".repeat(40).trim_end());
    let cases = [
        ("Content-Disposition: form-data", "no name"),
        ("Content-Type: text/plain", "no name"),
        ("no header at all", "headers"),
        (&encoded, "Content-Transfer-Encoding"),
        (&many, "headers"),
    ];
    let cases = cases.map(|(headers, word)| {
        let request = Form::new().part(headers, b"x").request();
        (request, ["part", word])
    });
    each_refused(cases, 400, "3").await;
}

/// A form with one to three bytes deleted, doubled or replaced, the same in every run for a seed.
fn spoilt(seed: u64) -> Request {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut body = form().body();
    for _ in 0..random.usize(1..=3) {
        let at = random.usize(..body.len());
        match random.u8(..3) {
            0 => drop(body.remove(at)),
            1 => body.insert(at, body[at]),
            _ => body[at] = random.u8(..),
        }
    }
    Form::request_of(&body)
}

#[tokio::test]
async fn a_spoilt_form_is_stored_or_refused_but_never_harms_the_service() {
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        for seed in 0..300 {
            let answer = service.gateway.send(&spoilt(seed)).await;
            let code = answer.json()["returnCode"].clone();
            let expected: &[&str] = match answer.status {
                200 => &["0", "2", "3"],
                400 => &["3"],
                _ => &[],
            };
            let is_expected = expected.iter().any(|&known| code == known);
            assert!(is_expected, "{seed}: {answer:?}");
        }
        let png = Form::new().file("x.png", "image/png", &sample("rgb.png"));
        service.store(&png.request()).await;
    }
}
