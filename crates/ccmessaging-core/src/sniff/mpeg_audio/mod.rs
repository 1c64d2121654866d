//! MP3 and AAC. One routine decides on both, because they share sync words and tags.
//!
//! Sources: ISO/IEC 11172-3 and 13818-3 (MPEG audio), ISO/IEC 13818-7 and 14496-3 (AAC), id3.org
//! (`ID3v1`, `ID3v2`), the `APEv2` and `Lyrics3` specifications.

mod adif;
mod chain;
mod header;
pub(super) mod tags;

pub(super) use header::Codec;
pub(crate) use header::{FrameHeader, HEADER_BYTES};
pub(crate) use tags::skip_tags;

use super::chunk_sizes::ChunkHeader;
use super::signatures::signature;
use super::text;
use super::window::Window;
use crate::content::Content;
use chain::ChainRule;

/// The number of bytes that are searched for the first whole frame. The longest MP3 frame has 1,441 bytes, a usual
/// ADTS frame fewer than 1,000.
const RESYNC_BYTES: usize = 4096;

/// Fewer zeros than this do not count as padding before audio.
const PADDING_BYTES: usize = 32;

/// Frames that begin directly after tags and zeros.
const AT_START: ChainRule = ChainRule {
    frames: 3,
    frames_to_end: 1,
    may_be_cut: true,
    free_format: true,
};

/// Frames after bytes that a tagger or a recorder left between a tag or padding and the audio.
const AFTER_LEAD: ChainRule = ChainRule {
    frames: 4,
    frames_to_end: 2,
    may_be_cut: false,
    free_format: false,
};

/// Frames after the rest of a frame whose beginning was cut off, as in a recording
/// that starts in the middle of a stream. More frames are required because no tag announces them.
const AFTER_CUT: ChainRule = ChainRule {
    frames: 8,
    frames_to_end: 4,
    may_be_cut: false,
    free_format: false,
};

/// Where the audio of an MPEG audio file is.
pub(crate) struct Audio {
    codec: Codec,
    /// The offset after the tags and the padding before the audio.
    pub(crate) start: usize,
    /// The offset of the first frame of a confirmed chain, which is later if other bytes precede it.
    pub(crate) first_frame: usize,
}

/// Returns the codec of an MPEG audio file, or `None` for other content.
pub(super) fn codec(content: &dyn Content) -> Option<Codec> {
    find(content).map(|audio| audio.codec)
}

/// Finds the first confirmed chain of frames, or an ADIF header.
pub(crate) fn find(content: &dyn Content) -> Option<Audio> {
    let lead = tags::skip_lead(content)?;
    let audio = |codec, first_frame| Audio {
        codec,
        start: lead.end,
        first_frame,
    };
    let head = Window::<{ adif::ADIF_BYTES }>::read(content, lead.end);
    if adif::is_adif(head.bytes()) {
        return Some(audio(Codec::Adif, lead.end));
    }
    if let Some(chain) = chain::confirm(content, lead.end, AT_START) {
        return Some(audio(chain.codec, lead.end));
    }
    let window = Window::<RESYNC_BYTES>::read(content, lead.end);
    let is_announced = lead.has_tag || lead.zeros >= PADDING_BYTES;
    let rule = if is_announced { AFTER_LEAD } else { AFTER_CUT };
    let (at, chain) = memchr::memchr_iter(0xFF, window.bytes())
        .find_map(|at| Some((at, chain::confirm(content, lead.end + at, rule)?)))?;
    let (skipped, frames) = window.bytes().split_at(at);
    let is_audio = !is_other_format(window.bytes())
        && (lead.has_tag || {
            // Zeros that announce the audio are padding; fewer are a part of the frame that was cut.
            let rest = if is_announced { at } else { lead.end + at };
            rest <= chain.longest
                && !begins_as_other_format(content)
                && ChunkHeader::parse(skipped).is_none()
                && (is_left_by_recorder(skipped)
                    || !(is_foreign_text(skipped)
                        || is_structured(skipped)
                        || begins_stream(frames)))
        });
    is_audio.then_some(audio(chain.codec, lead.end + at))
}

/// Returns whether content begins with this many whole frames.
pub(super) fn has_frames(content: &[u8], frames: usize) -> bool {
    let rule = ChainRule {
        frames,
        frames_to_end: frames,
        may_be_cut: false,
        free_format: frames > 1,
    };
    chain::confirm(&content, 0, rule).is_some()
}

/// Returns whether the bytes have the signature of another format. WAV, AVI, FLV and others contain the same frames.
fn is_other_format(head: &[u8]) -> bool {
    signature(head).is_some_and(|found| !found.is_mpeg_audio())
}

fn begins_as_other_format(content: &dyn Content) -> bool {
    is_other_format(Window::<RESYNC_BYTES>::read(content, 0).bytes())
}

/// Returns whether the bytes before the frames are a blank line, or the response of a `SHOUTcast` server, which recorders
/// of Internet radio leave there.
fn is_left_by_recorder(bytes: &[u8]) -> bool {
    let is_blank = bytes.trim_ascii().is_empty();
    let is_response = bytes.starts_with(b"ICY ") && bytes.ends_with(b"\r\n\r\n");
    is_blank || is_response
}

/// Returns whether the bytes before the frames are foreign text, such as a script, a page or prose, perhaps padded
/// up to the frames.
///
/// The rest of a frame looks like text only where it is very short, or where an encoder stuffed it.
fn is_foreign_text(bytes: &[u8]) -> bool {
    /// Bits that are clear, alternate or are set, and the name that LAME writes between them.
    const STUFFING: &[u8] = b"\0U\xAA\xFFLAME0123456789. (alpha)(beta)";
    const TOO_LONG_FOR_CHANCE: usize = 4;
    /// In legacy encodings, nearly every byte other than control characters is a letter.
    const TOO_LONG_FOR_CHANCE_IN_LEGACY: usize = 64;

    let content = || bytes.iter().filter(|byte| !STUFFING.contains(byte));
    let length = content().count();
    let ascii = content()
        .filter(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
        .count();
    let is_ascii = length >= TOO_LONG_FOR_CHANCE && ascii * 8 >= length * 7;
    let is_encoded = length >= TOO_LONG_FOR_CHANCE && str::from_utf8(bytes).is_ok()
        || length >= TOO_LONG_FOR_CHANCE_IN_LEGACY;
    is_ascii || (is_encoded && text::examine(&bytes).is_ok()) || text::is_ebcdic(bytes)
}

/// Returns whether the bytes before the frames are binary data with fields, such as the header of another format that no
/// signature names, and not the rest of a frame.
///
/// A frame holds Huffman codes, in which zero bytes are about as rare as other bytes, and stuffing, which is one
/// run of zeros at most. Fields have zeros in their upper bytes, so that short runs of them recur.
fn is_structured(bytes: &[u8]) -> bool {
    const SAMPLE: usize = 1024;
    const BYTES_PER_RUN: usize = 16;

    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let runs = sample
        .chunk_by(|&a, &b| a == 0 && b == 0)
        .filter(|run| run.first() == Some(&0))
        .count();
    runs >= 2 && runs * BYTES_PER_RUN >= sample.len()
}

/// Returns whether the first whole frame is the index that LAME and others put in front of a stream (`Xing`, `Info` or
/// `VBRI` after the header and the side information): no frame was cut before it.
fn begins_stream(frames: &[u8]) -> bool {
    const HEADER_AND_SIDE_INFORMATION: usize = 4 + 2 + 32;
    const NAME: usize = 4;

    let start = frames
        .get(..HEADER_AND_SIDE_INFORMATION + NAME)
        .unwrap_or(frames);
    start
        .windows(NAME)
        .any(|name| matches!(name, b"Xing" | b"Info" | b"VBRI"))
}
