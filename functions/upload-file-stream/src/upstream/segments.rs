//! Bytes in pieces, handed to the transport at once.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes};

/// Segments that are written one after the other, as many of them in one system call as there may be.
///
/// The transport asks for the next frame of a body only once it has written most of the last, so a
/// frame for each segment would cost a call for each.
#[derive(Debug, Default)]
pub(crate) struct Segments(VecDeque<Bytes>);

impl Segments {
    /// What is to be written; empty segments are left out, because a [`Buf`] with something left
    /// has to show some of it.
    pub(crate) fn new(segments: impl IntoIterator<Item = Bytes>) -> Self {
        Self(
            segments
                .into_iter()
                .filter(|segment| !segment.is_empty())
                .collect(),
        )
    }
}

impl From<Vec<u8>> for Segments {
    fn from(segment: Vec<u8>) -> Self {
        Self::from(Bytes::from(segment))
    }
}

impl From<Bytes> for Segments {
    fn from(segment: Bytes) -> Self {
        Self::new([segment])
    }
}

impl Buf for Segments {
    fn remaining(&self) -> usize {
        self.0.iter().map(Bytes::len).sum()
    }

    fn chunk(&self) -> &[u8] {
        self.0.front().map_or(&[], |segment| segment)
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let filled = slices.len().min(self.0.len());
        for (slice, segment) in slices.iter_mut().zip(&self.0) {
            *slice = IoSlice::new(segment);
        }
        filled
    }

    fn advance(&mut self, mut count: usize) {
        while let Some(first) = self.0.front_mut() {
            if count < first.len() {
                first.advance(count);
                return;
            }
            count -= first.len();
            self.0.pop_front();
        }
        assert_eq!(count, 0, "advanced past the end");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_gone_and_the_rest_is_shown_in_order() {
        let pieces = ["", "ab", "", "cde", "f"].map(|text| Bytes::from_static(text.as_bytes()));
        for written in 0..=6 {
            let mut segments = Segments::new(pieces.clone());
            segments.advance(written);

            assert_eq!(segments.remaining(), 6 - written);
            let mut slices = [IoSlice::new(&[]); 8];
            let filled = segments.chunks_vectored(&mut slices);
            let shown: Vec<u8> = slices[..filled]
                .iter()
                .flat_map(|slice| slice.iter())
                .copied()
                .collect();
            assert_eq!(shown, b"abcdef"[written..]);
            assert_eq!(segments.has_remaining(), !segments.chunk().is_empty());
            assert_eq!(segments.copy_to_bytes(6 - written), b"abcdef"[written..]);
        }
    }

    #[test]
    fn no_more_slices_are_filled_than_there_is_room_for() {
        let segments = Segments::new(["ab", "cd"].map(Bytes::from));
        let mut slices = [IoSlice::new(&[])];
        assert_eq!(segments.chunks_vectored(&mut slices), 1);
        assert_eq!(&*slices[0], b"ab");
    }
}
