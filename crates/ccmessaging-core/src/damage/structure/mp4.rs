//! MP4: the chain of boxes (ISO/IEC 14496-12 section 4.2), and the samples that the movie box locates.
//!
//! A program that loses or inserts bytes does not adjust the lengths and offsets in the file. Then the boxes
//! after the media data, or the samples in it, are no longer where they should be.

use std::ops::Range;

use ccmessaging_media::tracks::{self, Coding, Track};
use memchr::memmem::{self, Finder};

use super::unfilled;
use crate::content::Content;
use crate::sniff::mp4::BoxHeader;

/// The maximum number of top-level boxes. Fragmented movies have two for each fragment.
const MAX_BOXES: usize = 4096;

/// The size up to which a movie box is read. It grows by about ten bytes for each frame.
const MAX_DESCRIPTION_BYTES: usize = 1024 * 1024;

/// How many NAL units of a sample are followed.
const MAX_UNITS: usize = 32;

/// How many samples are invalid in a damaged movie, at least, and one of how many: cameras may write a few.
const MIN_INVALID: usize = 2;
const MIN_INVALID_SHARE: usize = 64;

/// Bytes that are searched at once.
const SEARCH_BYTES: usize = 32 * 1024;

/// The header of the movie box and the length and type of its first box, without the first length.
const MOVIE: [u8; 12] = *b"moov\0\0\0\x6Cmvhd";

/// The same of a fragment.
const FRAGMENT: [u8; 12] = *b"moof\0\0\0\x10mfhd";

pub(super) fn first_fault(content: &dyn Content) -> Option<usize> {
    let movie = match Movie::follow(content) {
        Ok(movie) => movie,
        Err(offset) => return Some(offset),
    };
    let is_filled = |start: &usize| match &movie.description {
        Some(moov) => moov.end <= *start,
        None => movie.is_fragmented,
    };
    if let Some(start) = unfilled::start(content).filter(|start| !is_filled(start)) {
        return Some(start);
    }
    let moov = movie
        .description
        .filter(|moov| moov.len() <= MAX_DESCRIPTION_BYTES)?;
    let mut description = vec![0; moov.len()];
    let count = content.read_at(moov.start, &mut description);
    let description = &description[..count];
    match tracks::read(description) {
        Ok(tracks)
            if moov.end < content.len()
                && !movie.is_fragmented
                && tracks.iter().all(|track| track.samples.is_empty())
                && lacks_samples(description) =>
        {
            Some(moov.start)
        }
        Ok(tracks) => {
            let starts = tracks.iter().filter_map(|track| track.samples.first());
            let start = starts.map(|sample| sample.start).min();
            // The media data begins with a sample.
            let is_located = start.is_some() && start == movie.data;
            tracks
                .iter()
                .find_map(|track| first_invalid(track, is_located, content))
        }
        Err(offset) => Some(moov.start + offset),
    }
}

/// Returns whether a movie box has a track whose samples should be described in it, and not in fragments.
fn lacks_samples(description: &[u8]) -> bool {
    let has = |kind: &[u8]| memmem::find(description, kind).is_some();
    has(b"trak") && !has(b"mvex")
}

/// The top-level boxes of a file.
#[derive(Default)]
struct Movie {
    /// Where the description is, as far as it is in the file.
    description: Option<Range<usize>>,
    /// Where the media data begins.
    data: Option<usize>,
    is_fragmented: bool,
}

impl Movie {
    /// Follows the top-level boxes. Returns the offset from which they are invalid as an error.
    fn follow(content: &dyn Content) -> Result<Self, usize> {
        let mut movie = Self::default();
        let mut offset = 0;
        // The last box of data.
        let mut data = None;
        let mut is_empty_data = false;
        for _ in 0..MAX_BOXES {
            let mut start = [0; 8];
            if content.read_at(offset, &mut start) < start.len() {
                break;
            }
            // Writers pad files with zeros, but not in place of the description.
            if start == [0; 8] && (movie.description.is_some() || movie.is_fragmented) {
                break;
            }
            let header = BoxHeader::read(content, offset);
            let Some(header) = header.filter(BoxHeader::has_printable_type) else {
                // Programs append foreign data to movies, and recorders that were interrupted have not written
                // the length of the data.
                if movie.is_complete() || is_empty_data {
                    break;
                }
                return Err(offset);
            };
            let end = offset.saturating_add(header.length).min(content.len());
            is_empty_data = header.kind == *b"mdat" && header.length == header.header_length;
            match &header.kind {
                b"moov" => {
                    movie.description.get_or_insert(offset..end);
                }
                b"moof" => movie.is_fragmented = true,
                b"mdat" if !is_empty_data => {
                    data = Some(offset..end);
                    movie.data.get_or_insert(offset + header.header_length);
                }
                _ => {}
            }
            if end == content.len() {
                break;
            }
            offset = end;
        }
        let Some(data) = data else {
            return Ok(movie);
        };
        // Data that lost bytes swallows the boxes that follow it.
        let is_lost = if movie.is_fragmented {
            contains(content, data.clone(), FRAGMENT)
        } else {
            movie.description.is_none() && contains(content, data.start..content.len(), MOVIE)
        };
        if is_lost { Err(data.start) } else { Ok(movie) }
    }

    /// Returns whether no other box of the movie need follow.
    fn is_complete(&self) -> bool {
        self.description.is_some() && self.data.is_some() && !self.is_fragmented
    }
}

/// Returns whether a pattern occurs in a part of a file, also between bytes: each character of Base64 that was
/// lost moves what follows by six bits.
fn contains(content: &dyn Content, range: Range<usize>, pattern: [u8; 12]) -> bool {
    let shifted = [0, 2, 4, 6].map(|bits| {
        // The first and the last byte are only complete without a shift, so neither is searched.
        let mut inner = [0; 10];
        for (byte, pair) in inner.iter_mut().zip(pattern.windows(2)) {
            let pair = u16::from_be_bytes([pair[0], pair[1]]);
            *byte = (pair >> bits).to_be_bytes()[1];
        }
        inner
    });
    let finders = shifted.each_ref().map(Finder::new);
    let mut window = vec![0; SEARCH_BYTES];
    // Windows overlap, so that none is missed.
    range
        .clone()
        .step_by(SEARCH_BYTES - pattern.len())
        .any(|offset| {
            let count = content.read_at(offset, &mut window).min(range.end - offset);
            finders
                .iter()
                .any(|finder| finder.find(&window[..count]).is_some())
        })
}

/// Returns the offset of a track's first invalid sample if too many are.
fn first_invalid(track: &Track, is_located: bool, content: &dyn Content) -> Option<usize> {
    let is_valid: fn(&dyn Content, &Range<usize>, usize) -> bool = match track.coding {
        Coding::NalUnits { .. } => has_nal_units,
        Coding::Mpeg4 => {
            |content, sample, _| starts_with(content, sample, [0xFF, 0xFF, 0xFF], [0, 0, 1])
        }
        // The frame marker (VP9 bitstream specification section 6.2).
        Coding::Vp9 => {
            |content, sample, _| starts_with(content, sample, [0xC0, 0, 0], [0x80, 0, 0])
        }
        // A forbidden bit and a reserved one (AV1 bitstream specification section 5.3.2).
        Coding::Av1 => |content, sample, _| starts_with(content, sample, [0x81, 0, 0], [0; 3]),
        _ => return None,
    };
    let length_bytes = match track.coding {
        Coding::NalUnits { length_bytes } => length_bytes,
        _ => 0,
    };
    let first = track.samples.first()?;
    // Editors move media data without adjusting the offsets, and other codings have the same sample entry.
    let is_expected = match track.coding {
        Coding::NalUnits { .. } => is_located || is_valid(content, first, length_bytes),
        _ => is_valid(content, first, length_bytes),
    };
    if !is_expected {
        return None;
    }
    let (mut examined, mut invalid, mut first) = (0, 0, None);
    for sample in &track.samples {
        if sample.is_empty() || sample.end > content.len() {
            continue;
        }
        examined += 1;
        if !is_valid(content, sample, length_bytes) {
            invalid += 1;
            first = first.or(Some(sample.start));
        }
    }
    let is_damaged = invalid >= MIN_INVALID.max(examined / MIN_INVALID_SHARE);
    first.filter(|_| is_damaged)
}

/// Returns whether the lengths of the NAL units lead to the end of a sample (ISO/IEC 14496-15 section 5.3.3).
fn has_nal_units(content: &dyn Content, sample: &Range<usize>, length_bytes: usize) -> bool {
    let mut offset = sample.start;
    for _ in 0..MAX_UNITS {
        let mut bytes = [0; 4];
        // Too few bytes for a length are padding.
        let Some(window) = bytes
            .get_mut(4 - length_bytes..)
            .filter(|_| sample.end - offset >= length_bytes)
        else {
            return true;
        };
        content.read_at(offset, window);
        // Some recorders write start codes in place of lengths. Players support them.
        if bytes == [0, 0, 0, 1] {
            return true;
        }
        let length = usize::try_from(u32::from_be_bytes(bytes)).unwrap_or(usize::MAX);
        // Zeros may follow a unit as padding.
        if length == 0 && offset == sample.start {
            return false;
        }
        match (offset + length_bytes).checked_add(length) {
            Some(end) if end <= sample.end => offset = end,
            _ => return false,
        }
    }
    true
}

/// Returns whether a sample begins with these bits. A smaller one stands for a frame that was left out, and zeros
/// for a part of the file that a program has not downloaded.
fn starts_with(content: &dyn Content, sample: &Range<usize>, mask: [u8; 3], bits: [u8; 3]) -> bool {
    let mut bytes = [0; 3];
    content.read_at(sample.start, &mut bytes);
    let is_absent = sample.len() <= bytes.len() || bytes == [0; 3];
    is_absent || (0..3).all(|index| bytes[index] & mask[index] == bits[index])
}
