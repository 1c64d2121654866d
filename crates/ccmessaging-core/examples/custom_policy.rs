//! Rules of your own around the check: images only, whatever their names say, up to a size that
//! each type has for itself.
//!
//!     cargo run -p ccmessaging-core --example custom_policy -- tests/samples/photo.jpg
//!
//! The file stays on the disk: the check reads a few small windows of it, through [`Content`].

use std::error::Error;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use ccmessaging_core::{Content, FileType, sniff};

/// A file on the disk, read where the rules look.
struct OnDisk {
    file: File,
    len: usize,
}

impl OnDisk {
    fn open(path: &str) -> io::Result<Self> {
        let file = File::open(path)?;
        let len = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
        Ok(Self { file, len })
    }

    fn read(&self, offset: usize, window: &mut [u8]) -> io::Result<usize> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset as u64))?;
        let mut filled = 0;
        while filled < window.len() {
            match file.read(&mut window[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(filled)
    }
}

impl Content for OnDisk {
    fn len(&self) -> usize {
        self.len
    }

    // What cannot be read proves nothing, so the file is refused.
    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize {
        self.read(offset, window).unwrap_or(0)
    }
}

/// The largest file of each type that this policy takes, in bytes.
fn limit_bytes(file_type: FileType) -> Option<usize> {
    match file_type {
        FileType::Jpg => Some(4_000_000),
        FileType::Png => Some(2_000_000),
        _ => None,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("name a file: custom_policy photo.jpg")?;
    let file = OnDisk::open(&path)?;

    let file_type = sniff::identify(&file).ok_or("not a file that the API takes")?;
    let limit = limit_bytes(file_type).ok_or_else(|| format!("{file_type} is not taken here"))?;
    if file.len() > limit {
        return Err(format!("{} bytes; a {file_type} may have {limit}", file.len()).into());
    }
    println!("taken: {file_type}, {} bytes", file.len());
    Ok(())
}
