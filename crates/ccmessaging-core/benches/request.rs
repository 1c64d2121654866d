//! What a JSON body costs from its bytes to the payload, against copying it, and against the plain
//! way: owned strings by `serde_json`, the file decoded whole, `infer`, and a body written anew.
//!
//! `cargo bench -p ccmessaging-core --bench request` prints the ratios first. One run on two shared
//! processors of 2.8 GHz (Ice Lake):
//!
//! | body | x memcpy | in pieces of 64 KiB | target | plain way |
//! |---|---|---|---|---|
//! | 1 MB | 0.50 | 0.54 | 2 | 41 x |
//! | 5 MB | 0.53 | 0.56 | 2 | 44 x |
//! | 5 MB, escaped slashes | 3.7 | 3.9 | 4 | 9 x |
//! | 5 MB, CSV | 4.1 | 4.2 | 5 | 6 x |
//! | 10 KB | 11.6 | 11.7 | 12 | 13 x |

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ccmessaging_core::{CanonicalBase64, Chunks, Limits, Payload, Policy, UploadRequest};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// One that keeps freed memory of megabytes, as the server has glibc do: mapping it anew is no part of
/// what is measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const POLICY: Policy = Policy {
    limits: Limits::uniform(usize::MAX),
    bmp_spelling: ccmessaging_core::BmpSpelling::Bmp,
};

/// A body to measure, and the most that its target allows, in copies of the body.
struct Case {
    name: &'static str,
    body: Bytes,
    most_copies: f64,
}

/// A PNG file's beginning, and bytes without order behind it, as compressed pixels are.
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

fn body(file_type: &str, file: &[u8]) -> String {
    let text = STANDARD.encode(file);
    format!(r#"{{"fileType":"{file_type}","fileStream":"{text}","channel":"WEB"}}"#)
}

fn cases() -> Vec<Case> {
    let case = |name, body: String, most_copies| Case {
        name,
        body: Bytes::from(body),
        most_copies,
    };
    vec![
        case("1 MB", body("png", &image(750_000)), 2.0),
        case("5 MB", body("png", &image(3_750_000)), 2.0),
        case(
            "5 MB, escaped slashes",
            body("png", &image(3_750_000)).replace('/', r"\/"),
            4.0,
        ),
        case("5 MB, CSV", body("csv", &table(3_750_000)), 5.0),
        case("10 KB", body("png", &image(7_500)), 12.0),
    ]
}

fn gateway(body: &Bytes) -> Payload {
    UploadRequest::from_json(body.clone())
        .and_then(|request| request.validate(&POLICY))
        .expect("a valid upload")
        .into_payload()
}

/// The same body as a server receives it. The pieces are looked at when they are put together, so
/// that is part of what is measured.
fn gateway_in_pieces(pieces: &[Bytes]) -> Payload {
    UploadRequest::from_json(pieces.iter().cloned().collect::<Chunks>())
        .and_then(|request| request.validate(&POLICY))
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

fn plain_way(body: &[u8]) -> Vec<u8> {
    let owned: Owned = serde_json::from_slice(body).expect("JSON");
    let file = STANDARD.decode(&owned.file_stream).expect("Base64");
    black_box(infer::get(&file));
    serde_json::to_vec(&owned).expect("JSON")
}

/// The fastest of many rounds, which noise from outside cannot make faster.
fn fastest(mut work: impl FnMut()) -> Duration {
    let begun = Instant::now();
    let mut best = Duration::MAX;
    while begun.elapsed() < Duration::from_secs(1) {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed());
    }
    best
}

fn ratios() {
    println!(
        "{:24} {:>12} {:>8} {:>12} {:>12}",
        "body", "x memcpy", "target", "in pieces", "plain way"
    );
    for case in cases() {
        let mut copy = vec![0; case.body.len()];
        let pieces: Vec<Bytes> = case
            .body
            .chunks(64 * 1024)
            .map(Bytes::copy_from_slice)
            .collect();
        let memcpy = fastest(|| black_box(&mut copy).copy_from_slice(black_box(&case.body)));
        let ours = fastest(|| drop(black_box(gateway(black_box(&case.body)))));
        let piecewise = fastest(|| drop(black_box(gateway_in_pieces(black_box(&pieces)))));
        let plain = fastest(|| drop(black_box(plain_way(black_box(&case.body)))));
        println!(
            "{:24} {:>12.2} {:>8} {:>12.2} {:>11.1}x",
            case.name,
            ours.as_secs_f64() / memcpy.as_secs_f64(),
            case.most_copies,
            piecewise.as_secs_f64() / memcpy.as_secs_f64(),
            plain.as_secs_f64() / ours.as_secs_f64(),
        );
    }
}

/// What writing a raw file as Base64 costs, by the crate and by the scalar encoder of `base64`.
fn encoding_ratios() {
    let file = image(3_750_000);
    let mut copy = vec![0; file.len()];
    let memcpy = fastest(|| black_box(&mut copy).copy_from_slice(black_box(&file)));
    let ours = fastest(|| drop(black_box(CanonicalBase64::encode(black_box(&file)))));
    let scalar = fastest(|| drop(black_box(STANDARD.encode(black_box(&file)))));
    println!(
        "a raw file of 3.75 MB encoded: {:.2} x memcpy of it; by a scalar encoder {:.2} x",
        ours.as_secs_f64() / memcpy.as_secs_f64(),
        scalar.as_secs_f64() / memcpy.as_secs_f64(),
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
