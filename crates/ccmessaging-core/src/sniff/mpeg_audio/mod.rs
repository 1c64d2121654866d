//! MP3 and AAC, which share sync words, tags and troubles, so that one routine decides on both.
//!
//! Sources: ISO/IEC 11172-3 and 13818-3 (MPEG audio), ISO/IEC 13818-7 and 14496-3 (AAC), id3.org
//! (`ID3v1`, `ID3v2`), the `APEv2` and `Lyrics3` specifications.

mod adif;
mod chain;
mod header;
mod tags;

pub(super) use header::Codec;
pub(super) use tags::id3v2_length;

use super::signatures::signature;
use super::text;
use super::window::Window;
use crate::content::Content;
use chain::Proof;

/// How far the first whole frame is searched for. The longest MP3 frame has 1,441 bytes, a usual
/// ADTS frame fewer than 1,000.
const RESYNC_BYTES: usize = 4096;

/// At least this many leading zeros count as padding before audio.
const PADDING_BYTES: usize = 32;

/// Frames that begin exactly where they should.
const AT_START: Proof = Proof {
    frames: 3,
    frames_to_end: 1,
    may_be_cut: true,
    free_format: true,
};

/// Frames after bytes that a tagger or a recorder left between tag or padding and audio.
const AFTER_LEAD: Proof = Proof {
    frames: 4,
    frames_to_end: 2,
    may_be_cut: false,
    free_format: false,
};

/// Frames after the rest of a frame whose beginning was cut off, as when a stream is recorded
/// from its middle. Nothing announces audio there, so more is asked.
const AFTER_CUT: Proof = Proof {
    frames: 8,
    frames_to_end: 4,
    may_be_cut: false,
    free_format: false,
};

/// The codec of an MPEG audio file, or `None` where the content is none. The first confirmed chain
/// of frames decides.
pub(super) fn codec<C: Content + ?Sized>(content: &C) -> Option<Codec> {
    let lead = tags::skip_lead(content)?;
    let head = Window::<{ adif::ADIF_BYTES }>::read(content, lead.end);
    if adif::is_adif(head.bytes()) {
        return Some(Codec::Adif);
    }
    if let Some(chain) = chain::confirm(content, lead.end, AT_START) {
        return Some(chain.codec);
    }
    let window = Window::<RESYNC_BYTES>::read(content, lead.end);
    let is_announced = lead.has_tag || lead.zeros >= PADDING_BYTES;
    let proof = if is_announced { AFTER_LEAD } else { AFTER_CUT };
    let (at, chain) = memchr::memchr_iter(0xFF, window.bytes())
        .find_map(|at| Some((at, chain::confirm(content, lead.end + at, proof)?)))?;
    let (skipped, _) = window.bytes().split_at(at);
    let is_audio = !is_other_format(window.bytes())
        && (is_announced || lead.end + at <= chain.longest)
        && (lead.has_tag || !(begins_as_other_format(content) || is_foreign_text(skipped)));
    is_audio.then_some(chain.codec)
}

/// WAV, AVI, FLV and others carry the same frames: such a file is not MP3 but holds some.
fn is_other_format(head: &[u8]) -> bool {
    signature(head).is_some_and(|found| !found.is_mpeg_audio())
}

fn begins_as_other_format<C: Content + ?Sized>(content: &C) -> bool {
    is_other_format(Window::<RESYNC_BYTES>::read(content, 0).bytes())
}

/// Whether the bytes before the frames are text that has nothing to do with audio: a script, a page,
/// prose, perhaps filled up to where the frames begin.
///
/// The rest of a frame looks like text only where it is very short, or where an encoder stuffed it.
/// Recorders leave a blank line, or the answer of a `SHOUTcast` server.
fn is_foreign_text(bytes: &[u8]) -> bool {
    /// Bits that are clear, alternate or are set, and the name that LAME puts between them.
    const STUFFING: &[u8] = b"\0U\xAA\xFFLAME0123456789. (alpha)(beta)";
    const TOO_LONG_FOR_CHANCE: usize = 4;
    /// Larger, because in some legacy encoding every byte but a control character is a letter.
    const TOO_LONG_FOR_CHANCE_IN_LEGACY: usize = 64;

    let is_blank = bytes.trim_ascii().is_empty();
    let is_answer = bytes.starts_with(b"ICY ") && bytes.ends_with(b"\r\n\r\n");
    if is_blank || is_answer {
        return false;
    }
    let content = || bytes.iter().filter(|byte| !STUFFING.contains(byte));
    let length = content().count();
    let ascii = content()
        .filter(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
        .count();
    let is_ascii = length >= TOO_LONG_FOR_CHANCE && ascii * 8 >= length * 7;
    let is_encoded = length >= TOO_LONG_FOR_CHANCE && str::from_utf8(bytes).is_ok()
        || length >= TOO_LONG_FOR_CHANCE_IN_LEGACY;
    is_ascii || (is_encoded && text::examine(bytes).is_ok()) || text::is_ebcdic(bytes)
}
