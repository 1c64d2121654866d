//! Small fixed-size reads out of a [`Content`].

use crate::content::Content;

/// Returns the `N` bytes at `offset`; `None` if the file ends before.
pub(super) fn bytes_at<const N: usize>(content: &dyn Content, offset: usize) -> Option<[u8; N]> {
    let mut window = [0; N];
    (content.read_at(offset, &mut window) == N).then_some(window)
}

/// Returns the little-endian number at an offset of `bytes`.
pub(super) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    let number = bytes.get(offset..)?.first_chunk()?;
    Some(u32::from_le_bytes(*number))
}

/// Returns whether the file has a byte at `offset`.
pub(super) fn has_byte(content: &dyn Content, offset: usize) -> bool {
    offset
        .checked_add(1)
        .is_some_and(|end| end <= content.len())
}

/// A window of at most `N` bytes: shorter only at the end of the file.
pub(super) struct Window<const N: usize> {
    buffer: [u8; N],
    filled: usize,
}

impl<const N: usize> Window<N> {
    /// Reads the window that begins at `offset`.
    pub(super) fn read(content: &dyn Content, offset: usize) -> Self {
        let mut buffer = [0; N];
        let filled = content.read_at(offset, &mut buffer).min(N);
        Self { buffer, filled }
    }

    /// Returns the bytes that the file has there.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }
}
