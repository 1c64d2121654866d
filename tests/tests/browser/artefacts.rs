//! Artefacts of a run for inspection: screenshots, and logs of gateways and driver.
//!
//! They are in the folder that `ARTIFACTS_DIR` names, or else in `browser` in the target folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    std::env::var_os("ARTIFACTS_DIR").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("browser"),
        PathBuf::from,
    )
}

/// Creates the folder.
pub(crate) fn make_folder() {
    let folder = folder();
    fs::create_dir_all(&folder)
        .unwrap_or_else(|error| panic!("cannot create {}: {error}", folder.display()));
}

/// Where the artefact of this name is.
pub(crate) fn path(name: &str) -> PathBuf {
    folder().join(name)
}

/// Writes an artefact.
pub(crate) fn write(name: &str, content: &[u8]) {
    let path = path(name);
    fs::write(&path, content)
        .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
}

/// An empty artefact to write to.
pub(crate) fn create(name: &str) -> File {
    let path = path(name);
    File::create(&path).unwrap_or_else(|error| panic!("cannot create {}: {error}", path.display()))
}
