//! Measures parsing a JSON body into a payload, compared to copying the body and to the plain
//! approach: owned strings by `serde_json`, the file decoded whole, `infer`, and a body written again.
//!
//! `cargo bench -p ccmessaging-core --bench request` prints the ratios first. One run on two shared
//! processors (x86-64 with AVX2) that were busy with other work; a whole upload of 5 MB through the
//! gateway, over loopback, costs about 13 times what the core takes of it:
//!
//! | body | x memcpy | x "5 MB" | plain way |
//! |---|---|---|---|
//! | 1 MB | 0.38 | 0.14 | 56 x |
//! | 5 MB | 0.41 | 1.1 | 115 x |
//! | 10 KB | 4.5 | 0.00 | 23 x |
//! | 5 MB, CSV | 2.4 | 7.7 | 17 x |
//! | 5 MB, escaped slashes | 3.4 | 12 | 13 x |
//! | 5 MB, 76 columns, LF | 1.4 | 5.3 | 37 x |
//! | 5 MB, 76 columns, CRLF | 1.7 | 6.5 | 32 x |
//! | 5 MB, 64 columns, LF | 1.9 | 7.9 | 33 x |
//! | 5 MB, 64 columns, CRLF | 1.9 | 8.1 | 34 x |
//! | 5 MB, URL-safe, unpadded | 2.2 | 7.1 | 21 x |

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use ccmessaging_core::{CanonicalBase64, Limits, Payload, Policy, UploadRequest};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Keeps freed megabytes for reuse, as the server configures glibc to do, so that the benchmark does
/// not measure page faults.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn policy() -> Policy {
    Policy::default().with_limits(Limits::uniform(usize::MAX))
}

/// A body to measure.
struct Case {
    name: &'static str,
    body: Bytes,
    /// The Base64 engine of the plain approach.
    engine: GeneralPurpose,
}

/// A PNG file's beginning, and bytes without order after it, as compressed pixels are.
fn image(bytes: usize) -> Vec<u8> {
    let mut rng = fastrand::Rng::with_seed(7);
    let mut file = include_bytes!("../../../tests/samples/rgb.png").to_vec();
    file.resize_with(bytes.max(file.len()), || rng.u8(..));
    file
}

fn table(bytes: usize) -> Vec<u8> {
    b"2026-11-23,K\xC3\xB6ln,4711,\"twelve, or so\",0.5\r\n"
        .iter()
        .copied()
        .cycle()
        .take(bytes)
        .collect()
}

fn body(file_type: &str, text: &str) -> String {
    format!(r#"{{"fileType":"{file_type}","fileStream":"{text}","channel":"WEB"}}"#)
}

/// The text in lines, as encoders for e-mail write it, with the line breaks as JSON escapes.
fn in_lines(text: &str, columns: usize, end: &str) -> String {
    let lines: Vec<&[u8]> = text.as_bytes().chunks(columns).collect();
    String::from_utf8(lines.join(end.as_bytes())).expect("ASCII")
}

fn cases() -> Vec<Case> {
    let case = |name, body: String| Case {
        name,
        body: Bytes::from(body),
        engine: STANDARD,
    };
    // One byte more than whole groups, so that there is padding.
    let large = image(3_750_001);
    let text = STANDARD.encode(&large);
    vec![
        case("1 MB", body("png", &STANDARD.encode(image(750_001)))),
        case("5 MB", body("png", &text)),
        case("10 KB", body("png", &STANDARD.encode(image(7_501)))),
        case("5 MB, CSV", body("csv", &STANDARD.encode(table(3_750_001)))),
        case(
            "5 MB, escaped slashes",
            body("png", &text.replace('/', r"\/")),
        ),
        case(
            "5 MB, 76 columns, LF",
            body("png", &in_lines(&text, 76, r"\n")),
        ),
        case(
            "5 MB, 76 columns, CRLF",
            body("png", &in_lines(&text, 76, r"\r\n")),
        ),
        case(
            "5 MB, 64 columns, LF",
            body("png", &in_lines(&text, 64, r"\n")),
        ),
        case(
            "5 MB, 64 columns, CRLF",
            body("png", &in_lines(&text, 64, r"\r\n")),
        ),
        Case {
            engine: URL_SAFE_NO_PAD,
            ..case(
                "5 MB, URL-safe, unpadded",
                body("png", &URL_SAFE_NO_PAD.encode(&large)),
            )
        },
    ]
}

fn gateway(body: &Bytes) -> Payload {
    UploadRequest::from_json(body.clone())
        .and_then(|request| request.validate(&policy()))
        .expect("a valid upload")
        .into_payload()
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owned {
    file_type: String,
    file_stream: String,
    channel: String,
}

fn plain_way(case: &Case) -> Vec<u8> {
    let mut owned: Owned = serde_json::from_slice(&case.body).expect("JSON");
    owned
        .file_stream
        .retain(|symbol| !symbol.is_ascii_whitespace());
    let file = case.engine.decode(&owned.file_stream).expect("Base64");
    black_box(infer::get(&file));
    serde_json::to_vec(&owned).expect("JSON")
}

/// The fastest of many rounds of each, in seconds; noise from outside cannot make a round faster. They
/// take turns, so that a slow while is not one's alone.
fn fastest<const N: usize>(mut works: [&mut dyn FnMut(); N]) -> [f64; N] {
    let begun = Instant::now();
    let mut best = [f64::MAX; N];
    while begun.elapsed() < Duration::from_secs(2) {
        for (best, work) in best.iter_mut().zip(&mut works) {
            let start = Instant::now();
            work();
            *best = best.min(start.elapsed().as_secs_f64());
        }
    }
    best
}

fn ratios() {
    println!(
        "{:26} {:>10} {:>12} {:>10}",
        "body", "x memcpy", "x \"5 MB\"", "plain way"
    );
    let cases = cases();
    let [five_megabytes] = fastest([&mut || drop(black_box(gateway(&cases[1].body)))]);
    for case in &cases {
        let mut copy = vec![0; case.body.len()];
        let [memcpy, ours, plain] = fastest([
            &mut || black_box(&mut copy).copy_from_slice(black_box(&case.body)),
            &mut || drop(black_box(gateway(black_box(&case.body)))),
            &mut || drop(black_box(plain_way(black_box(case)))),
        ]);
        println!(
            "{:26} {:>10.2} {:>12.2} {:>9.1}x",
            case.name,
            ours / memcpy,
            ours / five_megabytes,
            plain / ours,
        );
    }
}

/// What writing a raw file as Base64 costs, by the crate and by the scalar encoder of `base64`.
fn encoding_ratios() {
    let file = image(3_750_000);
    let mut copy = vec![0; file.len()];
    let [memcpy, ours, scalar] = fastest([
        &mut || black_box(&mut copy).copy_from_slice(black_box(&file)),
        &mut || drop(black_box(CanonicalBase64::encode(black_box(&file)))),
        &mut || drop(black_box(STANDARD.encode(black_box(&file)))),
    ]);
    println!(
        "a raw file of 3.75 MB encoded: {:.2} x memcpy of it; by a scalar encoder {:.2} x",
        ours / memcpy,
        scalar / memcpy,
    );
}

fn benchmark(criterion: &mut Criterion) {
    ratios();
    encoding_ratios();
    let mut group = criterion.benchmark_group("request");
    for case in cases() {
        group.throughput(Throughput::Bytes(case.body.len() as u64));
        group.bench_function(case.name, |bencher| bencher.iter(|| gateway(&case.body)));
    }
    group.finish();
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
