//! Removes what a photo or a film says besides what it shows.
//!
//!     cargo run -p ccmessaging-core --example remove_metadata -- all photo.jpg stripped.jpg
//!
//! The first argument is the level, `location` or `all`; the type is the one that the file's name
//! declares.

use std::error::Error;
use std::path::Path;

use ccmessaging_core::metadata::{self, Removal};
use ccmessaging_core::sniff;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [level, from, to] = arguments.as_slice() else {
        return Err(
            "name a level and two files: remove_metadata all photo.jpg stripped.jpg".into(),
        );
    };
    let level = match level.as_str() {
        "location" => Removal::Location,
        "all" => Removal::All,
        _ => return Err("the level is location or all".into()),
    };
    let file_type = Path::new(from)
        .extension()
        .and_then(|extension| extension.to_str()?.parse().ok())
        .ok_or("the file's name declares no type that the API takes")?;

    let file = std::fs::read(from)?;
    sniff::prove(file_type, file.as_slice())?;
    let stripped = metadata::remove(file_type, file.into(), level)?;
    std::fs::write(to, &stripped.file)?;
    for kind in stripped.removed {
        println!("removed: {kind}");
    }
    Ok(())
}
