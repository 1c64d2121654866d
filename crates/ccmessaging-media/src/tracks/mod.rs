//! Describes the tracks of a movie: how they are coded, and where some of their samples are.
//!
//! Source: ISO/IEC 14496-12 chapter 8 (boxes).

mod coding;
mod spread;

use std::ops::Range;

use crate::mp4::{BoxAt, Boxes, Defaults, Fragments, InvalidBox, SampleTables, number_after_dates};
pub use coding::Coding;
use spread::Spread;

/// The boxes of a movie box that consist of boxes alone.
const CONTAINERS: [[u8; 4]; 7] = [
    *b"trak", *b"mdia", *b"minf", *b"stbl", *b"dinf", *b"edts", *b"mvex",
];

/// The maximum number of boxes whose children are read. Each track has five.
const MAX_CONTAINERS: usize = 256;

/// The maximum number of tracks that are described.
const MAX_TRACKS: usize = 8;

/// A track of a movie.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Track {
    /// How all samples are coded.
    pub coding: Coding,
    /// The byte ranges in the file of samples that are spread over the track, the first one included.
    /// They may extend past the end of the file.
    pub samples: Vec<Range<usize>>,
    /// Whether the movie box has all tables that locate samples, none of them cut off, or need not have them
    /// because the samples are in fragments or because there are none.
    pub has_tables: bool,
    id: Option<u32>,
    defaults: Defaults,
}

impl Track {
    /// Returns the track with its samples in a fragment, `moof`, in place of those that the movie box locates.
    /// `offset` is where the fragment is in the file.
    ///
    /// Samples after a contradiction in the fragment are missing, and so are those whose offset depends on the
    /// samples of another track.
    #[must_use]
    pub fn in_fragment(&self, moof: &[u8], offset: usize) -> Self {
        let mut samples = Spread::default();
        if let (Some(id), Some(Ok(found))) = (self.id, Boxes::of_file(moof).next()) {
            let mut fragments = Fragments {
                id,
                defaults: self.defaults,
                file: moof,
                offset,
                time: 0,
            };
            // An error ends the iteration.
            let _ = fragments.for_each_sample(&found, &mut |range, _, _| {
                samples.add(range, found.invalid())
            });
        }
        Self {
            samples: samples.samples,
            ..*self
        }
    }
}

/// Reads the movie box, `moov`.
///
/// At most eight tracks are described, each with at most 256 samples. A description that is cut off has no
/// tracks, and one of a fragmented movie has tracks without samples: see [`Track::in_fragment`].
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
        tracks.push(read_track(&containers[0], trak, file)?);
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

fn read_track(moov: &BoxAt, trak: &BoxAt, file: &[u8]) -> Result<Track, InvalidBox> {
    let tkhd = trak.child(file, *b"tkhd")?;
    let id = tkhd.and_then(|tkhd| number_after_dates(&tkhd, file));
    let mut found = Track {
        coding: Coding::Other,
        samples: Vec::new(),
        has_tables: moov.child(file, *b"mvex")?.is_some(),
        id,
        defaults: id
            .and_then(|id| Defaults::of_movie(moov, id, file).ok())
            .unwrap_or_default(),
    };
    let Some(stbl) = trak.descendant(file, &[*b"mdia", *b"minf", *b"stbl"])? else {
        return Ok(found);
    };
    if let Some(stsd) = stbl.child(file, *b"stsd")? {
        found.coding = coding::read(&stsd, file).unwrap_or(Coding::Other);
    }
    let tables = SampleTables::read(&stbl, file)?;
    // An empty `stbl` has no samples (section 8.5.1), and `stz2` may have sizes that are not supported.
    found.has_tables |=
        tables.is_some() || stbl.payload.is_empty() || stbl.child(file, *b"stz2")?.is_some();
    if let Some(tables) = tables.filter(|tables| !tables.has_nominal_sizes()) {
        found.samples = spread::of_tables(&tables);
    }
    Ok(found)
}
