//! The audio track of an MP4.

use std::ops::Range;

use super::edits::{self, TimeScales};
use crate::convert::{Codec, ConvertError};
use crate::mp4::{
    AudioConfig, BoxAt, Defaults, SampleTables, SoundEntry, handler, number_after_dates,
};

/// The only audio track that is played.
pub(super) struct Track<'a> {
    pub(super) id: u32,
    pub(super) config: AudioConfig,
    pub(super) samples: SampleTables<'a>,
    /// The played ranges of media time.
    pub(super) edits: Vec<Range<u64>>,
    /// For the samples of fragments.
    pub(super) defaults: Defaults,
}

impl<'a> Track<'a> {
    pub(super) fn find(moov: &BoxAt, file: &'a [u8]) -> Result<Self, ConvertError> {
        let mut audio = None;
        for found in moov.children(file) {
            let found = found?;
            match &found.kind {
                b"cmov" => return Err(ConvertError::Compressed),
                b"trak" => match handler(&found, file)? {
                    // Video that is not played, such as the pictures of chapters, is ignored.
                    Some(b"vide") if is_enabled(&found, file)? => {
                        return Err(ConvertError::HasVideo);
                    }
                    Some(b"soun") if is_enabled(&found, file)? => {
                        if audio.is_some() {
                            return Err(ConvertError::SeveralTracks);
                        }
                        audio = Some(found);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        let trak = audio.ok_or(ConvertError::NoAudio)?;
        Self::read(moov, &trak, file)
    }

    fn read(moov: &BoxAt, trak: &BoxAt, file: &'a [u8]) -> Result<Self, ConvertError> {
        let damaged = ConvertError::from(trak.invalid());
        let tkhd = trak.child(file, *b"tkhd")?.ok_or(damaged)?;
        let mdia = trak.child(file, *b"mdia")?.ok_or(damaged)?;
        let stbl = mdia.descendant(file, &[*b"minf", *b"stbl"])?;
        let stbl = stbl.ok_or(damaged)?;
        let stsd = stbl.child(file, *b"stsd")?.ok_or(damaged)?;
        let samples = SampleTables::read_all(&stbl, file)?;
        if samples.has_nominal_sizes() {
            return Err(damaged);
        }
        let scale =
            |header: Option<BoxAt>| header.and_then(|header| number_after_dates(&header, file));
        let scales = TimeScales {
            movie: scale(moov.child(file, *b"mvhd")?).ok_or(damaged)?,
            media: scale(mdia.child(file, *b"mdhd")?).ok_or(damaged)?,
        };
        let elst = trak.descendant(file, &[*b"edts", *b"elst"])?;
        let id = number_after_dates(&tkhd, file).ok_or(damaged)?;
        Ok(Self {
            id,
            config: configuration(&stsd, file)?,
            samples,
            edits: edits::read(elst.as_ref(), file, scales)?,
            defaults: Defaults::of_movie(moov, id, file)?,
        })
    }
}

fn is_enabled(trak: &BoxAt, file: &[u8]) -> Result<bool, ConvertError> {
    let tkhd = trak.child(file, *b"tkhd")?;
    let flags = tkhd.and_then(|tkhd| file[tkhd.payload].get(3));
    Ok(flags.is_some_and(|flags| flags & 1 == 1))
}

/// Reads the only sample description.
fn configuration(stsd: &BoxAt, file: &[u8]) -> Result<AudioConfig, ConvertError> {
    let damaged = ConvertError::from(stsd.invalid());
    let mut entries = stsd.without_count().children(file);
    let entry = entries.next().ok_or(damaged)??;
    if entries.next().is_some() {
        return Err(ConvertError::Edited);
    }
    if entry.kind != *b"mp4a" {
        let codec = Codec::of_entry(entry.kind);
        return Err(ConvertError::Audio { codec });
    }
    let SoundEntry { stream, .. } = SoundEntry::read(&entry, file)?;
    if !stream.is_aac() {
        let codec = Codec::of_object_type(stream.object_type);
        return Err(ConvertError::Audio { codec });
    }
    AudioConfig::read(stream.configuration).ok_or(damaged)
}
