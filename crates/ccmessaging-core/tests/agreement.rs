//! The two ways to read a JSON body agree, whatever the body and however it is cut into pieces.
//!
//! 20,000 bodies by default; `AGREEMENT_BODIES=500000 cargo test -p ccmessaging-core --test
//! agreement` tries more. The bodies are made by a seeded generator, so a failure repeats.

use bytes::Bytes;
use ccmessaging_core::{CanonicalBase64, Chunks, Policy, UploadError, UploadRequest};
use fastrand::Rng;

/// What comes of a body: what would be sent, or the error.
type Outcome = Result<Vec<u8>, UploadError>;

fn outcome(request: Result<UploadRequest, UploadError>) -> Outcome {
    let upload = request?.validate(&Policy::default())?;
    Ok(upload.into_payload().to_vec())
}

/// The body in pieces of any sizes.
fn in_pieces(body: &[u8], rng: &mut Rng) -> Chunks {
    let mut rest = Bytes::copy_from_slice(body);
    let mut chunks = Chunks::default();
    let largest = [1, 5, 64, 4096][rng.usize(..4)];
    while !rest.is_empty() {
        let count = rng.usize(1..=largest).min(rest.len());
        chunks.push(rest.split_to(count));
    }
    chunks
}

/// Base64 in one of the forms that arrive, most often the plain one.
fn text(rng: &mut Rng) -> String {
    let file: Vec<u8> = match rng.u8(..6) {
        0 => b"name,city\nAda,London\n".to_vec(),
        1 => Vec::new(),
        2 => (0..rng.usize(..700)).map(|_| rng.u8(..)).collect(),
        _ => (0..rng.usize(1..700))
            .map(|_| rng.u8(b' '..=b'~'))
            .collect(),
    };
    let text = CanonicalBase64::encode(&file)
        .as_text()
        .clone()
        .into_bytes();
    let text = String::from_utf8(text.to_vec()).expect("ASCII");
    match rng.u8(..13) {
        0 | 1 => text.replace('/', r"\/"),
        2 => format!("data:text/plain;base64,{text}"),
        3 => format!("data:image/png;base64,{}", text.replace('/', r"\/")),
        4 => text.replace('+', r"\u002b"),
        5 => text.replace('+', "-").replace('/', "_"),
        6 => text.trim_end_matches('=').to_owned(),
        7 => format!(r"{text}\n"),
        8 => format!(r#"data:text/plain;x="{text}";base64,{text}"#),
        _ => text,
    }
}

/// A member of the object, documented or not, well-formed or nearly.
fn member(rng: &mut Rng) -> String {
    let space = [" ", "\n", "\t", ""][rng.usize(..4)];
    match rng.u8(..25) {
        0..=5 => format!(
            "\"fileType\"{space}:{space}\"{}\"",
            ["txt", "csv", "TXT", "png", ""][rng.usize(..5)]
        ),
        6..=12 => format!("\"fileStream\"{space}:{space}\"{}\"", text(rng)),
        13..=17 => format!(
            "\"channel\"{space}:{space}\"{}\"",
            ["WEB", "web", r"W\u0045B"][rng.usize(..3)]
        ),
        18 => format!("\"nested\":{{\"fileStream\":\"{}\"}}", text(rng)),
        19 => format!(r#""quoted":"\"fileStream\":\"{}""#, text(rng)),
        20 => format!("\"x\":\"{}\"", "y".repeat(rng.usize(..700))),
        21 => r#""list":["fileStream",":","AAAA"]"#.to_owned(),
        22 => ["\"x\":-1e999", "\"fileType\":1e999"][rng.usize(..2)].to_owned(),
        23 => format!(r#""fileStrea\u006d":"{}""#, text(rng)),
        _ => "\"fileStream\":null".to_owned(),
    }
}

/// A documented body, most often with something wrong in it.
fn body(rng: &mut Rng) -> Vec<u8> {
    let mut members = match rng.u8(..4) {
        0 => (0..rng.usize(..5)).map(|_| member(rng)).collect(),
        _ => vec![
            "\"fileType\":\"txt\"".to_owned(),
            format!("\"fileStream\":\"{}\"", text(rng)),
            "\"channel\":\"WEB\"".to_owned(),
        ],
    };
    if rng.u8(..4) == 0 {
        members.push(member(rng));
    }
    rng.shuffle(&mut members);
    let mark = if rng.u8(..20) == 0 { "\u{feff}" } else { "" };
    let mut body = format!("{mark}{{{}}}", members.join(",")).into_bytes();
    for _ in 0..[0, 0, 0, 1, 2][rng.usize(..5)] {
        mutate(&mut body, rng);
    }
    body
}

fn mutate(body: &mut Vec<u8>, rng: &mut Rng) {
    const TELLING: &[u8] = b"\"\\/{}[]:,=+-_ \n\0\x80A";
    let at = rng.usize(..=body.len());
    let byte = TELLING[rng.usize(..TELLING.len())];
    match rng.u8(..4) {
        0 => body.insert(at, byte),
        1 => body.truncate(at),
        _ if at == body.len() => body.push(byte),
        2 => body[at] = byte,
        _ => {
            body.remove(at);
        }
    }
}

#[test]
fn both_ways_to_read_a_body_give_the_same() {
    let bodies =
        std::env::var("AGREEMENT_BODIES").map_or(20_000, |count| count.parse().expect("a number"));
    let mut rng = Rng::with_seed(20_251_123);
    let mut taken = 0;
    for number in 0..bodies {
        let body = body(&mut rng);
        let general = outcome(UploadRequest::from_json_generally(body.clone()));
        taken += usize::from(general.is_ok());
        let pieces = in_pieces(&body, &mut rng);
        for chunks in [Chunks::from(body.clone()), pieces] {
            let quick = outcome(UploadRequest::from_json(chunks));
            assert_eq!(
                quick,
                general,
                "body {number}: {}",
                String::from_utf8_lossy(&body)
            );
        }
    }
    // Otherwise the comparison would say little.
    assert!(
        taken > bodies / 5 && taken < bodies * 4 / 5,
        "{taken} of {bodies} were taken"
    );
}
