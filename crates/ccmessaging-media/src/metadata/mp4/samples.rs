//! Locates the samples of a track in the file: ISO/IEC 14496-12 sections 8.5 to 8.7.

use std::ops::Range;
use std::slice::ChunksExact;

use crate::mp4::{BoxAt, InvalidBox};

/// Adds the byte ranges of a track's chunks, which are runs of samples, to `used`. Returns `None` if the
/// sample tables are incomplete.
pub(super) fn add(
    trak: &BoxAt,
    file: &[u8],
    is_sound: bool,
    used: &mut Vec<Range<usize>>,
) -> Result<Option<()>, InvalidBox> {
    let Some(stbl) = trak.descendant(file, &[*b"mdia", *b"minf", *b"stbl"])? else {
        return Ok(None);
    };
    let mut tables = Tables::default();
    for found in stbl.children(file) {
        let found = found?;
        let payload = &file[found.payload];
        match &found.kind {
            b"stsd" => tables.descriptions = payload,
            b"stsc" => tables.runs = entries(payload, 12),
            b"stsz" => tables.sizes = Sizes::read_stsz(payload),
            b"stz2" => tables.sizes = Sizes::read_stz2(payload),
            b"stco" => tables.offsets = entries(payload, 4),
            b"co64" => tables.offsets = entries(payload, 8),
            // Encrypted samples have auxiliary data elsewhere in the file.
            b"saio" => return Ok(None),
            _ => {}
        }
    }
    if is_sound && tables.has_nominal_sizes() {
        return Ok(None);
    }
    Ok(tables.add_chunks(file.len(), used))
}

/// Splits a table into entries of `width` bytes. They follow version, flags and their count.
fn entries(payload: &[u8], width: usize) -> Option<ChunksExact<'_, u8>> {
    let count = usize::try_from(number(payload.get(4..8)?)).ok()?;
    let entries = payload[8..].get(..count.checked_mul(width)?)?;
    Some(entries.chunks_exact(width))
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[derive(Default)]
struct Tables<'a> {
    descriptions: &'a [u8],
    /// Entries of first chunk (from 1), samples per chunk, description.
    runs: Option<ChunksExact<'a, u8>>,
    sizes: Option<Sizes<'a>>,
    offsets: Option<ChunksExact<'a, u8>>,
}

impl Tables<'_> {
    /// Returns whether the common sample size is only nominal: less than a sample of that many channels
    /// and bits needs, as in older sound tracks of `QuickTime`.
    fn has_nominal_sizes(&self) -> bool {
        let Some(Sizes::Same(size)) = self.sizes else {
            return false;
        };
        // Channel count and sample size of the first sample description (section 12.2.3).
        let Some(format) = self.descriptions.get(32..36) else {
            return true;
        };
        let (channels, bits) = format.split_at(2);
        size < (number(channels) * number(bits)).div_ceil(8)
    }

    fn add_chunks(self, file_length: usize, used: &mut Vec<Range<usize>>) -> Option<()> {
        // Bounds the memory of the list to half of the file's length.
        let most_chunks = file_length / 2 / size_of::<Range<usize>>();
        let mut sizes = self.sizes?;
        let runs = self
            .runs?
            .map(|run| (number(&run[..4]), number(&run[4..8])));
        let mut runs = runs.peekable();
        let mut samples = None;
        for (chunk, offset) in (1..).zip(self.offsets?) {
            while let Some((_, count)) = runs.next_if(|&(first_chunk, _)| first_chunk <= chunk) {
                samples = Some(count);
            }
            let start = usize::try_from(number(offset)).ok()?.min(file_length);
            let length = usize::try_from(sizes.take(samples?)?).ok()?;
            let end = start.saturating_add(length).min(file_length);
            let count = used.len();
            match used.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ if count == most_chunks => return None,
                _ => used.push(start..end),
            }
        }
        Some(())
    }
}

enum Sizes<'a> {
    Same(u64),
    /// The sizes of the samples that are not in a chunk yet.
    Each(ChunksExact<'a, u8>),
}

impl<'a> Sizes<'a> {
    /// Reads `stsz` (section 8.7.3.2): a common size, or 0 and the size of each sample.
    fn read_stsz(payload: &'a [u8]) -> Option<Self> {
        match number(payload.get(4..8)?) {
            0 => entries(&payload[4..], 4).map(Self::Each),
            size => Some(Self::Same(size)),
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
    fn take(&mut self, samples: u64) -> Option<u64> {
        match self {
            Self::Same(size) => Some(*size * samples),
            Self::Each(sizes) => (0..samples).map(|_| sizes.next().map(number)).sum(),
        }
    }
}
