//! Frames that follow one another without a gap.

use super::header::{Codec, FrameHeader, HEADER_BYTES, Stream};
use super::tags;
use crate::content::Content;
use crate::sniff::window::{Window, bytes_at, has_byte};

/// The requirements for a chain of frames.
///
/// A sync word alone occurs in any data about every 2,000 bytes; each further header at exactly
/// the place that the one before it names multiplies the odds against chance by about 100,000.
#[derive(Clone, Copy)]
pub(super) struct ChainRule {
    /// Headers of the same stream, one after the other.
    pub(super) frames: usize,
    /// Fewer will do where the last one ends exactly at the end of the audio.
    pub(super) frames_to_end: usize,
    /// Whether the last of at least two frames may be cut off by the end of the file.
    pub(super) may_be_cut: bool,
    /// Whether to look for the length of free-format frames, which costs a search.
    pub(super) free_format: bool,
}

/// Frames that satisfied a [`ChainRule`].
pub(super) struct Chain {
    pub(super) codec: Codec,
    /// The length of the longest of them in bytes; 0 in free format.
    pub(super) longest: usize,
}

/// Returns the frames that begin at `offset`, if they satisfy `rule`.
pub(super) fn confirm(content: &dyn Content, offset: usize, rule: ChainRule) -> Option<Chain> {
    let first = header_at(content, offset)?;
    let codec = first.stream.codec;
    let Some(mut longest) = first.length else {
        return (rule.free_format && is_free_format(content, offset, first))
            .then_some(Chain { codec, longest: 0 });
    };
    let mut next = offset.checked_add(longest)?;
    let mut frames = 1;
    while frames < rule.frames {
        if next > content.len() {
            return (rule.may_be_cut && frames >= 2).then_some(Chain { codec, longest });
        }
        if !has_byte(content, next) || tags::is_trailing_tag(content, next) {
            // UTF-16's byte order mark and its first character are a header of layer I, so that a text may have
            // the length of one frame. No type of the API has that layer, so requiring more rejects no recording.
            let required = match codec {
                Codec::Layer1 => rule.frames,
                _ => rule.frames_to_end,
            };
            return (frames >= required).then_some(Chain { codec, longest });
        }
        let header = header_at(content, next)?;
        if header.stream != first.stream {
            return None;
        }
        let length = header.length?;
        longest = longest.max(length);
        next = next.checked_add(length)?;
        frames += 1;
    }
    Some(Chain { codec, longest })
}

fn header_at(content: &dyn Content, offset: usize) -> Option<FrameHeader> {
    if let Some(bytes) = bytes_at::<HEADER_BYTES>(content, offset) {
        return FrameHeader::parse(bytes);
    }
    // An MPEG header has 4 bytes only: a file may be cut off right after it.
    let [b0, b1, b2, b3] = bytes_at(content, offset)?;
    FrameHeader::parse([b0, b1, b2, b3, 0, 0, 0])
}

/// Returns whether frames are in free format (ISO/IEC 11172-3 section 2.4.2.3): a constant bit rate that no index names, so that
/// the length of the frames is the distance to the next header. Four headers must be equidistant,
/// but for the padding.
fn is_free_format(content: &dyn Content, offset: usize, first: FrameHeader) -> bool {
    /// The longest frame: 640 kbit/s, the most that encoders offer, at 8 kHz in MPEG-2.5.
    const LONGEST_FRAME: usize = 5_760 + 2;
    /// Behind the header, the CRC and the side information nothing shorter is possible.
    const SHORTEST_FRAME: usize = 13;

    let window = Window::<LONGEST_FRAME>::read(content, offset);
    let bytes = window.bytes();
    memchr::memchr_iter(0xFF, bytes)
        .filter(|&distance| distance >= SHORTEST_FRAME)
        .filter(|&distance| {
            bytes
                .get(distance..)
                .and_then(<[u8]>::first_chunk::<4>)
                .is_some_and(|&[b0, b1, b2, b3]| {
                    FrameHeader::parse([b0, b1, b2, b3, 0, 0, 0])
                        .is_some_and(|header| is_free(header, first.stream))
                })
        })
        .any(|distance| {
            let unpadded = distance.saturating_sub(first.padding);
            let mut next = offset + distance;
            (0..3).all(|_| {
                header_at(content, next)
                    .filter(|header| is_free(*header, first.stream))
                    .map(|header| next += unpadded + header.padding)
                    .is_some()
            })
        })
}

fn is_free(header: FrameHeader, stream: Stream) -> bool {
    header.length.is_none() && header.stream == stream
}
