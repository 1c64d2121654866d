//! Reads paths from standard input and prints the media type that `infer` finds for each, or `-`.

use std::io::{self, BufRead as _};

fn main() -> io::Result<()> {
    for path in io::stdin().lock().lines() {
        let kind = infer::get_from_path(path?)?;
        println!("{}", kind.map_or("-", |kind| kind.mime_type()));
    }
    Ok(())
}
