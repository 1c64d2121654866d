//! Finds the tracks that are shown, and the bytes of the file that they use.

use std::ops::Range;

use super::editor::Editor;
use super::samples;
use crate::metadata::{Kind, MetadataError};
use crate::mp4::{BoxAt, Boxes, InvalidBox};

/// The tracks of a file.
pub(super) struct Tracks {
    /// Identifiers of the tracks other than picture and sound, sorted.
    hidden: Vec<u32>,
    /// The byte ranges of picture and sound samples, sorted and merged. `None` if they are not known:
    /// the file is fragmented, or its sample tables are incomplete.
    used: Option<Vec<Range<usize>>>,
}

impl Tracks {
    /// Reads the descriptions of all tracks.
    pub(super) fn survey(file: &[u8]) -> Result<Self, MetadataError> {
        let mut tracks = Self {
            hidden: Vec::new(),
            used: Some(Vec::new()),
        };
        let mut has_description = false;
        let mut has_media = false;
        let mut first_hidden = None;
        // Readers stop at an invalid box too.
        for found in Boxes::of_file(file).map_while(Result::ok) {
            has_media |= found.kind == *b"mdat" || found.is_truncated;
            has_description |= matches!(&found.kind, b"moov" | b"moof");
            match &found.kind {
                b"moof" => tracks.used = None,
                b"moov" if found.is_truncated => {
                    let position = found.start;
                    return Err(MetadataError::Truncated { position });
                }
                b"moov" => tracks.survey_moov(&found, file, &mut first_hidden)?,
                _ => {}
            }
        }
        let position = file.len();
        match (has_description, has_media) {
            (true, _) => {}
            (false, true) => return Err(MetadataError::Truncated { position }),
            (false, false) => return Err(InvalidBox { position }.into()),
        }
        tracks.hidden.sort_unstable();
        match (&mut tracks.used, first_hidden) {
            (Some(used), _) => sort_and_merge(used),
            (None, Some(position)) => return Err(MetadataError::UnremovableTrack { position }),
            (None, None) => {}
        }
        Ok(tracks)
    }

    fn survey_moov(
        &mut self,
        moov: &BoxAt,
        file: &[u8],
        first_hidden: &mut Option<usize>,
    ) -> Result<(), MetadataError> {
        for found in moov.children(file) {
            let found = found?;
            match &found.kind {
                b"cmov" => {
                    return Err(MetadataError::Compressed {
                        position: found.start,
                    });
                }
                b"mvex" => self.used = None,
                b"trak" => match Role::of(&found, file)? {
                    Role::Hidden => {
                        first_hidden.get_or_insert(found.start);
                        self.hidden.extend(track_id(&found, file)?);
                    }
                    shown => self.add_samples(&found, file, shown == Role::Sound)?,
                },
                _ => {}
            }
        }
        Ok(())
    }

    fn add_samples(&mut self, trak: &BoxAt, file: &[u8], is_sound: bool) -> Result<(), InvalidBox> {
        if let Some(used) = &mut self.used
            && samples::add(trak, file, is_sound, used)?.is_none()
        {
            self.used = None;
        }
        Ok(())
    }

    /// Returns whether the byte ranges of all picture and sound samples are known.
    pub(super) fn samples_are_known(&self) -> bool {
        self.used.is_some()
    }

    /// Returns whether any byte of a range belongs to a picture or sound sample.
    pub(super) fn uses(&self, range: Range<usize>) -> bool {
        self.used_in(&range).next().is_some()
    }

    /// Returns whether a track is removed.
    pub(super) fn hides(&self, track_id: u32) -> bool {
        self.hidden.binary_search(&track_id).is_ok()
    }

    /// Clears the bytes of a range that belong to no sample; the whole range if the samples are not known.
    pub(super) fn clear_unused(&self, range: Range<usize>, kind: Kind, editor: &mut Editor<'_>) {
        let mut at = range.start;
        for samples in self.used_in(&range) {
            if at < samples.start {
                editor.clear(at..samples.start, kind);
            }
            at = samples.end;
        }
        if at < range.end {
            editor.clear(at..range.end, kind);
        }
    }

    /// Iterates over the sample ranges that overlap a range.
    fn used_in(&self, range: &Range<usize>) -> impl Iterator<Item = &Range<usize>> {
        let used = self.used.as_deref().unwrap_or_default();
        let first = used.partition_point(|samples| samples.end <= range.start);
        let end = range.end;
        used[first..]
            .iter()
            .take_while(move |samples| samples.start < end)
    }
}

/// The role of a track.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Picture, or an MPEG-4 Systems description of picture and sound.
    Picture,
    Sound,
    /// Anything else, such as subtitles or GPS: removed.
    Hidden,
}

impl Role {
    pub(super) fn of(trak: &BoxAt, file: &[u8]) -> Result<Self, InvalidBox> {
        let handler = trak.descendant(file, &[*b"mdia", *b"hdlr"])?;
        // The handler type follows version, flags and an unused field (section 8.4.3).
        let handler = handler.and_then(|hdlr| file[hdlr.payload].get(8..12));
        match handler {
            Some(b"vide" | b"odsm" | b"sdsm") => Ok(Self::Picture),
            Some(b"soun") => Ok(Self::Sound),
            Some(_) => Ok(Self::Hidden),
            None => Err(InvalidBox {
                position: trak.start,
            }),
        }
    }
}

/// Reads the track's identifier, which follows the dates (section 8.3.2); these have 64 bits in version 1.
fn track_id(trak: &BoxAt, file: &[u8]) -> Result<Option<u32>, InvalidBox> {
    Ok(trak.child(file, *b"tkhd")?.and_then(|tkhd| {
        let payload = &file[tkhd.payload];
        let offset = if payload.first() == Some(&1) { 20 } else { 12 };
        let &id = payload.get(offset..)?.first_chunk()?;
        Some(u32::from_be_bytes(id))
    }))
}

fn sort_and_merge(ranges: &mut Vec<Range<usize>>) {
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
    ranges.shrink_to_fit();
}
