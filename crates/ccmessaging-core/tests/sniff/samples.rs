//! The sample files against what their manifest expects.

use std::path::PathBuf;

use ccmessaging_core::{FileType, sniff};

/// A line of the manifest.
pub(crate) struct Sample {
    pub(crate) path: PathBuf,
    pub(crate) declared: FileType,
    /// `accept`, or the name that the rejection must give.
    pub(crate) expected: String,
}

impl Sample {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).expect("a readable sample")
    }

    pub(crate) fn is_accepted(&self) -> bool {
        self.expected == "accept"
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    let manifest = std::fs::read_to_string(directory.join("manifest.tsv")).expect("the manifest");
    manifest
        .lines()
        .skip(1)
        .map(|line| {
            let [path, declared, expected] = line
                .split('\t')
                .collect::<Vec<_>>()
                .try_into()
                .expect("three columns");
            Sample {
                path: directory.join(path),
                declared: declared.parse().expect("a type of the API"),
                expected: expected.to_owned(),
            }
        })
        .collect()
}

#[test]
fn every_sample_gets_the_verdict_that_the_manifest_expects() {
    for sample in samples() {
        let verdict = match sniff::prove(sample.declared, sample.bytes().as_slice()) {
            Ok(()) => "accept".to_owned(),
            Err(rejected) => rejected.found().to_string(),
        };
        assert_eq!(verdict, sample.expected, "{}", sample.path.display());
    }
}

#[test]
fn every_accepted_sample_is_identified_and_is_nothing_else() {
    for sample in samples().iter().filter(|sample| sample.is_accepted()) {
        let bytes = sample.bytes();
        let is_text = matches!(sample.declared, FileType::Txt | FileType::Csv);
        let identified = if is_text {
            FileType::Txt
        } else {
            sample.declared
        };
        assert_eq!(
            sniff::identify(bytes.as_slice()),
            Some(identified),
            "{}",
            sample.path.display()
        );
        for &other in FileType::ALL {
            let is_same = other == sample.declared
                || (is_text && matches!(other, FileType::Txt | FileType::Csv));
            let verdict = sniff::prove(other, bytes.as_slice());
            assert_eq!(
                verdict.is_ok(),
                is_same,
                "{} as {other}",
                sample.path.display()
            );
        }
    }
}

#[test]
fn there_are_accepted_samples_of_every_type() {
    let samples = samples();
    for &file_type in FileType::ALL {
        assert!(
            samples
                .iter()
                .any(|sample| sample.is_accepted() && sample.declared == file_type)
        );
    }
}
