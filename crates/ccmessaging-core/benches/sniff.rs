//! What proving a file's type costs: against `infer`, which looks at its first bytes only, per
//! type on the samples; and per gigabyte of text, against copying it.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use ccmessaging_core::{FileType, sniff};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// The accepted samples by type.
fn samples() -> BTreeMap<&'static str, (FileType, Vec<Vec<u8>>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    let manifest = std::fs::read_to_string(directory.join("manifest.tsv")).expect("the manifest");
    let mut by_type = BTreeMap::new();
    for line in manifest.lines().skip(1) {
        let columns: Vec<_> = line.split('\t').collect();
        if let [path, declared, "accept"] = columns[..] {
            let declared: FileType = declared.parse().expect("a type of the API");
            let bytes = std::fs::read(directory.join(path)).expect("a readable sample");
            by_type
                .entry(declared.name())
                .or_insert_with(|| (declared, Vec::new()))
                .1
                .push(bytes);
        }
    }
    by_type
}

fn prove_all(declared: FileType, files: &[Vec<u8>]) {
    for file in files {
        assert!(sniff::prove(declared, black_box(file.as_slice())).is_ok());
    }
}

fn infer_all(files: &[Vec<u8>]) {
    for file in files {
        black_box(infer::get(black_box(file)));
    }
}

/// The fastest of many rounds, which noise from outside cannot make faster.
fn fastest(mut work: impl FnMut()) -> Duration {
    (0..200)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..20 {
                work();
            }
            start.elapsed() / 20
        })
        .min()
        .unwrap_or_default()
}

fn against_infer(criterion: &mut Criterion) {
    let samples = samples();
    println!("prove() against infer::get(), for each file:");
    for (name, (declared, files)) in &samples {
        let count = u32::try_from(files.len()).expect("a few files");
        let ours = fastest(|| prove_all(*declared, files)) / count;
        let theirs = fastest(|| infer_all(files)) / count;
        println!(
            "  {name}: {ours:?} against {theirs:?}, ratio {:.2}",
            ours.as_secs_f64() / theirs.as_secs_f64()
        );
    }
    let mut group = criterion.benchmark_group("samples");
    for (name, (declared, files)) in &samples {
        group.bench_with_input(BenchmarkId::new("prove", name), files, |bencher, files| {
            bencher.iter(|| prove_all(*declared, files));
        });
        group.bench_with_input(BenchmarkId::new("infer", name), files, |bencher, files| {
            bencher.iter(|| infer_all(files));
        });
    }
    group.finish();
}

fn text_throughput(criterion: &mut Criterion) {
    const SIZE: usize = 8 << 20;
    let texts = [
        (
            "ascii",
            "a line of plain text, with a comma\r\n".repeat(SIZE / 36),
        ),
        (
            "chinese",
            "您好，我想咨询一下订单的配送时间。\r\n".repeat(SIZE / 53),
        ),
    ];
    let mut group = criterion.benchmark_group("text");
    group.sample_size(20);
    for (name, text) in &texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("prove", name), text, |bencher, text| {
            bencher.iter(|| sniff::prove(FileType::Txt, black_box(text.as_bytes())));
        });
        let mut copy = vec![0; text.len()];
        group.bench_with_input(BenchmarkId::new("copy", name), text, |bencher, text| {
            bencher.iter(|| black_box(&mut copy).copy_from_slice(black_box(text.as_bytes())));
        });
    }
    group.finish();
}

criterion_group!(benches, against_infer, text_throughput);
criterion_main!(benches);
