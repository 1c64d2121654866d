//! Decides from a file's first bytes whether they begin a binary file.

use std::sync::LazyLock;

use super::{bmp, jpg, mpeg_audio, signatures};

/// The bytes with which [`may_begin_file`] permits a file to begin. Few of the places in a text that are examined pass
/// this test, which is much faster than a comparison with each signature.
static FIRST_BYTES: LazyLock<[bool; 256]> = LazyLock::new(|| {
    let may_be_first = |byte| matches!(byte, 0xFF | b'B') || signatures::is_certain(&[byte]);
    std::array::from_fn(|byte| u8::try_from(byte).is_ok_and(may_be_first))
});

/// Returns whether a binary file may begin with these bytes, of which there may be fewer than in its signature.
pub(crate) fn may_begin_file(first: &[u8]) -> bool {
    const FRAME_HEADER: usize = 7;

    match first {
        [byte, ..] if !FIRST_BYTES[usize::from(*byte)] => false,
        [_] | [0xFF, 0xD8, ..] | [b'B', b'M', ..] => true,
        [0xFF, 0xE0..=0xFF, ..] if first.len() < FRAME_HEADER => true,
        [0xFF, 0xE0..=0xFF, ..] => mpeg_audio::has_frames(first, 1),
        _ => signatures::is_certain(first),
    }
}

/// Returns whether a binary file begins with these bytes. Unlike [`name`](super::name), the answer is hardly ever wrong for
/// random bytes or numbers, and the rest of the file need not be known.
pub(crate) fn begins_file(head: &[u8]) -> bool {
    match head {
        [0xFF, 0xD8, 0xFF, ..] => jpg::is_jpg(&head),
        [b'B', b'M', ..] => bmp::is_bmp(&head),
        // Rows of one colour resemble frames if their length is divisible by 3.
        [0xFF, 0xE0..=0xFF, rest @ ..] => {
            let mut pairs = rest.windows(2).take(16);
            !pairs.any(|pair| *pair == head[..2]) && mpeg_audio::has_frames(head, 3)
        }
        _ => signatures::is_certain(head),
    }
}
