//! MP3 and AAC in ADTS frames: the header of each frame determines where the next one begins.
//!
//! Where bytes were lost or inserted, the next frame begins elsewhere. Where bytes were replaced, the side information
//! of an MP3 frame may be invalid. A few such frames are normal, because recordings are cut, concatenated and
//! received with losses, so only their frequency proves damage. Free format and ADIF, which have no frame lengths,
//! are not examined.

mod side_information;

use crate::content::Content;
use crate::sniff::mpeg_audio::{self, FrameHeader, HEADER_BYTES};
use side_information::has_valid_side_information;

/// How much of the audio is examined.
const EXAMINED_BYTES: usize = 64 * 1024;

/// The minimum number of faults in a damaged file. 1,300 intact recordings had 2 at most.
const MIN_FAULTS: usize = 3;

/// The maximum number of bytes for each fault in a damaged file. In compressed data, text processing changes about one
/// of 256 bytes. Internet radio that was saved with the titles between its frames has a fault every 8 KiB.
const BYTES_PER_FAULT: usize = 4 * 1024;

/// The shortest run of zeros between frames that counts as padding. Shorter ones may be a part of a frame.
const MIN_PADDING: usize = 32;

pub(super) fn first_fault(content: &dyn Content) -> Option<usize> {
    let audio = mpeg_audio::find(content)?;
    let examined = content.len().checked_sub(audio.start)?.min(EXAMINED_BYTES);
    let mut bytes = vec![0; examined];
    let count = content.read_at(audio.start, &mut bytes);
    bytes.truncate(count);
    let confirmed = Frame::read(&bytes, audio.first_frame.checked_sub(audio.start)?)?;
    // Bytes before the confirmed frames may be damaged ones.
    let mut next = Frame::find(&bytes, 0, confirmed.header);

    let mut faults = 0;
    let mut first_fault = None;
    let mut add_fault = |at| {
        faults += 1;
        first_fault.get_or_insert(at);
    };
    // In the first frame of a stream, encoders write an index in place of side information.
    let mut is_first = true;
    let mut last = 0;
    while let Some(frame) = next {
        last = frame.at;
        let Some(length) = frame.header.length else {
            break;
        };
        let end = frame.at + length;
        let whole = bytes.get(frame.at..end);
        if !is_first && whole.is_some_and(|whole| !has_valid_side_information(whole)) {
            add_fault(frame.at);
        }
        next = Frame::read(&bytes, end).filter(|next| next.has_codec_of(frame.header));
        is_first = next.is_none();
        if next.is_some() {
            continue;
        }
        let Some(after) = mpeg_audio::skip_tags(content, audio.start + end) else {
            break;
        };
        let after = after - audio.start;
        let is_tag = after > end && bytes.get(end).is_some_and(|&byte| byte != 0);
        let from = if is_tag || after >= end + MIN_PADDING {
            next = Frame::read(&bytes, after).filter(|next| next.has_codec_of(frame.header));
            after
        } else {
            // A frame that lost bytes ends before its length.
            frame.at + 1
        };
        if next.is_none() {
            next = Frame::find(&bytes, from, frame.header);
            if next.is_some() {
                add_fault(end);
            }
        }
    }
    let is_damaged = faults >= MIN_FAULTS && faults * BYTES_PER_FAULT >= last;
    first_fault
        .filter(|_| is_damaged)
        .map(|at| audio.start + at)
}

struct Frame {
    at: usize,
    header: FrameHeader,
}

impl Frame {
    fn read(bytes: &[u8], at: usize) -> Option<Self> {
        let header: [u8; HEADER_BYTES] = *bytes.get(at..)?.first_chunk()?;
        FrameHeader::parse(header).map(|header| Self { at, header })
    }

    /// Finds the next frame of the same stream. In MP3, one of about 200,000 bytes resembles one by chance.
    fn find(bytes: &[u8], from: usize, other: FrameHeader) -> Option<Self> {
        memchr::memchr_iter(0xFF, bytes.get(from..)?)
            .filter_map(|at| Self::read(bytes, from + at))
            .find(|frame| frame.header.stream == other.stream)
    }

    fn has_codec_of(&self, other: FrameHeader) -> bool {
        self.header.stream.codec == other.stream.codec
    }
}
