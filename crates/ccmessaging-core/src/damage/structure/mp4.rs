//! MP4: the chain of boxes (ISO/IEC 14496-12 section 4.2), and the samples that the movie box or the last fragment
//! locates.
//!
//! A program that loses or inserts bytes does not adjust the lengths and offsets in the file. Then the boxes
//! after the media data, or the samples in it, are no longer where they should be.

use std::ops::Range;

use ccmessaging_media::tracks::{self, Coding, Track};
use memchr::memmem::Finder;

use super::unfilled;
use crate::content::Content;
use crate::sniff::mp4::BoxHeader;

/// The maximum number of top-level boxes. Fragmented movies have two for each fragment.
const MAX_BOXES: usize = 4096;

/// The size up to which a movie box or a fragment is read. It grows by about ten bytes for each frame.
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
        None => movie.fragment.is_some(),
    };
    if let Some(start) = unfilled::start(content).filter(|start| !is_filled(start)) {
        return Some(start);
    }
    let moov = movie.description?;
    let tracks = match tracks::read(&read(content, &moov)?) {
        Ok(tracks) => tracks,
        Err(offset) => return Some(moov.start + offset),
    };
    let have_tables = tracks.iter().all(|track| track.has_tables);
    if moov.end < content.len() && movie.fragment.is_none() && !have_tables {
        return Some(moov.start);
    }
    first_invalid(&tracks, movie.data, content).or_else(|| {
        // Bytes that an earlier fragment lost break the chain of boxes, so the last one is enough.
        let range = movie.fragment?;
        let fragment = read(content, &range)?;
        let in_fragment = |track: &Track| track.in_fragment(&fragment, range.start);
        let tracks: Vec<Track> = tracks.iter().map(in_fragment).collect();
        first_invalid(&tracks, movie.fragment_data, content)
    })
}

/// Reads a box unless it is too long.
fn read(content: &dyn Content, range: &Range<usize>) -> Option<Vec<u8>> {
    if range.len() > MAX_DESCRIPTION_BYTES {
        return None;
    }
    let mut bytes = vec![0; range.len()];
    let count = content.read_at(range.start, &mut bytes);
    bytes.truncate(count);
    Some(bytes)
}

/// The top-level boxes of a file.
#[derive(Default)]
struct Movie {
    /// Where the description is, as far as it is in the file.
    description: Option<Range<usize>>,
    /// Where the media data begins.
    data: Option<usize>,
    /// Where the last fragment is, as far as it is in the file.
    fragment: Option<Range<usize>>,
    /// Where the media data after it begins.
    fragment_data: Option<usize>,
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
            // Writers pad files with zeros, but not in place of the description, nor between boxes.
            if start == [0; 8]
                && (movie.description.is_some() || movie.fragment.is_some())
                && (movie.is_complete() || unfilled::zeros_at_end(content) <= offset)
            {
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
                b"moof" => {
                    movie.fragment = Some(offset..end);
                    movie.fragment_data = None;
                }
                b"mdat" if !is_empty_data => {
                    data = Some(offset..end);
                    let start = offset + header.header_length;
                    movie.data.get_or_insert(start);
                    movie.fragment_data.get_or_insert(start);
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
        let is_lost = if movie.fragment.is_some() {
            contains(content, data.clone(), FRAGMENT)
        } else {
            movie.description.is_none() && contains(content, data.start..content.len(), MOVIE)
        };
        if is_lost { Err(data.start) } else { Ok(movie) }
    }

    /// Returns whether no other box of the movie need follow.
    fn is_complete(&self) -> bool {
        self.description.is_some() && self.data.is_some() && self.fragment.is_none()
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

/// Returns the offset of the first invalid sample of a track that has too many. `data` is where the media data begins.
fn first_invalid(tracks: &[Track], data: Option<usize>, content: &dyn Content) -> Option<usize> {
    let starts = tracks.iter().filter_map(|track| track.samples.first());
    let start = starts.map(|sample| sample.start).min();
    // The media data begins with a sample.
    let is_located = start.is_some() && start == data;
    tracks
        .iter()
        .find_map(|track| first_invalid_of(track, is_located, content))
}

fn first_invalid_of(track: &Track, is_located: bool, content: &dyn Content) -> Option<usize> {
    let is_valid = |sample: &Range<usize>| is_valid(content, sample, track.coding);
    // Editors move media data without adjusting the offsets, and other codings have the same sample entry.
    let is_first_valid = is_valid(track.samples.first()?);
    let is_expected = match track.coding {
        Coding::NalUnits { .. } => is_located || is_first_valid,
        // So many bytes may begin a sample that its first one proves nothing.
        Coding::Vp9 | Coding::Av1 | Coding::Aac { .. } | Coding::Mp3 => {
            is_located && is_first_valid
        }
        _ => is_first_valid,
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
        if !is_valid(sample) {
            invalid += 1;
            first = first.or(Some(sample.start));
        }
    }
    let is_damaged = invalid >= MIN_INVALID.max(examined / MIN_INVALID_SHARE);
    first.filter(|_| is_damaged)
}

/// Returns whether a sample begins as its coding requires.
fn is_valid(content: &dyn Content, sample: &Range<usize>, coding: Coding) -> bool {
    if let Coding::NalUnits { length_bytes } = coding {
        return has_nal_units(content, sample, length_bytes);
    }
    let mut first = [0; 3];
    content.read_at(sample.start, &mut first);
    // A smaller sample stands for a frame that was left out.
    if sample.len() <= first.len() {
        return true;
    }
    match coding {
        Coding::Mpeg4 => first == [0, 0, 1],
        // The frame marker (VP9 bitstream specification section 6.2).
        Coding::Vp9 => first[0] & 0xC0 == 0x80,
        // A forbidden bit and a reserved one (AV1 bitstream specification section 5.3.2).
        Coding::Av1 => first[0] & 0x81 == 0,
        Coding::Jpeg => first[..2] == [0xFF, 0xD8],
        // Data, configuration and padding may precede the sound (ISO/IEC 14496-3 section 4.4.2.1).
        Coding::Aac { first_element } => [first_element, 4, 5, 6].contains(&(first[0] >> 5)),
        Coding::Mp3 => first[0] == 0xFF && first[1] & 0xE0 == 0xE0,
        _ => true,
    }
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
