//! The sample files.

use std::path::{Path, PathBuf};

/// A sample file and its expected verdict.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The declared type.
    pub declared: String,
    /// The path below the samples' folder.
    pub name: String,
    /// `accept`, or the name of the actual type.
    pub verdict: String,
}

impl Sample {
    /// Returns whether the rules must accept it.
    pub fn is_accepted(&self) -> bool {
        self.verdict == "accept"
    }

    /// Returns the content.
    pub fn bytes(&self) -> Vec<u8> {
        sample(&self.name)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// Returns the content of a sample file.
pub fn sample(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns all samples of the manifest.
pub fn samples() -> Vec<Sample> {
    let manifest = std::fs::read_to_string(folder().join("manifest.tsv")).expect("the manifest");
    let samples: Vec<Sample> = manifest
        .lines()
        .skip(1)
        .map(|line| match *line.split('\t').collect::<Vec<_>>() {
            [name, declared, verdict, ..] => Sample {
                declared: declared.to_owned(),
                name: name.to_owned(),
                verdict: verdict.to_owned(),
            },
            _ => panic!("not a line of the manifest: {line}"),
        })
        .collect();
    assert!(!samples.is_empty());
    samples
}
