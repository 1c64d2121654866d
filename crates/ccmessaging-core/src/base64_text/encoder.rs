//! Canonical Base64 of bytes that come piece by piece.

/// Three bytes stand behind four symbols.
const GROUP: usize = 3;

/// Encodes pieces of a file as if they were one: RFC 4648 section 4, padded at the very end only.
#[derive(Clone, Debug, Default)]
pub(crate) struct Encoder {
    /// The bytes of a group that is not whole yet.
    carry: [u8; GROUP],
    carried: usize,
}

impl Encoder {
    /// The symbols that `bytes` bytes make, padding included; `None` where no number can say it.
    pub(crate) fn encoded_len(bytes: usize) -> Option<usize> {
        bytes.div_ceil(GROUP).checked_mul(4)
    }

    /// Appends the symbols of all groups that are whole by now.
    pub(crate) fn push(&mut self, mut piece: &[u8], symbols: &mut Vec<u8>) {
        if self.carried > 0 {
            let count = piece.len().min(GROUP - self.carried);
            self.carry[self.carried..self.carried + count].copy_from_slice(&piece[..count]);
            self.carried += count;
            piece = &piece[count..];
            if self.carried < GROUP {
                return;
            }
            base64_simd::STANDARD.encode_append(self.carry, symbols);
        }
        let (whole, rest) = piece.split_at(piece.len() / GROUP * GROUP);
        base64_simd::STANDARD.encode_append(whole, symbols);
        self.carry[..rest.len()].copy_from_slice(rest);
        self.carried = rest.len();
    }

    /// Appends the symbols of what is left, padded.
    pub(crate) fn finish(self, symbols: &mut Vec<u8>) {
        base64_simd::STANDARD.encode_append(&self.carry[..self.carried], symbols);
    }
}
