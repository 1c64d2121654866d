//! Finds the tracks that are shown, and the bytes of the file that they use.

use std::ops::Range;

use super::editor::Editor;
use crate::metadata::{MetadataError, MetadataKind};
use crate::mp4::{
    BoxAt, Boxes, InvalidBox, SampleTables, handler, number_after_dates, sort_and_merge,
};

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
            (Some(used), _) => {
                sort_and_merge(used);
                used.shrink_to_fit();
            }
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
                        let tkhd = found.child(file, *b"tkhd")?;
                        let id = tkhd.and_then(|tkhd| number_after_dates(&tkhd, file));
                        self.hidden.extend(id);
                    }
                    shown => {
                        if let Some(used) = &mut self.used
                            && add_samples(&found, file, shown, used)?.is_none()
                        {
                            self.used = None;
                        }
                    }
                },
                _ => {}
            }
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
    pub(super) fn clear_unused(
        &self,
        range: Range<usize>,
        kind: MetadataKind,
        editor: &mut Editor<'_>,
    ) {
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
        match handler(trak, file)? {
            Some(b"vide" | b"odsm" | b"sdsm") => Ok(Self::Picture),
            Some(b"soun") => Ok(Self::Sound),
            Some(_) => Ok(Self::Hidden),
            None => Err(trak.invalid()),
        }
    }
}

/// Adds the byte ranges of a track's chunks, which are runs of samples, to `used`. Returns `None` if they are
/// not known.
fn add_samples(
    trak: &BoxAt,
    file: &[u8],
    role: Role,
    used: &mut Vec<Range<usize>>,
) -> Result<Option<()>, InvalidBox> {
    let Some(stbl) = trak.descendant(file, &[*b"mdia", *b"minf", *b"stbl"])? else {
        return Ok(None);
    };
    // Encrypted samples have auxiliary data elsewhere in the file.
    if stbl.child(file, *b"saio")?.is_some() {
        return Ok(None);
    }
    let Some(tables) = SampleTables::read(&stbl, file)? else {
        return Ok(None);
    };
    if role == Role::Sound && are_sizes_too_small(&tables, &stbl, file)? {
        return Ok(None);
    }
    // Bounds the memory of the list to half of the file's length.
    let max_ranges = file.len() / 2 / size_of::<Range<usize>>();
    Ok(tables.add_chunks(max_ranges, used).ok())
}

/// Returns whether the common sample size is less than a sample of that many channels and
/// bits needs, as in older sound tracks of `QuickTime`.
fn are_sizes_too_small(
    tables: &SampleTables<'_>,
    stbl: &BoxAt,
    file: &[u8],
) -> Result<bool, InvalidBox> {
    let Some(size) = tables.common_size() else {
        return Ok(false);
    };
    let stsd = stbl.child(file, *b"stsd")?;
    // Channel count and sample size of the first sample description (section 12.2.3).
    let format = stsd.and_then(|stsd| file[stsd.payload].get(32..36));
    Ok(format.is_none_or(|format| {
        let [channels, bits] = [[format[0], format[1]], [format[2], format[3]]]
            .map(|number| u64::from(u16::from_be_bytes(number)));
        size < (channels * bits).div_ceil(8)
    }))
}
