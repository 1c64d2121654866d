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
use super::window::Window;
use crate::Content;
use chain::Proof;

/// How far behind a tag, padding or the cut edge of a recording the first whole frame is looked
/// for. The longest MP3 frame has 1,441 bytes, a typical ADTS frame fewer than 1,000.
const RESYNC_BYTES: usize = 4096;

/// Frames that begin exactly where they should.
const AT_START: Proof = Proof {
    frames: 3,
    frames_to_end: 1,
    may_be_cut: true,
    free_format: true,
};

/// Frames behind something that taggers or recorders left before them.
const AFTER_LEAD: Proof = Proof {
    frames: 4,
    frames_to_end: 2,
    may_be_cut: false,
    free_format: false,
};

/// Frames behind the rest of a frame whose beginning was cut off, as when a stream is recorded
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
    const PADDING_WORTH_A_SEARCH: usize = 32;

    let lead = tags::skip_lead(content)?;
    let head = Window::<{ adif::ADIF_BYTES }>::read(content, lead.end);
    if adif::is_adif(head.bytes()) {
        return Some(Codec::Adif);
    }
    if let Some(codec) = chain::confirm(content, lead.end, AT_START) {
        return Some(codec);
    }
    let window = Window::<RESYNC_BYTES>::read(content, lead.end);
    let proof = if lead.has_tag || lead.zeros >= PADDING_WORTH_A_SEARCH {
        AFTER_LEAD
    } else {
        AFTER_CUT
    };
    let codec = memchr::memchr_iter(0xFF, window.bytes())
        .find_map(|at| chain::confirm(content, lead.end + at, proof))?;
    // WAV, AVI, FLV and others carry the same frames: such a file is not MP3 but holds some.
    let whole = if lead.has_tag { lead.end } else { 0 };
    signature(Window::<RESYNC_BYTES>::read(content, whole).bytes())
        .is_none_or(|found| found.is_mpeg_audio())
        .then_some(codec)
}
