//! Bytes in the pieces in which they arrived.

use std::ops::Range;
use std::{fmt, mem, slice};

use bytes::Bytes;

/// Bytes in pieces that are never joined: a body as the network delivered it.
///
/// Made from anything that is one piece, or collected from several. Cloning and slicing copy
/// nothing.
#[derive(Clone, Default)]
pub struct Chunks {
    pieces: Pieces,
    len: usize,
}

/// None of several is empty.
#[derive(Clone)]
enum Pieces {
    /// The usual case, which needs no list: one piece, empty if there are no bytes.
    One(Bytes),
    Several(Vec<Bytes>),
}

impl Default for Pieces {
    fn default() -> Self {
        Self::One(Bytes::new())
    }
}

impl Chunks {
    /// The number of bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends a piece.
    pub fn push(&mut self, piece: Bytes) {
        if piece.is_empty() {
            return;
        }
        self.len += piece.len();
        match &mut self.pieces {
            Pieces::One(first) if first.is_empty() => *first = piece,
            Pieces::One(first) => self.pieces = Pieces::Several(vec![mem::take(first), piece]),
            Pieces::Several(pieces) => pieces.push(piece),
        }
    }

    /// The pieces, in order; none is empty.
    #[must_use]
    pub fn pieces(&self) -> &[Bytes] {
        match &self.pieces {
            Pieces::One(piece) if piece.is_empty() => &[],
            Pieces::One(piece) => slice::from_ref(piece),
            Pieces::Several(pieces) => pieces,
        }
    }

    /// All bytes in one piece: copies them, unless they are one piece already.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        match self.pieces {
            Pieces::One(piece) => piece,
            Pieces::Several(pieces) => pieces.concat().into(),
        }
    }

    /// The bytes of a range, which is cut off at the end.
    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        let mut sliced = Self::default();
        let mut start = 0;
        for piece in self.pieces() {
            let from = range.start.clamp(start, start + piece.len());
            let upto = range.end.clamp(from, start + piece.len());
            sliced.push(piece.slice(from - start..upto - start));
            start += piece.len();
        }
        sliced
    }

    /// What is left of the piece that holds byte `offset`, from there on; empty past the end.
    pub(crate) fn piece_at(&self, offset: usize) -> &[u8] {
        let mut rest = offset;
        for piece in self.pieces() {
            match piece.get(rest..) {
                Some([]) | None => rest -= piece.len(),
                Some(found) => return found,
            }
        }
        &[]
    }

    /// Copies bytes from `offset` on into `window`; returns how many there were.
    pub(crate) fn copy_to(&self, offset: usize, window: &mut [u8]) -> usize {
        let mut copied = 0;
        while copied < window.len() {
            let piece = self.piece_at(offset + copied);
            let count = piece.len().min(window.len() - copied);
            if count == 0 {
                break;
            }
            window[copied..copied + count].copy_from_slice(&piece[..count]);
            copied += count;
        }
        copied
    }

    /// The first of a byte's positions from `offset` on.
    pub(crate) fn find(&self, byte: u8, offset: usize) -> Option<usize> {
        let mut from = offset;
        loop {
            let piece = self.piece_at(from);
            if piece.is_empty() {
                return None;
            }
            if let Some(found) = memchr::memchr(byte, piece) {
                return Some(from + found);
            }
            from += piece.len();
        }
    }
}

impl<T: Into<Bytes>> From<T> for Chunks {
    fn from(piece: T) -> Self {
        let piece = piece.into();
        Self {
            len: piece.len(),
            pieces: Pieces::One(piece),
        }
    }
}

impl FromIterator<Bytes> for Chunks {
    fn from_iter<I: IntoIterator<Item = Bytes>>(pieces: I) -> Self {
        let mut chunks = Self::default();
        pieces.into_iter().for_each(|piece| chunks.push(piece));
        chunks
    }
}

impl fmt::Debug for Chunks {
    /// Prints the size only: the bytes may be a customer's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks")
            .field("len", &self.len())
            .field("pieces", &self.pieces().len())
            .finish_non_exhaustive()
    }
}
