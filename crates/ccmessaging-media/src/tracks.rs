//! Describes the tracks of a movie: how they are coded, and where some of their samples are.
//!
//! Sources: ISO/IEC 14496-12 chapter 8 (boxes) and 14496-15 sections 5.3.3 and 8.3.3 (H.264 and HEVC).

use std::ops::Range;

use crate::mp4::{BoxAt, Boxes, InvalidBox, SampleTables};

/// The boxes of a movie box that consist of boxes alone.
const CONTAINERS: [[u8; 4]; 7] = [
    *b"trak", *b"mdia", *b"minf", *b"stbl", *b"dinf", *b"edts", *b"mvex",
];

/// The maximum number of boxes whose children are read. Each track has five.
const MAX_CONTAINERS: usize = 256;

/// The maximum number of tracks that are described.
const MAX_TRACKS: usize = 8;

/// The maximum number of a track's samples that are located: 18 minutes of video at 60 frames per second.
const MAX_LOCATED: usize = 65_536;

/// The maximum number of samples of a track.
const MAX_SAMPLES: usize = 256;

/// The fields of a video description, before its extensions.
const VIDEO_BYTES: usize = 78;

/// A track of a movie.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Track {
    /// How all samples are coded.
    pub coding: Coding,
    /// The byte ranges in the file of samples that are spread over the track, the first one included.
    /// They may extend past the end of the file.
    pub samples: Vec<Range<usize>>,
}

/// How the samples of a track are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Coding {
    /// H.264 or HEVC: each sample consists of NAL units.
    NalUnits {
        /// The size of the length before each unit, in bytes.
        length_bytes: usize,
    },
    /// MPEG-4 part 2.
    Mpeg4,
    /// VP9.
    Vp9,
    /// AV1.
    Av1,
    /// Any other coding, encryption, or more than one coding.
    Other,
}

/// Reads the movie box, `moov`.
///
/// At most eight tracks are described, each with at most 256 samples. A description that is cut off has no
/// tracks, and one of a fragmented movie has tracks without samples.
///
/// # Errors
///
/// Returns the offset in `moov` of a box that exceeds its parent or has an invalid length. In a description that
/// is cut off, a box whose type is not printable is an error, too.
pub fn read(moov: &[u8]) -> Result<Vec<Track>, usize> {
    read_boxes(moov).map_err(|invalid| invalid.position)
}

fn read_boxes(file: &[u8]) -> Result<Vec<Track>, InvalidBox> {
    let mut tracks = Vec::new();
    let Some(moov) = Boxes::of_file(file).next().transpose()? else {
        return Ok(tracks);
    };
    let is_truncated = moov.is_truncated;
    let mut containers = vec![moov];
    let mut next = 0;
    while let Some(parent) = containers.get(next) {
        let mut children = parent.children_up_to_cut(file);
        let mut found = Vec::new();
        for child in &mut children {
            let child = child?;
            // Boxes of a length that exceeds the file are not cut off if they are none.
            if parent.is_truncated && !has_printable_type(&child) {
                return Err(child.invalid());
            }
            let is_container = CONTAINERS.contains(&child.kind);
            if is_container && containers.len() + found.len() < MAX_CONTAINERS {
                found.push(child);
            }
        }
        // Writers end a list of boxes with zeros.
        let rest = children.rest();
        let is_padding = file[rest.clone()].iter().all(|&byte| byte == 0);
        if !is_padding && !parent.is_truncated {
            return Err(InvalidBox {
                position: rest.start,
            });
        }
        containers.extend(found);
        next += 1;
    }
    if is_truncated {
        return Ok(tracks);
    }
    let found = containers.iter().filter(|found| found.kind == *b"trak");
    for trak in found.take(MAX_TRACKS) {
        tracks.extend(read_track(trak, file)?);
    }
    Ok(tracks)
}

/// Returns whether the type is printable, as those of boxes with boxes in a movie box are.
fn has_printable_type(found: &BoxAt) -> bool {
    found
        .kind
        .iter()
        .all(|byte| matches!(byte, b' '..=b'~' | 0xA9))
}

fn read_track(trak: &BoxAt, file: &[u8]) -> Result<Option<Track>, InvalidBox> {
    let Some(stbl) = trak.descendant(file, &[*b"mdia", *b"minf", *b"stbl"])? else {
        return Ok(None);
    };
    let coding = match stbl.child(file, *b"stsd")? {
        Some(stsd) => coding(&stsd, file).unwrap_or(Coding::Other),
        None => Coding::Other,
    };
    let tables = SampleTables::read(&stbl, file)?;
    let tables = tables.filter(|tables| !tables.has_nominal_sizes());
    let samples = tables.map_or_else(Vec::new, |tables| spread(&tables));
    Ok(Some(Track { coding, samples }))
}

/// Returns the coding that the only description of a track states.
fn coding(stsd: &BoxAt, file: &[u8]) -> Option<Coding> {
    let stsd = stsd.without_count();
    let mut entries = stsd.children(file);
    let entry = entries.next()?.ok()?;
    if entries.next().is_some() {
        return None;
    }
    let configuration = |kind| {
        let mut extensions = entry.clone();
        extensions.payload.start += VIDEO_BYTES;
        if extensions.payload.is_empty() {
            return None;
        }
        let found = extensions.child(file, kind).ok()??;
        file.get(found.payload)
    };
    let nal_units = |lengths: &u8| Coding::NalUnits {
        length_bytes: usize::from(lengths & 3) + 1,
    };
    match &entry.kind {
        b"avc1" | b"avc3" => configuration(*b"avcC")?.get(4).map(nal_units),
        b"hvc1" | b"hev1" => configuration(*b"hvcC")?.get(21).map(nal_units),
        b"mp4v" => Some(Coding::Mpeg4),
        b"vp09" => Some(Coding::Vp9),
        b"av01" => Some(Coding::Av1),
        _ => None,
    }
}

/// Returns every sample of a short track, and every second, fourth ... one of a longer track. Samples after
/// a contradiction in the tables are missing.
fn spread(tables: &SampleTables) -> Vec<Range<usize>> {
    let mut samples = Vec::new();
    let mut step = 1;
    let mut located = 0;
    // An error ends the iteration.
    let _ = tables.for_each_sample(|range, _| {
        if located == MAX_LOCATED {
            return Err(tables.invalid);
        }
        if located % step == 0 {
            if samples.len() == MAX_SAMPLES {
                let mut is_kept = false;
                samples.retain(|_| {
                    is_kept = !is_kept;
                    is_kept
                });
                step *= 2;
            }
            samples.push(range);
        }
        located += 1;
        Ok(())
    });
    samples
}
