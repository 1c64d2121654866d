//! The audio track of an MP4.

use super::defaults::Defaults;
use super::edits::{Edits, TimeScales};
use crate::convert::elementary_stream::AudioConfig;
use crate::convert::sound_entry::SoundEntry;
use crate::convert::{Codec, ConvertError};
use crate::mp4::{BoxAt, SampleTables};

/// The only audio track that is played.
pub(super) struct Track<'a> {
    pub(super) id: u32,
    pub(super) config: AudioConfig,
    pub(super) samples: SampleTables<'a>,
    pub(super) edits: Edits,
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
        let position = trak.start;
        let damaged = ConvertError::Damaged { position };
        let tkhd = trak.child(file, *b"tkhd")?.ok_or(damaged)?;
        let mdia = trak.child(file, *b"mdia")?.ok_or(damaged)?;
        let stbl = mdia.descendant(file, &[*b"minf", *b"stbl"])?;
        let stbl = stbl.ok_or(damaged)?;
        let stsd = stbl.child(file, *b"stsd")?.ok_or(damaged)?;
        let samples = SampleTables::read_all(&stbl, file)?;
        if samples.has_nominal_sizes() {
            return Err(damaged);
        }
        let scale = |header: Option<BoxAt>| {
            header.and_then(|header| number_after_dates(&file[header.payload]))
        };
        let scales = TimeScales {
            movie: scale(moov.child(file, *b"mvhd")?).ok_or(damaged)?,
            media: scale(mdia.child(file, *b"mdhd")?).ok_or(damaged)?,
        };
        let elst = trak.descendant(file, &[*b"edts", *b"elst"])?;
        let id = number_after_dates(&file[tkhd.payload]).ok_or(damaged)?;
        Ok(Self {
            id,
            config: configuration(&stsd, file)?,
            samples,
            edits: Edits::read(elst.as_ref(), file, scales)?,
            defaults: Defaults::of_movie(moov, id, file)?,
        })
    }
}

fn handler<'a>(trak: &BoxAt, file: &'a [u8]) -> Result<Option<&'a [u8]>, ConvertError> {
    let hdlr = trak.descendant(file, &[*b"mdia", *b"hdlr"])?;
    Ok(hdlr.and_then(|hdlr| file[hdlr.payload].get(8..12)))
}

fn is_enabled(trak: &BoxAt, file: &[u8]) -> Result<bool, ConvertError> {
    let tkhd = trak.child(file, *b"tkhd")?;
    let flags = tkhd.and_then(|tkhd| file[tkhd.payload].get(3));
    Ok(flags.is_some_and(|flags| flags & 1 == 1))
}

/// Reads the field after a header's two dates, which have 64 bits in version 1.
fn number_after_dates(payload: &[u8]) -> Option<u32> {
    let offset = if payload.first() == Some(&1) { 20 } else { 12 };
    payload
        .get(offset..)?
        .first_chunk()
        .map(|&number| u32::from_be_bytes(number))
}

/// Reads the only sample description.
fn configuration(stsd: &BoxAt, file: &[u8]) -> Result<AudioConfig, ConvertError> {
    let position = stsd.start;
    let damaged = ConvertError::Damaged { position };
    let mut entries = stsd.clone();
    entries.payload.start = entries.payload.end.min(entries.payload.start + 8);
    let mut entries = entries.children(file);
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
