//! What has arrived of a body.

use bytes::{Bytes, BytesMut};
use ccmessaging_core::Chunks;

use crate::config::ConnectionConfig;

/// What fills the largest read buffer of a connection is kept.
const KEPT_BYTES: usize = ConnectionConfig::BUFFER_BYTES;

/// The size of the pieces that the rest is copied into.
const PIECE_BYTES: usize = 64 * 1024;

/// A body's bytes in pieces of one size, or larger.
///
/// What a connection hands over is a slice of a read buffer, and to keep a small one would keep the
/// whole buffer: so it is copied. What fills a whole buffer, or is as large, is kept as it
/// is. So a body takes no more memory than its bytes and two pieces more, however it was
/// cut up on its way.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    full: Chunks,
    last: BytesMut,
}

impl Pieces {
    pub(super) fn push(&mut self, data: Bytes) {
        if data.len() >= KEPT_BYTES {
            self.close_last();
            self.full.push(data);
        } else {
            self.copy(&data);
        }
    }

    fn copy(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            if self.last.len() == PIECE_BYTES {
                self.close_last();
            }
            if self.last.is_empty() {
                self.last = BytesMut::with_capacity(PIECE_BYTES);
            }
            let (fits, rest) = data.split_at(data.len().min(PIECE_BYTES - self.last.len()));
            self.last.extend_from_slice(fits);
            data = rest;
        }
    }

    pub(super) fn finish(mut self) -> Chunks {
        self.close_last();
        self.full
    }

    fn close_last(&mut self) {
        let piece: Bytes = std::mem::take(&mut self.last).freeze();
        self.full.push(piece);
    }
}
