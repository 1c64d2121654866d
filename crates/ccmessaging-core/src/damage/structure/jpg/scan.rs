//! Decodes a scan of a JPG (ITU-T T.81 annexes F and G).

use std::num::NonZero;

use super::bits::Bits;
use super::frame::{Component, Frame};
use super::reader::{Reader, Segment};
use super::table::Table;
use super::{Decoder, Stop};
use crate::sniff::jpg::marker::{EOI, RST0, RST7, SOF0, TEM};

/// The number of coefficients of a block.
const BLOCK: u8 = 64;

/// The largest DC coefficient after dequantisation, with some tolerance. White is 1,016, but decoders accept as
/// white what exceeds it, and some files contain 4,088.
const MAX_DC: i64 = 8192;

/// The categories of DC differences and AC coefficients of samples of eight bits (T.81 tables F.1 and F.2).
const MAX_DC_CATEGORY: u8 = 11;
const MAX_AC_CATEGORY: u8 = 10;

/// The AC symbol for 16 zeros.
const ZEROS: u8 = 0xF0;

/// The scan header (T.81 section B.2.3).
pub(super) struct Scan {
    /// At most four.
    selectors: Vec<Selector>,
    /// The first and the last coefficient (Ss and Se).
    first: u8,
    last: u8,
    /// The position of the lowest bit in this scan, and in the one that it refines, if any (Al and Ah).
    low: u8,
    high: u8,
}

/// A component of a scan, and the numbers of its tables.
struct Selector {
    component: Component,
    dc_table: usize,
    ac_table: usize,
}

/// The tables, sampling and last value with which the blocks of a component are decoded.
struct Channel<'d> {
    dc_table: Option<&'d Table>,
    ac_table: Option<&'d Table>,
    blocks: u32,
    quantisation: i64,
    /// The last DC coefficient.
    dc: i64,
}

impl Scan {
    pub(super) fn read(segment: &mut Segment, frame: &Frame) -> Result<Self, Stop> {
        let count = segment.byte()?;
        if !(1..=4).contains(&count) {
            return Err(Stop::Invalid);
        }
        // Decoders accept several components with the same identifier, in their order.
        let mut unused = frame.components.clone();
        let selectors = (0..count).map(|_| Selector::read(segment, &mut unused));
        let selectors = selectors.collect::<Result<_, _>>()?;
        let (first, last, bits) = (segment.byte()?, segment.byte()?, segment.byte()?);
        let scan = Self {
            selectors,
            first,
            last,
            low: bits & 0x0F,
            high: bits >> 4,
        };
        if !frame.is_progressive {
            // libjpeg decodes scans with other numbers, but they may not mean what they should.
            let is_usual = (first, last, bits) == (0, BLOCK - 1, 0);
            return if is_usual { Ok(scan) } else { Err(Stop::Done) };
        }
        // T.81 section G.1.1.1: either DC coefficients, or AC coefficients of one component.
        let is_valid = match first {
            0 => last == 0,
            _ => (first..BLOCK).contains(&last) && count == 1,
        };
        if is_valid && scan.low <= 13 {
            Ok(scan)
        } else {
            Err(Stop::Invalid)
        }
    }

    pub(super) fn components(&self) -> usize {
        self.selectors.len()
    }

    /// Returns whether the scan adds bits to coefficients of earlier ones, so that they must be known.
    pub(super) const fn is_refinement(&self) -> bool {
        self.high > 0
    }

    /// Decodes the data, and returns the marker after it and the number of stray bytes between them.
    pub(super) fn decode(
        &self,
        decoder: &Decoder,
        frame: &Frame,
        reader: &mut Reader,
    ) -> Result<(u8, usize), Stop> {
        let units = self.units(frame);
        let mut remaining = units;
        match self.decode_units(&mut remaining, decoder, frame, reader) {
            // Nothing was encoded: the file is a placeholder for a picture.
            Err(Stop::Marker(EOI)) if remaining == units => Err(Stop::Done),
            result => result,
        }
    }

    fn decode_units(
        &self,
        remaining: &mut u64,
        decoder: &Decoder,
        frame: &Frame,
        reader: &mut Reader,
    ) -> Result<(u8, usize), Stop> {
        let mut channels = Vec::with_capacity(self.selectors.len());
        for selector in &self.selectors {
            channels.push(self.channel(selector, decoder)?);
        }
        let mut bits = Bits::new(reader);
        let mut restarts = (RST0..=RST7).cycle();
        loop {
            let interval = decoder.restart_interval.map_or(*remaining, NonZero::get);
            let end = remaining.saturating_sub(interval);
            for channel in &mut channels {
                channel.dc = 0;
            }
            while *remaining > end {
                let run = self.decode_unit(&mut channels, frame, &mut bits)?;
                // A run ends within its interval (T.81 section G.1.2.2).
                let rest = remaining.checked_sub(1 + run).filter(|rest| *rest >= end);
                *remaining = rest.ok_or(Stop::Invalid)?;
            }
            let marker = bits.marker()?;
            if *remaining == 0 {
                return Ok(marker);
            }
            if restarts.next() != Some(marker.0) {
                return Err(Stop::Marker(marker.0));
            }
        }
    }

    fn channel<'d>(&self, selector: &Selector, decoder: &'d Decoder) -> Result<Channel<'d>, Stop> {
        let component = selector.component;
        let quantisation = decoder.quantisation.get(component.quantisation);
        // The tables may be elsewhere (T.81 section B.4).
        let quantisation = quantisation.copied().flatten().ok_or(Stop::Unknown)?;
        let find = |tables: &'d [Option<Table>], index: usize| {
            let table = tables.get(index).and_then(Option::as_ref);
            // Pictures of Motion JPEG may omit the usual tables.
            table.ok_or(Stop::Unknown)
        };
        let dc_table = || find(&decoder.dc_tables, selector.dc_table);
        let ac_table = || find(&decoder.ac_tables, selector.ac_table);
        let is_interleaved = self.selectors.len() > 1;
        Ok(Channel {
            dc_table: (self.first == 0).then(dc_table).transpose()?,
            ac_table: (self.last > 0).then(ac_table).transpose()?,
            blocks: if is_interleaved {
                component.horizontal * component.vertical
            } else {
                1
            },
            quantisation: quantisation.into(),
            dc: 0,
        })
    }

    /// Returns the number of MCUs: blocks of the only component, or as many of each as its sampling factors say
    /// (T.81 section A.2).
    fn units(&self, frame: &Frame) -> u64 {
        if frame.height == 0 {
            return u64::MAX;
        }
        let (horizontal, vertical) = match self.selectors[..] {
            [Selector { component, .. }] => (component.horizontal, component.vertical),
            _ => (1, 1),
        };
        let count = |size: u32, factor: u32, largest: u32| (size * factor).div_ceil(8 * largest);
        let (largest_horizontal, largest_vertical) = frame.sampling();
        u64::from(count(frame.width, horizontal, largest_horizontal))
            * u64::from(count(frame.height, vertical, largest_vertical))
    }

    /// Decodes an MCU, and returns how many without coefficients follow.
    fn decode_unit(
        &self,
        channels: &mut [Channel],
        frame: &Frame,
        bits: &mut Bits,
    ) -> Result<u64, Stop> {
        let mut run = 0;
        for channel in channels {
            for _ in 0..channel.blocks {
                // Only scans of a single block in each MCU have runs.
                run += self.decode_block(channel, frame, bits)?;
            }
        }
        Ok(run)
    }

    /// Decodes a block, and returns how many blocks without coefficients follow.
    fn decode_block(
        &self,
        channel: &mut Channel,
        frame: &Frame,
        bits: &mut Bits,
    ) -> Result<u64, Stop> {
        let mut at = self.first;
        if let Some(table) = channel.dc_table {
            let category = bits.symbol(table)?;
            if category > MAX_DC_CATEGORY + frame.extra_bits {
                return Err(Stop::Invalid);
            }
            channel.dc += difference(category, bits.number(category)?.into());
            let dc = (channel.dc.abs() * channel.quantisation) << self.low;
            if dc > MAX_DC << frame.extra_bits {
                return Err(Stop::Invalid);
            }
            at = 1;
        }
        let Some(table) = channel.ac_table else {
            return Ok(0);
        };
        while at <= self.last {
            let symbol = bits.coefficient(table)?;
            let (zeros, category) = (symbol >> 4, symbol & 0x0F);
            if category > 0 {
                at += zeros;
                if at > self.last || category > MAX_AC_CATEGORY + frame.extra_bits {
                    return Err(Stop::Invalid);
                }
                at += 1;
            } else if symbol == ZEROS {
                at += 16;
                if at > self.last + 1 {
                    return Err(Stop::Invalid);
                }
            } else if frame.is_progressive {
                return Ok((1 << zeros) - 1 + u64::from(bits.number(zeros)?));
            } else if zeros == 0 {
                return Ok(0);
            } else {
                return Err(Stop::Invalid);
            }
        }
        Ok(0)
    }
}

impl Selector {
    fn read(segment: &mut Segment, unused: &mut Vec<Component>) -> Result<Self, Stop> {
        let id = segment.byte()?;
        let tables = segment.byte()?;
        let mut components = unused.iter();
        let index = components.position(|component| component.id == id);
        Ok(Self {
            component: unused.remove(index.ok_or(Stop::Invalid)?),
            dc_table: usize::from(tables >> 4),
            ac_table: usize::from(tables & 0x0F),
        })
    }
}

/// Returns the number that a category and its additional bits stand for (T.81 section F.2.2.1).
const fn difference(category: u8, bits: i64) -> i64 {
    if category > 0 && bits >> (category - 1) == 0 {
        bits - (1 << category) + 1
    } else {
        bits
    }
}

/// Skips the data of a scan, and returns the marker after it.
pub(super) fn skip(reader: &mut Reader) -> Result<u8, Stop> {
    loop {
        match reader.marker(usize::MAX)?.0 {
            RST0..=RST7 => {}
            TEM..SOF0 => return Err(Stop::Invalid),
            code => return Ok(code),
        }
    }
}
