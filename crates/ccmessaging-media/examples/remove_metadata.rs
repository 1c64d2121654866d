//! Removes metadata from an image or a video.
//!
//!     cargo run -p ccmessaging-media --example remove_metadata -- all tests/samples/photo.jpg stripped.jpg
//!
//! The first argument is the level, `location` or `all`. The format follows from the file name.

use std::error::Error;
use std::path::Path;

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{self, StripLevel};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [level, from, to] = arguments.as_slice() else {
        return Err(
            "name a level and two files: remove_metadata all photo.jpg stripped.jpg".into(),
        );
    };
    let level = match level.as_str() {
        "location" => StripLevel::Location,
        "all" => StripLevel::All,
        _ => return Err("the level is location or all".into()),
    };
    let extension = Path::new(from).extension().unwrap_or_default();
    let format = match extension.to_ascii_lowercase().to_str() {
        Some("jpg" | "jpeg") => Format::Jpg,
        Some("png") => Format::Png,
        Some("mp4") => Format::Mp4,
        _ => return Err("the file name must end in .jpg, .jpeg, .png or .mp4".into()),
    };

    let file = std::fs::read(from)?;
    let stripped = metadata::strip(format, &file, level)?;
    std::fs::write(to, &stripped.file)?;
    for kind in stripped.removed {
        println!("removed: {kind}");
    }
    Ok(())
}
