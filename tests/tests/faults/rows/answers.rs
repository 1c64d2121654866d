//! Complete responses that are not the documented JSON.

use super::{answer, answering, not_json};
use crate::table::{Counted, Row, Section};
use ccmessaging_sandbox::{Call, Fault};

const TOO_LONG: &str = "the contact centre responded with status 200, but the body is longer than any documented response; try again later";

/// `{"returnCode":"0","objectKey":"k"}`, compressed (RFC 1952).
const COMPRESSED: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x2a\x4a\x2d\x29\x2d\xca\x73\xce\
    \x4f\x49\x55\xb2\x52\x32\x50\xd2\x51\xca\x4f\xca\x4a\x4d\x2e\xf1\x4e\xad\x04\xf2\
    \xb3\x95\x6a\x01\x62\xbc\x24\xfd\x22\x00\x00\x00";

pub(crate) fn section() -> Section {
    let rows = [from_the_sandbox(), of_another_shape()];
    Section {
        title: "Response bodies",
        introduction: "The response has status 200, and its body is …",
        counted: Counted::Uploads,
        rows: rows.into_iter().flatten().collect(),
    }
}

fn from_the_sandbox() -> Vec<Row> {
    vec![
        Row::failed(
            "half of the documented JSON",
            Fault::truncate().on(Call::UploadFileStream).into(),
            not_json(200),
        )
        .handing_token_over(),
        Row::failed(
            "binary data",
            Fault::garbage().on(Call::UploadFileStream).into(),
            not_json(200),
        ),
        Row::failed(
            "an HTML page",
            Fault::html().on(Call::UploadFileStream).into(),
            not_json(200),
        ),
        Row::failed(
            "JSON of 256 MiB",
            Fault::huge(256 * 1024 * 1024)
                .on(Call::UploadFileStream)
                .into(),
            TOO_LONG,
        ),
    ]
}

fn of_another_shape() -> Vec<Row> {
    let bodies = [
        ("empty", ""),
        ("an empty object", "{}"),
        ("an array", r#"[{"returnCode":"0","objectKey":"k"}]"#),
        ("an object of another shape", r#"{"result":"ok","id":7}"#),
        ("a success without a key", r#"{"returnCode":"0"}"#),
        (
            "a success with an empty key",
            r#"{"returnCode":"0","objectKey":""}"#,
        ),
        (
            "a success whose key is a number",
            r#"{"returnCode":"0","objectKey":7}"#,
        ),
        (
            "a return code that is a number",
            r#"{"returnCode":0,"objectKey":"k"}"#,
        ),
        (
            "two return codes",
            r#"{"returnCode":"13","returnCode":"0","objectKey":"k"}"#,
        ),
        (
            "two keys",
            r#"{"returnCode":"0","objectKey":"k","objectKey":"l"}"#,
        ),
        (
            "a `returnCode` and a `resultCode` that differ",
            r#"{"returnCode":"0","resultCode":"13","objectKey":"k"}"#,
        ),
        (
            "the documented JSON followed by more data",
            r#"{"returnCode":"0","objectKey":"k"}{"returnCode":"13"}"#,
        ),
    ];
    let other_shapes = bodies.into_iter().map(|(fault, body)| {
        Row::failed(fault, answering(answer(200, "", body)), not_json(200)).handing_token_over()
    });
    let compressed = answer(200, "Content-Encoding: gzip\r\n", COMPRESSED);
    let compressed = Row::failed(
        "compressed, although that was not requested",
        answering(compressed),
        not_json(200),
    );
    other_shapes
        .chain([compressed.handing_token_over()])
        .collect()
}
