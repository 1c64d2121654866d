//! Bytes in the pieces in which they arrived.

mod symbols;

use std::ops::Range;
use std::{fmt, mem, slice};

use bytes::Bytes;

use symbols::{SymbolRun, are_symbols};

/// Bytes in pieces that are never joined: a body as the network delivered it.
///
/// Made from anything that is one piece, or collected from several. Cloning and slicing copy
/// nothing.
///
/// Most of a body is a file's Base64. It is judged when all of it is there, and by then the first
/// pieces of a large one have left the processor's cache. So [`push`](Self::push) notes where a piece
/// holds nothing but symbols of Base64 as it comes, and that part is not read again.
#[derive(Clone, Default)]
pub struct Chunks {
    pieces: Pieces,
    len: usize,
    symbols: SymbolRun,
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

    /// Appends a piece, and notes where it is Base64: push a piece as soon as it is there, while it
    /// is in the processor's cache. A piece that is something else costs next to nothing.
    pub fn push(&mut self, piece: Bytes) {
        self.symbols.look_at(&piece, self.len);
        self.append(piece);
    }

    /// Appends a piece without a look at it.
    fn append(&mut self, piece: Bytes) {
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
        for (piece, part) in self.parts(range.clone()) {
            sliced.append(piece.slice(part));
        }
        sliced.symbols = self.symbols.within(&range);
        sliced
    }

    /// Whether a range holds only symbols of Base64's standard alphabet, and no padding.
    pub(crate) fn are_symbols(&self, range: Range<usize>) -> bool {
        let unknown = self.symbols.unknown(range);
        unknown.into_iter().all(|range| {
            range.is_empty()
                || self
                    .parts(range)
                    .all(|(piece, part)| are_symbols(&piece[part]))
        })
    }

    /// Every piece, with the part of it that lies in a range: an empty one if none does.
    fn parts(&self, range: Range<usize>) -> impl Iterator<Item = (&Bytes, Range<usize>)> {
        let mut start = 0;
        self.pieces().iter().map(move |piece| {
            let end = start + piece.len();
            let from = range.start.clamp(start, end);
            let upto = range.end.clamp(from, end);
            let part = from - start..upto - start;
            start = end;
            (piece, part)
        })
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
    /// Does not look at the bytes: nothing tells that they have just arrived.
    fn from(piece: T) -> Self {
        let piece = piece.into();
        Self {
            len: piece.len(),
            pieces: Pieces::One(piece),
            symbols: SymbolRun::default(),
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
