//! Random access to a file's bytes, whatever form they are held in.

/// A file whose bytes can be read at any offset.
///
/// The rules that prove a file's type look at a few windows of it, so a file that is still Base64
/// text is decoded only where they look. Implementors: a plain byte slice,
/// canonical Base64 text, and the head of a file whose rest is still to come.
pub trait Content {
    /// The file's size in (decoded) bytes.
    fn len(&self) -> usize;

    /// Whether the file has no bytes at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the file has at least `end` bytes.
    ///
    /// The rules ask this instead of [`len`](Self::len) wherever it is all that they need, because
    /// it can be known of a file whose end has not arrived.
    fn reaches(&self, end: usize) -> bool {
        end <= self.len()
    }

    /// Copies the bytes from `offset` on into `window` and returns how many were copied.
    ///
    /// The count is smaller than the window only where the file ends, and 0 at or past its end.
    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize;
}

impl Content for [u8] {
    fn len(&self) -> usize {
        <[u8]>::len(self)
    }

    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize {
        let Some(rest) = self.get(offset..) else {
            return 0;
        };
        let count = rest.len().min(window.len());
        window[..count].copy_from_slice(&rest[..count]);
        count
    }
}
