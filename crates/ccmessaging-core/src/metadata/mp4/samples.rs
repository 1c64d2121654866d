//! Where in the file a track's samples are: ISO/IEC 14496-12 sections 8.5 to 8.7.

use std::ops::Range;

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
            b"stsc" => tables.runs = entries(payload),
            b"stsz" => tables.sizes = Sizes::read_stsz(payload),
            b"stz2" => tables.sizes = Sizes::read_stz2(payload),
            b"stco" => tables.offsets = Offsets::Short(entries(payload)),
            b"co64" => tables.offsets = Offsets::Long(entries(payload)),
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

/// The entries behind version, flags and their number, as far as they are there.
fn entries<const LENGTH: usize>(payload: &[u8]) -> &[[u8; LENGTH]] {
    let Some((&[_, _, _, _, n0, n1, n2, n3], rest)) = payload.split_first_chunk() else {
        return &[];
    };
    let (entries, _) = rest.as_chunks();
    let count = usize::try_from(u32::from_be_bytes([n0, n1, n2, n3])).unwrap_or(usize::MAX);
    entries.get(..count).unwrap_or(entries)
}

#[derive(Default)]
struct Tables<'a> {
    descriptions: &'a [u8],
    /// First chunk (from 1), samples in each chunk, description.
    runs: &'a [[u8; 12]],
    sizes: Option<Sizes<'a>>,
    offsets: Offsets<'a>,
}

impl Tables<'_> {
    /// Whether the size that all samples share is only nominal, as in `QuickTime`'s older sound
    /// tracks: smaller than a sample of so many channels and bits is.
    fn has_nominal_sizes(&self) -> bool {
        let Some(Sizes::Same(size)) = self.sizes else {
            return false;
        };
        // In the first sample description (section 12.2.3).
        let Some(&[c0, c1, b0, b1]) = self.descriptions.get(32..).and_then(<[u8]>::first_chunk)
        else {
            return true;
        };
        let bits =
            u32::from(u16::from_be_bytes([c0, c1])) * u32::from(u16::from_be_bytes([b0, b1]));
        size < bits.div_ceil(8)
    }

    fn add_chunks(mut self, file_length: usize, used: &mut Vec<Range<usize>>) -> Option<()> {
        // So that their list is never larger than half of the file.
        let most_chunks = file_length / 2 / size_of::<Range<usize>>();
        let runs = self
            .runs
            .iter()
            .map(|&[f0, f1, f2, f3, n0, n1, n2, n3, ..]| {
                let first_chunk = u32::from_be_bytes([f0, f1, f2, f3]);
                (first_chunk, u32::from_be_bytes([n0, n1, n2, n3]))
            });
        let mut runs = runs.peekable();
        let mut samples = 0;
        for (number, offset) in (1..).zip(self.offsets.iter()) {
            while let Some((_, count)) = runs.next_if(|&(first_chunk, _)| first_chunk <= number) {
                samples = count;
            }
            let length = self.sizes.as_mut()?.add_up(samples);
            let start = usize::try_from(offset).ok()?.min(file_length);
            let length = usize::try_from(length).ok()?;
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

enum Offsets<'a> {
    Short(&'a [[u8; 4]]),
    Long(&'a [[u8; 8]]),
}

impl Default for Offsets<'_> {
    fn default() -> Self {
        Self::Short(&[])
    }
}

impl Offsets<'_> {
    fn iter(&self) -> impl Iterator<Item = u64> {
        let (short, long) = match self {
            Self::Short(short) => (*short, [].as_slice()),
            Self::Long(long) => ([].as_slice(), *long),
        };
        let short = short
            .iter()
            .map(|&offset| u32::from_be_bytes(offset).into());
        short.chain(long.iter().map(|&offset| u64::from_be_bytes(offset)))
    }
}

enum Sizes<'a> {
    Same(u32),
    /// Those of the samples that are in no chunk yet.
    Each(&'a [[u8; 4]]),
    Short(&'a [[u8; 2]]),
    Bytes(&'a [u8]),
}

impl<'a> Sizes<'a> {
    /// Section 8.7.3.2: a size for all samples, or 0 and the size of each.
    fn read_stsz(payload: &'a [u8]) -> Option<Self> {
        let same = u32::from_be_bytes(*payload.get(4..)?.first_chunk()?);
        Some(match same {
            0 => Self::Each(entries(&payload[4..])),
            same => Self::Same(same),
        })
    }

    /// Section 8.7.3.3: sizes of 8 or 16 bits; those of 4 bits are not read.
    fn read_stz2(payload: &'a [u8]) -> Option<Self> {
        match payload.get(7)? {
            8 => Some(Self::Bytes(entries::<1>(&payload[4..]).as_flattened())),
            16 => Some(Self::Short(entries(&payload[4..]))),
            _ => None,
        }
    }

    /// The sizes of the next samples together.
    fn add_up(&mut self, samples: u32) -> u64 {
        fn take<'a, T>(sizes: &mut &'a [T], samples: u32) -> &'a [T] {
            let count = usize::try_from(samples).unwrap_or(usize::MAX);
            let (taken, rest) = sizes.split_at(count.min(sizes.len()));
            *sizes = rest;
            taken
        }
        match self {
            Self::Same(size) => u64::from(*size) * u64::from(samples),
            Self::Each(sizes) => take(sizes, samples)
                .iter()
                .map(|&size| u64::from(u32::from_be_bytes(size)))
                .sum(),
            Self::Short(sizes) => take(sizes, samples)
                .iter()
                .map(|&size| u64::from(u16::from_be_bytes(size)))
                .sum(),
            Self::Bytes(sizes) => take(sizes, samples)
                .iter()
                .map(|&size| u64::from(size))
                .sum(),
        }
    }
}
