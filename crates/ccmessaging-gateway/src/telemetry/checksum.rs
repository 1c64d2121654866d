//! The SHA-256 of a file, by which a log line and a stored file can be matched.

use std::fmt::Write as _;

use ccmessaging_core::Content;
use ring::digest::{Context, SHA256};

/// How much of a file is decoded at a time.
const WINDOW_BYTES: usize = 24 * 1024;

/// The SHA-256 of a file in 64 hexadecimal digits.
pub(super) fn sha256(file: &impl Content) -> String {
    let mut context = Context::new(&SHA256);
    let mut window = vec![0; WINDOW_BYTES];
    let mut offset = 0;
    loop {
        match file.read_at(offset, &mut window) {
            0 => break,
            count => {
                context.update(&window[..count]);
                offset += count;
            }
        }
    }
    hex(context.finish().as_ref())
}

/// Returns bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
