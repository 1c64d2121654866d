//! Both ways to read a JSON body give the same result.
//!
//! 20,000 bodies by default; `DIFFERENTIAL_BODIES=500000 cargo test --release -p ccmessaging-core
//! differential` tries more. The bodies are made by a seeded generator, so a failure repeats.

use bytes::Bytes;
use fastrand::Rng;

use super::{ReceivedBody, fast, parse, parse_generally};
use crate::base64_text::CanonicalBase64;
use crate::error::UploadError;
use crate::policy::Policy;
use crate::request::UploadRequest;

/// The outcome for a body: the payload that would be forwarded, or the error.
type Outcome = Result<Vec<u8>, UploadError>;

fn outcome(request: Result<UploadRequest, UploadError>) -> Outcome {
    let upload = request?.validate(&Policy::default())?;
    Ok(upload.into_payload().to_vec())
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
    let text = CanonicalBase64::encode(&file).as_text().to_vec();
    let text = String::from_utf8(text).expect("ASCII");
    match rng.u8(..24) {
        0 | 1 => text.replace('/', r"\/"),
        2 => format!("data:text/plain;base64,{text}"),
        3 => format!("data:image/png;base64,{}", text.replace('/', r"\/")),
        4 => text.replace('+', r"\u002b"),
        5 => text.replace('+', "-").replace('/', "_"),
        6 => text.trim_end_matches('=').to_owned(),
        7 => format!(r"{text}\n"),
        9 => in_lines(&text, 76, r"\r\n"),
        10 => format!(r"data:text\/plain;base64,{}", in_lines(&text, 4, r"\n")),
        11 => in_lines(&text.replace('+', "-").replace('/', "_"), 5, r"\n"),
        8 => format!(r#"data:text/plain;x="{text}";base64,{text}"#),
        12 => ["null", "true", r"nu\nll", "None="][rng.usize(..4)].to_owned(),
        13 => "data:text/plain;base64,null".to_owned(),
        _ => text,
    }
}

fn in_lines(text: &str, columns: usize, end: &str) -> String {
    let symbols = text.chars().enumerate();
    symbols.fold(String::new(), |mut lines, (position, symbol)| {
        if position > 0 && position % columns == 0 {
            lines.push_str(end);
        }
        lines.push(symbol);
        lines
    })
}

/// A member of the object, documented or not, well-formed or nearly.
fn member(rng: &mut Rng) -> String {
    let space = [" ", "\n", "\t", ""][rng.usize(..4)];
    match rng.u8(..26) {
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
        24 => {
            let name = ["chunks", "total_chunks", "chunkIndex", "metadata"][rng.usize(..4)];
            let value = ["1", "\"2\"", "3", r#"{"totalChunks":2}"#, "null"][rng.usize(..5)];
            format!("\"{name}\"{space}:{space}{value}")
        }
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
    let bodies = std::env::var("DIFFERENTIAL_BODIES")
        .map_or(20_000, |count| count.parse().expect("a number"));
    let mut rng = Rng::with_seed(20_251_123);
    let (mut taken, mut fast) = (0, 0);
    for number in 0..bodies {
        let body = Bytes::from(body(&mut rng));
        let general = outcome(parse_generally(&body));
        taken += usize::from(general.is_ok());
        fast += usize::from(fast::parse(&body, 0..0).is_some());
        for request in [
            parse(&body, 0..0),
            in_pieces(&body, &mut rng).into_request(),
        ] {
            assert_eq!(
                outcome(request),
                general,
                "body {number}: {}",
                String::from_utf8_lossy(&body)
            );
        }
    }
    // Otherwise the comparison would say little.
    assert!(
        taken > bodies / 5 && taken < bodies * 4 / 5,
        "{taken} of {bodies} were accepted"
    );
    assert!(
        fast > bodies / 5,
        "{fast} of {bodies} were read the fast way"
    );
}

/// The body as it arrives, cut anywhere.
fn in_pieces(body: &[u8], rng: &mut Rng) -> ReceivedBody {
    let longest = [2, 20, 200, 2_000][rng.usize(..4)];
    let mut received = ReceivedBody::default();
    let mut rest = body;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rng.usize(1..=longest).min(rest.len()));
        received.push(piece);
        rest = after;
    }
    received
}

/// Bytes that are not Base64 symbols: padding, white space, the other alphabet, JSON syntax and
/// the neighbours of the alphabet's ranges in ASCII.
const NO_SYMBOLS: &[u8] = b"=\n -_\"\\*@[`{:.,\0\x80\xFF";

/// Asserts that both ways agree on the body with `byte` at `at`.
fn assert_equal_results(body: &[u8], at: usize, byte: u8) {
    let mut body = body.to_vec();
    body[at] = byte;
    let body = Bytes::from(body);
    let general = outcome(parse_generally(&body));
    let arriving = in_pieces(&body, &mut Rng::with_seed(at as u64)).into_request();
    for request in [parse(&body, 0..0), arriving] {
        assert_eq!(outcome(request), general, "byte {byte:#04x} at {at}");
    }
}

fn documented(file: &[u8]) -> Vec<u8> {
    let upload = UploadRequest::from_file(file.to_vec(), "txt").validate(&Policy::default());
    upload.expect("text").into_payload().to_vec()
}

#[test]
fn a_change_anywhere_in_a_short_body_is_noticed() {
    let body = documented(b"name,city\nAda,London\n");
    for at in 0..body.len() {
        for byte in NO_SYMBOLS {
            assert_equal_results(&body, at, *byte);
        }
    }
}

#[test]
fn a_change_anywhere_in_a_large_body_is_noticed() {
    const KIB: usize = 1024;
    let body = documented(&vec![b'a'; 60 * KIB]);
    let boundaries = (4 * KIB..body.len() - 32).step_by(4 * KIB);
    for at in boundaries.flat_map(|boundary| boundary - 2..boundary + 2) {
        for byte in [b'=', b'\n', b'-', b'"', b'*'] {
            assert_equal_results(&body, at, byte);
        }
    }
}

/// Padding ends a text for the check of a piece, but not in the middle of a file.
#[test]
fn padding_at_the_end_of_a_piece_is_noticed() {
    let body = documented(&vec![b'a'; 3_000]);
    let (mut received, mut padded) = (ReceivedBody::default(), body.clone());
    let start = fast::data_start(&body).expect("the documented body");
    let end = start + 600;
    padded[end - 2..end].copy_from_slice(b"E=");
    received.push(&padded[..end]);
    received.push(&padded[end..]);
    let general = outcome(parse_generally(&Bytes::from(padded)));
    assert!(general.is_err());
    assert_eq!(outcome(received.into_request()), general);
}
