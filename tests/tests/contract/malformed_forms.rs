//! Bodies that are no forms, or forms that nobody can read.

use gateway_tests::{Door, Form, Request, assert_untouched, sample, upstream_storing};

use crate::{gateway, refused_all};

fn form() -> Form {
    Form::new()
        .text("fileType", "txt")
        .file("letter.txt", "text/plain", b"Dear all,\r\n--\r\n")
        .text("channel", "WEB")
}

#[tokio::test]
async fn a_form_that_breaks_off_anywhere_is_refused_through_both_doors() {
    let whole = form().body();
    // Behind the last boundary only a line break follows.
    let end = whole.len() - 2;
    for door in Door::ALL {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), &[]).await;
        for cut in 0..end {
            let request = Form::request_of(&whole[..cut]);
            let answer = gateway.send(&request).await;
            answer.assert_refused(400, "3", &["form"]);
        }
        assert_untouched(&upstream).await;
        let answer = gateway.send(&Form::request_of(&whole[..end])).await;
        assert_eq!(answer.json()["returnCode"], "0", "{}", answer.text);
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
    refused_all(&[], &requests, |answer| {
        let status = answer.status;
        assert!(matches!(status, 400 | 415), "{answer:?}");
        answer.assert_refused(status, "3", &["multipart/form-data"]);
    })
    .await;
}

#[tokio::test]
async fn a_boundary_that_the_body_does_not_have_is_refused() {
    let requests = [
        "other",
        "--boundary-of-the-test--",
        "----boundary-of-the-tes",
    ]
    .map(|boundary| {
        let media_type = format!("multipart/form-data; boundary={boundary}");
        form().request().with("content-type", &media_type)
    });
    refused_all(&[], &requests, |answer| {
        answer.assert_refused(400, "3", &["form"]);
    })
    .await;
}

#[tokio::test]
async fn a_part_that_is_there_twice_is_refused_by_name() {
    let twice = [
        ("file", form().file("b.txt", "text/plain", b"b")),
        ("fileType", form().text("fileType", "txt")),
        ("channel", form().text("channel", "")),
    ];
    for (name, form) in twice {
        refused_all(&[], &[form.request()], |answer| {
            answer.assert_refused(400, "3", &[&format!("more than one part {name};")]);
        })
        .await;
    }
}

#[tokio::test]
async fn a_form_may_have_sixteen_parts_and_no_more() {
    let with_others = |count| (0..count).fold(form(), |form, _| form.text("other", "x"));
    let upstream = upstream_storing().await;
    let gateway = gateway(Door::Http, &upstream.uri(), &[]).await;
    let answer = gateway.send(&with_others(13).request()).await;
    assert_eq!(answer.json()["returnCode"], "0", "{}", answer.text);
    refused_all(&[], &[with_others(14).request()], |answer| {
        answer.assert_refused(400, "3", &["more than 16 parts"]);
    })
    .await;
}

#[tokio::test]
async fn a_text_part_may_have_a_kibibyte_and_no_more() {
    for name in ["fileType", "channel"] {
        let long = |bytes| {
            Form::new()
                .file("x.txt", "text/plain", b"x")
                .text(name, &"x".repeat(bytes))
                .request()
        };
        refused_all(&[], &[long(1024)], |answer| {
            answer.assert_refused(200, "3", &[name, "is not supported"]);
        })
        .await;
        refused_all(&[], &[long(1025)], |answer| {
            answer.assert_refused(400, "3", &[name, "1024 bytes"]);
        })
        .await;
    }
}

#[tokio::test]
async fn a_part_with_unusable_headers_is_refused() {
    let file = "Content-Disposition: form-data; name=\"file\"; filename=\"x.txt\"";
    let cases = [
        ("Content-Disposition: form-data".to_owned(), "no name"),
        ("Content-Type: text/plain".to_owned(), "no name"),
        ("no header at all".to_owned(), "headers"),
        (
            format!("{file}\r\nContent-Transfer-Encoding: base64"),
            "Content-Transfer-Encoding",
        ),
        (
            format!("{file}\r\n{}", "x-more: 1\r\n".repeat(40).trim_end()),
            "headers",
        ),
    ];
    for (headers, words) in cases {
        let request = Form::new().part(&headers, b"x").request();
        refused_all(&[], &[request], |answer| {
            answer.assert_refused(400, "3", &["part", words]);
        })
        .await;
    }
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
    for door in Door::ALL {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), &[]).await;
        for seed in 0..300 {
            let answer = gateway.send(&spoilt(seed)).await;
            let code = answer.json()["returnCode"].clone();
            let expected: &[&str] = match answer.status {
                200 => &["0", "2", "3"],
                400 => &["3"],
                _ => &[],
            };
            assert!(
                expected.iter().any(|&known| code == known),
                "{seed}: {answer:?}"
            );
        }
        let png = Form::new().file("x.png", "image/png", &sample("rgb.png"));
        let answer = gateway.send(&png.request()).await;
        assert_eq!(answer.json()["returnCode"], "0");
    }
}
