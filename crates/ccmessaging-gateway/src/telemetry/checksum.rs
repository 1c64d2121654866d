//! The SHA-256 of a file, by which a log line and a stored file can be brought together.

use std::fmt::{self, Write as _};

use ccmessaging_core::Content;
use ring::digest::{Context, SHA256};

/// How much of a file is decoded at a time.
const WINDOW_BYTES: usize = 24 * 1024;

/// Sums up a file as it is sent on, if the log is to tell it.
#[derive(Default)]
pub(crate) struct Checksum(Option<Context>);

impl Checksum {
    pub(super) fn new(is_wanted: bool) -> Self {
        Self(is_wanted.then(|| Context::new(&SHA256)))
    }

    /// Adds the next bytes of the file.
    pub(crate) fn add(&mut self, piece: &[u8]) {
        if let Some(context) = &mut self.0 {
            context.update(piece);
        }
    }

    /// Adds a whole file.
    pub(crate) fn add_all(&mut self, file: &impl Content) {
        let Some(context) = &mut self.0 else { return };
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
    }

    /// The checksum in 64 hexadecimal digits.
    pub(super) fn finish(self) -> Option<String> {
        let digest = self.0?.finish();
        let mut digits = String::with_capacity(2 * digest.as_ref().len());
        for byte in digest.as_ref() {
            // Writing to a string does not fail.
            let _ = write!(digits, "{byte:02x}");
        }
        Some(digits)
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Checksum").field(&self.0.is_some()).finish()
    }
}
