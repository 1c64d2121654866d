//! Which tracks of a film are shown, and which bytes of the file they use.

use std::ops::Range;

use super::boxes::{BoxAt, Boxes, damaged};
use super::editor::Editor;
use super::samples;
use crate::metadata::{Kind, MetadataError};

pub(super) struct Tracks {
    /// Identifiers of the tracks that are neither picture nor sound, in order.
    hidden: Vec<u32>,
    /// The samples of picture and sound, in order and without overlap; `None` where they are not
    /// known: in a fragmented film, one without description, and one whose tables say too little.
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
        // Where the row of boxes is broken, readers stop too.
        for found in Boxes::of_file(file).map_while(Result::ok) {
            has_media |= matches!(&found.kind, b"moov" | b"moof" | b"mdat");
            match &found.kind {
                b"moof" => tracks.used = None,
                b"moov" => {
                    has_description = true;
                    tracks.survey_moov(&found, file, &mut first_hidden)?;
                }
                _ => {}
            }
        }
        if !has_media {
            return Err(damaged(file.len()));
        }
        if !has_description {
            tracks.used = None;
        }
        tracks.hidden.sort_unstable();
        match (&mut tracks.used, first_hidden) {
            (Some(used), _) => in_order_without_overlap(used),
            (None, Some(position)) => return Err(MetadataError::Interwoven { position }),
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

    fn add_samples(
        &mut self,
        trak: &BoxAt,
        file: &[u8],
        is_sound: bool,
    ) -> Result<(), MetadataError> {
        if let Some(used) = &mut self.used
            && samples::add(trak, file, is_sound, used)?.is_none()
        {
            self.used = None;
        }
        Ok(())
    }

    /// Whether it is known which bytes of the file are picture and sound.
    pub(super) fn knows_its_data(&self) -> bool {
        self.used.is_some()
    }

    /// Whether any byte of a range is picture or sound.
    pub(super) fn uses(&self, range: Range<usize>) -> bool {
        self.used_in(&range).next().is_some()
    }

    /// Whether a track is one of those that go.
    pub(super) fn hides(&self, track_id: u32) -> bool {
        self.hidden.binary_search(&track_id).is_ok()
    }

    /// Clears what is neither picture nor sound in a range; all of it where that is not known.
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

    /// The samples that reach into a range.
    fn used_in(&self, range: &Range<usize>) -> impl Iterator<Item = &Range<usize>> {
        let used = self.used.as_deref().unwrap_or_default();
        let first = used.partition_point(|samples| samples.end <= range.start);
        let end = range.end;
        used[first..]
            .iter()
            .take_while(move |samples| samples.start < end)
    }
}

/// What a track is there for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Picture, or MPEG-4 Systems' description of picture and sound.
    Picture,
    Sound,
    Hidden,
}

impl Role {
    pub(super) fn of(trak: &BoxAt, file: &[u8]) -> Result<Self, MetadataError> {
        let handler = trak.descendant(file, &[*b"mdia", *b"hdlr"])?;
        // Behind version, flags and a field that is not used (section 8.4.3).
        let handler = handler.and_then(|hdlr| file[hdlr.payload].get(8..12));
        match handler {
            Some(b"vide" | b"odsm" | b"sdsm") => Ok(Self::Picture),
            Some(b"soun") => Ok(Self::Sound),
            Some(_) => Ok(Self::Hidden),
            None => Err(damaged(trak.start)),
        }
    }
}

/// Section 8.3.2: behind the dates, which have 64 bits in version 1.
fn track_id(trak: &BoxAt, file: &[u8]) -> Result<Option<u32>, MetadataError> {
    Ok(trak.child(file, *b"tkhd")?.and_then(|tkhd| {
        let payload = &file[tkhd.payload];
        let offset = if payload.first() == Some(&1) { 20 } else { 12 };
        let &id = payload.get(offset..)?.first_chunk()?;
        Some(u32::from_be_bytes(id))
    }))
}

fn in_order_without_overlap(ranges: &mut Vec<Range<usize>>) {
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
