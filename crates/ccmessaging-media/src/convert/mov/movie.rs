//! The movie's description: which tracks remain, and the new `moov`.

use std::ops::Range;

use super::headers::{self, TrackKind};
use super::track::Track;
use crate::convert::ConvertError;
use crate::mp4::{BoxAt, SampleTables, sort_and_merge, write_box};

/// The most tracks. Cameras write fewer than ten.
const MAX_TRACKS: usize = 64;

/// The remaining tracks of a movie.
pub(super) struct Movie {
    mvhd: BoxAt,
    tracks: Vec<Track>,
}

impl Movie {
    pub(super) fn read(moov: &BoxAt, file: &[u8]) -> Result<Self, ConvertError> {
        let mut mvhd = None;
        let mut tracks = Vec::new();
        for found in moov.children(file) {
            let found = found?;
            match &found.kind {
                b"cmov" => return Err(ConvertError::Compressed),
                b"mvex" => return Err(ConvertError::Fragmented),
                // A list of other files.
                b"rmra" => return Err(ConvertError::External),
                b"mvhd" => mvhd = Some(found),
                b"trak" if tracks.len() == MAX_TRACKS => {
                    return Err(found.invalid().into());
                }
                b"trak" => tracks.extend(Track::read(&found, file)?),
                _ => {}
            }
        }
        Ok(Self {
            mvhd: mvhd.ok_or(moov.invalid())?,
            tracks: select(tracks)?,
        })
    }

    /// Returns the byte ranges of the file that the tracks use, in ascending order. They neither overlap nor
    /// touch.
    pub(super) fn used_ranges(&self, file: &[u8]) -> Result<Vec<Range<usize>>, ConvertError> {
        // Bounds the list's memory to the file's length. More ranges would need chunks of less than 16 bytes
        // on average, or chunks that are listed twice, as in crafted files.
        let max_ranges = file.len() / size_of::<Range<usize>>();
        let mut used: Vec<Range<usize>> = Vec::new();
        for track in &self.tracks {
            let table = SampleTables::read_all(&track.stbl, file)?;
            if track.kind == TrackKind::Sound && table.has_nominal_sizes() {
                return Err(table.invalid.into());
            }
            // The last range may grow.
            let first = used.len().saturating_sub(1);
            table.add_chunks(max_ranges, &mut used)?;
            if used[first..].iter().any(|range| range.end > file.len()) {
                return Err(table.invalid.into());
            }
        }
        sort_and_merge(&mut used);
        if used.is_empty() {
            return Err(ConvertError::NoVideo);
        }
        Ok(used)
    }

    /// Writes the new `moov`.
    pub(super) fn write(&self, file: &[u8]) -> Result<Vec<u8>, ConvertError> {
        let mut output = Vec::new();
        write_box(&mut output, *b"moov", |output| {
            headers::write_mvhd(&self.mvhd, file, output)?;
            self.tracks
                .iter()
                .try_for_each(|track| track.write(file, output))
        })?;
        Ok(output)
    }
}

/// Selects the tracks that remain: those that are played. A track that MP4 cannot hold is an error,
/// unless it is not played or another one can be played in its place.
fn select(tracks: Vec<Track>) -> Result<Vec<Track>, ConvertError> {
    let is_played = |kind| {
        let of_kind = |track: &&Track| track.kind == kind && track.description.is_ok();
        tracks.iter().filter(of_kind).any(|track| track.is_enabled)
    };
    let (video, sound) = (is_played(TrackKind::Video), is_played(TrackKind::Sound));
    let alternates: Vec<(TrackKind, u16)> = tracks
        .iter()
        .filter(|track| track.is_enabled && track.description.is_ok())
        .map(|track| (track.kind, track.alternate_group))
        .filter(|&(_, group)| group != 0)
        .collect();
    let mut selected = Vec::new();
    for track in tracks {
        let has_played = match track.kind {
            TrackKind::Video => video,
            TrackKind::Sound => sound,
        };
        match track.description {
            Ok(_) if track.is_enabled || !has_played => selected.push(track),
            Ok(_) => {}
            Err(_) if !track.is_enabled && (has_played || track.kind == TrackKind::Sound) => {}
            Err(_) if alternates.contains(&(track.kind, track.alternate_group)) => {}
            Err(error) => return Err(error),
        }
    }
    if selected.iter().any(|track| track.kind == TrackKind::Video) {
        Ok(selected)
    } else {
        Err(ConvertError::NoVideo)
    }
}
