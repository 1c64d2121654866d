//! Records which bytes follow which.

/// The pairs of successive bytes in a sample. A pair that is repeated, as in silence or a plain picture,
/// counts once.
pub(super) struct Pairs {
    /// A bit for each first byte, by the second one.
    firsts: [[u64; 4]; 256],
}

impl Pairs {
    pub(super) fn new() -> Self {
        Self {
            firsts: [[0; 4]; 256],
        }
    }

    pub(super) fn add(&mut self, first: u8, second: u8) {
        self.firsts[usize::from(second)][usize::from(first / 64)] |= 1 << (first % 64);
    }

    pub(super) fn add_all(&mut self, bytes: &[u8]) {
        for pair in bytes.windows(2) {
            self.add(pair[0], pair[1]);
        }
    }

    /// Returns the number of pairs with this second byte.
    pub(super) fn ending_in(&self, second: u8) -> usize {
        let bits = self.firsts[usize::from(second)];
        bits.map(|bits| bits.count_ones() as usize).iter().sum()
    }

    pub(super) fn len(&self) -> usize {
        (0..=u8::MAX).map(|second| self.ending_in(second)).sum()
    }
}
