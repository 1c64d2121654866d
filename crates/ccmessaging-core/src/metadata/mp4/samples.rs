//! Where in the file a track's samples are: ISO/IEC 14496-12 sections 8.5 to 8.7.

use std::ops::Range;
use std::slice::ChunksExact;

use super::boxes::BoxAt;
use crate::metadata::MetadataError;

/// Adds the chunks of a track, which are runs of samples, to `used`; `None` if its tables do not say
/// where they are.
pub(super) fn add(
    trak: &BoxAt,
    file: &[u8],
    is_sound: bool,
    used: &mut Vec<Range<usize>>,
) -> Result<Option<()>, MetadataError> {
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
            // Samples of encrypted films have further data elsewhere.
            b"saio" => return Ok(None),
            _ => {}
        }
    }
    if is_sound && tables.has_nominal_sizes() {
        return Ok(None);
    }
    Ok(tables.add_chunks(file.len(), used))
}

/// The entries of a table, each of so many bytes: behind version, flags, and their number.
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
    /// First chunk (from 1), samples in each chunk, description.
    runs: Option<ChunksExact<'a, u8>>,
    sizes: Option<Sizes<'a>>,
    offsets: Option<ChunksExact<'a, u8>>,
}

impl Tables<'_> {
    /// Whether the size that all samples share is only nominal, as in `QuickTime`'s older sound
    /// tracks: smaller than a sample of so many channels and bits is.
    fn has_nominal_sizes(&self) -> bool {
        let Some(Sizes::Same(size)) = self.sizes else {
            return false;
        };
        // In the first sample description (section 12.2.3).
        let Some(format) = self.descriptions.get(32..36) else {
            return true;
        };
        let (channels, bits) = format.split_at(2);
        size < (number(channels) * number(bits)).div_ceil(8)
    }

    fn add_chunks(self, file_length: usize, used: &mut Vec<Range<usize>>) -> Option<()> {
        // So that their list is never larger than half of the file.
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
    /// Those of the samples that are in no chunk yet.
    Each(ChunksExact<'a, u8>),
}

impl<'a> Sizes<'a> {
    /// Section 8.7.3.2: a size for all samples, or 0 and the size of each.
    fn read_stsz(payload: &'a [u8]) -> Option<Self> {
        match number(payload.get(4..8)?) {
            0 => entries(&payload[4..], 4).map(Self::Each),
            size => Some(Self::Same(size)),
        }
    }

    /// Section 8.7.3.3: sizes of 8 or 16 bits; those of 4 bits are not read.
    fn read_stz2(payload: &'a [u8]) -> Option<Self> {
        match payload.get(7)? {
            bits @ (8 | 16) => entries(&payload[4..], usize::from(bits / 8)).map(Self::Each),
            _ => None,
        }
    }

    /// The sizes of the next samples together; `None` if there are not so many.
    fn take(&mut self, samples: u64) -> Option<u64> {
        match self {
            Self::Same(size) => Some(*size * samples),
            Self::Each(sizes) => (0..samples).map(|_| sizes.next().map(number)).sum(),
        }
    }
}
