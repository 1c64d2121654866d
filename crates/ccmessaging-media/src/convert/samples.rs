//! Reads sample tables: where a track's samples are in the file (ISO/IEC 14496-12 sections 8.6 and 8.7).

use std::ops::Range;

use super::ConvertError;
use crate::mp4::BoxAt;

/// The sample tables of a track.
pub(super) struct SampleTables<'a> {
    /// The byte offset of the track's `stbl` box, for errors.
    position: usize,
    sizes: Sizes<'a>,
    /// First chunk (from 1), samples per chunk, description.
    runs: &'a [[u8; 12]],
    offsets: Offsets<'a>,
    /// Sample count and duration of each.
    durations: &'a [[u8; 8]],
}

/// A run of consecutive samples.
struct Chunk {
    /// The offset of the first byte in the file.
    start: usize,
    samples: u32,
}

#[derive(Clone)]
enum Sizes<'a> {
    Same { size: u32, remaining: u32 },
    Each32(&'a [[u8; 4]]),
    Each16(&'a [[u8; 2]]),
    Each8(&'a [u8]),
}

#[derive(Clone, Copy)]
enum Offsets<'a> {
    Short(&'a [[u8; 4]]),
    Long(&'a [[u8; 8]]),
}

impl<'a> SampleTables<'a> {
    pub(super) fn read(stbl: &BoxAt, file: &'a [u8]) -> Result<Self, ConvertError> {
        let position = stbl.start;
        let damaged = ConvertError::Damaged { position };
        let (mut sizes, mut runs, mut offsets, mut durations) = (None, None, None, None);
        for found in stbl.children(file) {
            let found = found?;
            let payload = &file[found.payload];
            match &found.kind {
                b"stsz" => sizes = Sizes::read_stsz(payload),
                b"stz2" => sizes = Sizes::read_stz2(payload),
                b"stsc" => runs = entries(payload),
                b"stco" => offsets = entries(payload).map(Offsets::Short),
                b"co64" => offsets = entries(payload).map(Offsets::Long),
                b"stts" => durations = entries(payload),
                _ => {}
            }
        }
        Ok(Self {
            position,
            sizes: sizes.ok_or(damaged)?,
            runs: runs.ok_or(damaged)?,
            offsets: offsets.ok_or(damaged)?,
            durations: durations.ok_or(damaged)?,
        })
    }

    pub(super) fn damaged(&self) -> ConvertError {
        let position = self.position;
        ConvertError::Damaged { position }
    }

    /// Returns the number of chunks.
    pub(super) fn chunk_count(&self) -> usize {
        match self.offsets {
            Offsets::Short(offsets) => offsets.len(),
            Offsets::Long(offsets) => offsets.len(),
        }
    }

    /// Returns whether the common sample size is only nominal, as in `QuickTime`'s first sound
    /// descriptions, whose "samples" are those of the decoded sound.
    pub(super) fn has_nominal_sizes(&self) -> bool {
        matches!(self.sizes, Sizes::Same { size: 1, .. })
    }

    /// Iterates over the chunks. Ends after an error.
    fn chunks(&self) -> impl Iterator<Item = Result<Chunk, ConvertError>> {
        let mut runs = self
            .runs
            .iter()
            .map(|run| (number(&run[..4]), number(&run[4..8])));
        let mut next_run = runs.next();
        let mut samples = None;
        (0..self.chunk_count()).map(move |index| {
            while let Some((first, count)) = next_run
                && usize::try_from(first).is_ok_and(|first| first <= index + 1)
            {
                samples = Some(count);
                next_run = runs.next();
            }
            let start = match self.offsets {
                Offsets::Short(offsets) => usize::try_from(u32::from_be_bytes(offsets[index])),
                Offsets::Long(offsets) => usize::try_from(u64::from_be_bytes(offsets[index])),
            };
            match (start, samples) {
                (Ok(start), Some(samples)) => Ok(Chunk { start, samples }),
                _ => Err(self.damaged()),
            }
        })
    }

    /// Iterates over the byte ranges of the chunks. They are not checked against the file's length.
    pub(super) fn chunk_ranges(&self) -> impl Iterator<Item = Result<Range<usize>, ConvertError>> {
        let mut sizes = self.sizes.clone();
        self.chunks().map(move |chunk| {
            let Chunk { start, samples } = chunk?;
            let length = sizes.take(samples);
            let end = length.and_then(|length| start.checked_add(usize::try_from(length).ok()?));
            Ok(start..end.ok_or_else(|| self.damaged())?)
        })
    }

    /// Calls `visit` with the byte range and the duration of each sample, in decoding order. The ranges
    /// are not checked against the file's length.
    pub(super) fn for_each_sample(
        &self,
        mut visit: impl FnMut(Range<usize>, u32) -> Result<(), ConvertError>,
    ) -> Result<(), ConvertError> {
        let mut sizes = self.sizes.clone();
        let mut durations = self.durations.iter();
        let (mut same, mut duration) = (0, 0);
        for chunk in self.chunks() {
            let Chunk { mut start, samples } = chunk?;
            for _ in 0..samples {
                let size = sizes.take(1).and_then(|size| usize::try_from(size).ok());
                let end = size.and_then(|size| start.checked_add(size));
                let end = end.ok_or_else(|| self.damaged())?;
                while same == 0 {
                    let next = durations.next().ok_or_else(|| self.damaged())?;
                    (same, duration) = (number(&next[..4]), number(&next[4..]));
                }
                same -= 1;
                visit(start..end, duration)?;
                start = end;
            }
        }
        Ok(())
    }
}

/// Splits a table into its entries. They follow version, flags and their count.
pub(super) fn entries<const N: usize>(payload: &[u8]) -> Option<&[[u8; N]]> {
    let count = usize::try_from(u32::from_be_bytes(*payload.get(4..)?.first_chunk()?)).ok()?;
    let (entries, _) = payload[8..].as_chunks();
    entries.get(..count)
}

/// Reads a 32-bit number from the start of a slice of at least four bytes.
fn number(bytes: &[u8]) -> u32 {
    bytes
        .first_chunk()
        .map_or(0, |&bytes| u32::from_be_bytes(bytes))
}

impl<'a> Sizes<'a> {
    /// Reads `stsz` (section 8.7.3.2): a common size, or 0 and the size of each sample.
    fn read_stsz(payload: &'a [u8]) -> Option<Self> {
        match number(payload.get(4..8)?) {
            0 => entries(&payload[4..]).map(Self::Each32),
            size => Some(Self::Same {
                size,
                remaining: number(payload.get(8..12)?),
            }),
        }
    }

    /// Reads `stz2` (section 8.7.3.3) with sizes of 8 or 16 bits; sizes of 4 bits are not supported.
    fn read_stz2(payload: &'a [u8]) -> Option<Self> {
        match payload.get(7)? {
            8 => {
                let count = usize::try_from(number(payload.get(8..12)?)).ok()?;
                payload.get(12..)?.get(..count).map(Self::Each8)
            }
            16 => entries(&payload[4..]).map(Self::Each16),
            _ => None,
        }
    }

    /// Returns the total size of the next samples; `None` if there are fewer.
    fn take(&mut self, samples: u32) -> Option<u64> {
        let count = usize::try_from(samples).ok()?;
        match self {
            Self::Same { size, remaining } => {
                *remaining = remaining.checked_sub(samples)?;
                Some(u64::from(*size) * u64::from(samples))
            }
            Self::Each32(sizes) => Some(
                sizes
                    .split_off(..count)?
                    .iter()
                    .map(|&size| u64::from(u32::from_be_bytes(size)))
                    .sum(),
            ),
            Self::Each16(sizes) => Some(
                sizes
                    .split_off(..count)?
                    .iter()
                    .map(|&size| u64::from(u16::from_be_bytes(size)))
                    .sum(),
            ),
            Self::Each8(sizes) => Some(
                sizes
                    .split_off(..count)?
                    .iter()
                    .map(|&size| u64::from(size))
                    .sum(),
            ),
        }
    }
}
