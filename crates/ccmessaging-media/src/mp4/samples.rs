//! Reads sample tables: where a track's samples are in the file (ISO/IEC 14496-12 sections 8.6 and 8.7).

use std::ops::Range;
use std::slice::ChunksExact;

use super::{BoxAt, InvalidBox};

/// The sample tables of a track.
pub(crate) struct SampleTables<'a> {
    /// What contradictions in the tables are reported as.
    pub(crate) invalid: InvalidBox,
    sizes: Sizes<'a>,
    /// First chunk (from 1), samples per chunk, description.
    runs: ChunksExact<'a, u8>,
    /// The file offset of each chunk, which is a run of consecutive samples.
    offsets: ChunksExact<'a, u8>,
    /// Sample count and duration of each; not needed to locate samples.
    durations: Option<ChunksExact<'a, u8>>,
}

#[derive(Clone)]
enum Sizes<'a> {
    Same {
        size: u64,
        remaining: u64,
    },
    /// The sizes of the samples that are not in a chunk yet.
    Each(ChunksExact<'a, u8>),
}

impl<'a> SampleTables<'a> {
    /// Reads the tables in a `stbl` box. Returns `None` if one that locates samples is missing or
    /// incomplete.
    pub(crate) fn read(stbl: &BoxAt, file: &'a [u8]) -> Result<Option<Self>, InvalidBox> {
        let (mut sizes, mut runs, mut offsets, mut durations) = (None, None, None, None);
        for found in stbl.children(file) {
            let found = found?;
            let payload = &file[found.payload];
            match &found.kind {
                b"stsz" => sizes = Sizes::read_stsz(payload),
                b"stz2" => sizes = Sizes::read_stz2(payload),
                b"stsc" => runs = entries(payload, 12),
                b"stco" => offsets = entries(payload, 4),
                b"co64" => offsets = entries(payload, 8),
                b"stts" => durations = entries(payload, 8),
                _ => {}
            }
        }
        let (Some(sizes), Some(runs), Some(offsets)) = (sizes, runs, offsets) else {
            return Ok(None);
        };
        Ok(Some(Self {
            invalid: stbl.invalid(),
            sizes,
            runs,
            offsets,
            durations,
        }))
    }

    /// Reads the tables, none of which may be missing.
    pub(crate) fn read_all(stbl: &BoxAt, file: &'a [u8]) -> Result<Self, InvalidBox> {
        Self::read(stbl, file)?
            .filter(|tables| tables.durations.is_some())
            .ok_or(stbl.invalid())
    }

    /// Returns the size of all samples, if they have the same.
    pub(crate) fn common_size(&self) -> Option<u64> {
        match self.sizes {
            Sizes::Same { size, .. } => Some(size),
            Sizes::Each(_) => None,
        }
    }

    /// Returns whether the samples are those of the decoded sound, as in `QuickTime`'s first sound descriptions: their
    /// common size is nominal.
    pub(crate) fn has_nominal_sizes(&self) -> bool {
        self.common_size() == Some(1)
    }

    /// Iterates over offset and sample count of the chunks.
    fn chunks(&self) -> impl Iterator<Item = Result<(usize, u64), InvalidBox>> {
        let runs = self.runs.clone();
        let runs = runs.map(|run| (number(&run[..4]), number(&run[4..8])));
        let mut runs = runs.peekable();
        let mut samples = None;
        (1..).zip(self.offsets.clone()).map(move |(chunk, offset)| {
            while let Some((_, count)) = runs.next_if(|&(first_chunk, _)| first_chunk <= chunk) {
                samples = Some(count);
            }
            let start = usize::try_from(number(offset)).ok();
            start.zip(samples).ok_or(self.invalid)
        })
    }

    /// Appends the byte ranges of the chunks, joining those that touch, until there are `max_ranges`. More
    /// are an error. The ranges are not checked against the file's length.
    pub(crate) fn add_chunks(
        &self,
        max_ranges: usize,
        ranges: &mut Vec<Range<usize>>,
    ) -> Result<(), InvalidBox> {
        let mut sizes = self.sizes.clone();
        for chunk in self.chunks() {
            let (start, samples) = chunk?;
            let length = sizes.take(samples).ok_or(self.invalid)?;
            let end = start.checked_add(length).ok_or(self.invalid)?;
            let is_full = ranges.len() == max_ranges;
            match ranges.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ if length == 0 => {}
                _ if is_full => return Err(self.invalid),
                _ => ranges.push(start..end),
            }
        }
        Ok(())
    }

    /// Calls `visit` with the byte range and the duration of each sample, in decoding order. The ranges
    /// are not checked against the file's length.
    pub(crate) fn for_each_sample<E: From<InvalidBox>>(
        &self,
        mut visit: impl FnMut(Range<usize>, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut sizes = self.sizes.clone();
        let mut durations = self.durations.iter().flat_map(ChunksExact::clone);
        let (mut same, mut duration) = (0, 0);
        for chunk in self.chunks() {
            let (mut start, samples) = chunk?;
            for _ in 0..samples {
                let end = sizes.take(1).and_then(|size| start.checked_add(size));
                let end = end.ok_or(self.invalid)?;
                while same == 0 {
                    let next = durations.next().ok_or(self.invalid)?;
                    (same, duration) = (number(&next[..4]), number(&next[4..]));
                }
                same -= 1;
                visit(start..end, u32::try_from(duration).unwrap_or(u32::MAX))?;
                start = end;
            }
        }
        Ok(())
    }
}

/// Splits a table into entries of `width` bytes. They follow version, flags and their count.
pub(crate) fn entries(payload: &[u8], width: usize) -> Option<ChunksExact<'_, u8>> {
    let count = usize::try_from(number(payload.get(4..8)?)).ok()?;
    let entries = payload[8..].get(..count.checked_mul(width)?)?;
    Some(entries.chunks_exact(width))
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Sorts ranges and merges those that overlap or touch.
pub(crate) fn sort_and_merge(ranges: &mut Vec<Range<usize>>) {
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
}

impl<'a> Sizes<'a> {
    /// Reads `stsz` (section 8.7.3.2): a common size, or 0 and the size of each sample.
    fn read_stsz(payload: &'a [u8]) -> Option<Self> {
        match number(payload.get(4..8)?) {
            0 => entries(&payload[4..], 4).map(Self::Each),
            size => Some(Self::Same {
                size,
                remaining: number(payload.get(8..12)?),
            }),
        }
    }

    /// Reads `stz2` (section 8.7.3.3) with sizes of 8 or 16 bits; sizes of 4 bits are not supported.
    fn read_stz2(payload: &'a [u8]) -> Option<Self> {
        match payload.get(7)? {
            bits @ (8 | 16) => entries(&payload[4..], usize::from(bits / 8)).map(Self::Each),
            _ => None,
        }
    }

    /// Returns the total size of the next samples; `None` if there are fewer.
    fn take(&mut self, samples: u64) -> Option<usize> {
        let length: Option<u64> = match self {
            Self::Same { size, remaining } => {
                *remaining = remaining.checked_sub(samples)?;
                Some(*size * samples)
            }
            Self::Each(sizes) => (0..samples).map(|_| sizes.next().map(number)).sum(),
        };
        usize::try_from(length?).ok()
    }
}
