//! Random access to a file's bytes, in whatever form they are held.

/// A file whose bytes can be read at any offset.
///
/// The rules that prove a file's type read a few windows of it, so a file that is still Base64 text
/// is decoded only there. Implemented by byte slices and [`CanonicalBase64`](crate::CanonicalBase64).
pub trait Content {
    /// The file's size in (decoded) bytes.
    fn len(&self) -> usize;

    /// Whether the file has no bytes at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies the bytes from `offset` on into `window` and returns how many were copied.
    ///
    /// The count is smaller than the window only if the file ends there, and 0 at or past its end.
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
