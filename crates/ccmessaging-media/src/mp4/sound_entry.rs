//! The sound description `mp4a` of AAC and MP3, as `QuickTime` and MP4 write it.
//!
//! Sources: `QuickTime` File Format, "Sound sample descriptions"; ISO/IEC 14496-12 section 12.2.3.

use super::{AudioConfig, BoxAt, ElementaryStream, InvalidBox};

/// The fields of version 0, before the extensions.
const FIELD_BYTES: usize = 28;

/// A sound description.
pub(crate) struct SoundEntry<'a> {
    /// The number of channels, as a 16-bit field.
    pub(crate) channels: [u8; 2],
    /// The integral part of the sampling rate, as a 16-bit field; 0 if it has more bits.
    pub(crate) rate: [u8; 2],
    /// The payload of `esds`.
    pub(crate) esds: &'a [u8],
    pub(crate) stream: ElementaryStream<'a>,
}

impl<'a> SoundEntry<'a> {
    /// Reads a description of version 0, 1 or 2. `QuickTime` puts `esds` into `wave`.
    pub(crate) fn read(entry: &BoxAt, file: &'a [u8]) -> Result<Self, InvalidBox> {
        let damaged = entry.invalid();
        let payload = &file[entry.payload.clone()];
        let fields: &[u8; FIELD_BYTES] = payload.first_chunk().ok_or(damaged)?;
        let version = u16::from_be_bytes([fields[8], fields[9]]);
        let (added, channels) = match version {
            0 => (0, [fields[16], fields[17]]),
            1 => (16, [fields[16], fields[17]]),
            // The number of channels follows the size of the structure and the sampling rate.
            2 => {
                let channels = payload.get(40..44).and_then(<[u8]>::first_chunk);
                let channels = u32::from_be_bytes(*channels.ok_or(damaged)?);
                let channels = u16::try_from(channels).map_err(|_| damaged)?;
                (36, channels.to_be_bytes())
            }
            _ => return Err(damaged),
        };
        let mut extensions = entry.clone();
        extensions.payload.start += FIELD_BYTES + added;
        if extensions.payload.start > extensions.payload.end {
            return Err(damaged);
        }
        let mut esds = extensions.child(file, *b"esds")?;
        if esds.is_none()
            && let Some(wave) = extensions.child(file, *b"wave")?
        {
            esds = wave.child(file, *b"esds")?;
        }
        let esds = &file[esds.ok_or(damaged)?.payload];
        let stream = ElementaryStream::read(esds).ok_or(damaged)?;
        let rate = if version == 2 {
            let rate = AudioConfig::read(stream.configuration).map_or(0, |config| config.rate);
            u16::try_from(rate).unwrap_or(0).to_be_bytes()
        } else {
            [fields[24], fields[25]]
        };
        Ok(Self {
            channels,
            rate,
            esds,
            stream,
        })
    }
}
