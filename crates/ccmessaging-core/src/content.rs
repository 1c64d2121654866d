//! Random access to a file's bytes.

use bytes::Bytes;

/// The byte order mark of UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Returns a text without the byte order mark of UTF-8, which may precede it.
pub(crate) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// A file whose bytes can be read at any offset.
///
/// The rules that prove a file's type read a few windows, so only those parts of a Base64 text are
/// decoded. Implemented by [`CanonicalBase64`](crate::CanonicalBase64), byte slices and arrays, `Vec<u8>`,
/// [`Bytes`], and references to them.
pub trait Content {
    /// Returns the file's size in (decoded) bytes.
    fn len(&self) -> usize;

    /// Returns whether the file is empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies bytes starting at `offset` into `window` and returns their number.
    ///
    /// The number is smaller than the window only at the end of the file, and 0 at or past the end.
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

impl<const N: usize> Content for [u8; N] {
    fn len(&self) -> usize {
        N
    }

    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize {
        self.as_slice().read_at(offset, window)
    }
}

impl Content for Vec<u8> {
    fn len(&self) -> usize {
        self.len()
    }

    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize {
        self.as_slice().read_at(offset, window)
    }
}

impl Content for Bytes {
    fn len(&self) -> usize {
        self.len()
    }

    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize {
        self[..].read_at(offset, window)
    }
}

impl<C: Content + ?Sized> Content for &C {
    fn len(&self) -> usize {
        (**self).len()
    }

    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize {
        (**self).read_at(offset, window)
    }
}
