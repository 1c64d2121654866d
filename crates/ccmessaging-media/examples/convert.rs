//! Converts a `QuickTime` movie to MP4, or M4A audio to AAC in ADTS framing.
//!
//!     cargo run -p ccmessaging-media --example convert -- video.mov video.mp4
//!
//! The name of the second file ends in `.mp4` or `.aac`.

use std::error::Error;
use std::path::Path;

use ccmessaging_media::convert::{m4a_to_adts, mov_to_mp4};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [from, to] = arguments.as_slice() else {
        return Err("name two files: convert film.mov film.mp4".into());
    };
    let extension = Path::new(to).extension().unwrap_or_default().to_str();
    let file = std::fs::read(from)?;
    let converted = match extension {
        Some("mp4") => mov_to_mp4(file)?,
        Some("aac") => m4a_to_adts(&file)?,
        _ => return Err("the second file name must end in .mp4 or .aac".into()),
    };
    std::fs::write(to, converted)?;
    Ok(())
}
