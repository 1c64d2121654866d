//! Decodes the Huffman codes of a JPG without computing its pixels, after ITU-T T.81.
//!
//! Lost and inserted bytes let the decoder lose track of the codes. Sooner or later, it meets a code that no table
//! defines, or a block of more than 64 coefficients.
//!
//! If they do not, the number of MCUs shows that bytes are missing or were inserted, in files that are decoded to
//! the end.
//!
//! Only what no decoder can repair is a fault. libjpeg skips stray bytes before a marker, and shows the rest of a
//! file that was cut in grey, so both are accepted.

mod bits;
mod frame;
mod reader;
mod rest;
mod scan;
mod table;

use std::num::NonZero;

use frame::Frame;
use reader::{Reader, Segment};
use scan::Scan;
use table::Table;

use super::unfilled;
use crate::content::Content;
use crate::sniff::jpg::marker::{
    COM, DHT, DNL, DQT, DRI, EOI, RST0, RST7, SOF0, SOF2, SOI, SOS, TEM,
};

/// The length of SOI, with which a JPG begins.
const START_BYTES: usize = 2;

/// The most stray bytes before a marker of the header. After more, the proof of the type does not look for one, either.
const MAX_STRAY: usize = 4096;

/// The most bytes between the last MCU and EOI. Encoders may pad the data.
const MAX_STRAY_AT_END: usize = 64;

/// Why a JPG is not followed further.
enum Stop {
    /// The data is invalid.
    Invalid,
    /// The file ends, or has something that is not examined.
    Unknown,
    /// The examined part of the file ends.
    Done,
    /// A marker ends a scan too early.
    Marker(u8),
}

/// Returns the offset from which the headers or the Huffman codes are certainly invalid.
pub(super) fn first_fault(content: &dyn Content) -> Option<usize> {
    let mut reader = Reader::new(content, START_BYTES);
    let mut decoder = Decoder::default();
    let is_invalid = match decoder.decode(&mut reader) {
        Stop::Invalid => true,
        // Nothing was decoded, and bytes were lost or inserted before.
        Stop::Unknown => decoder.has_stray && decoder.decoded == 0,
        Stop::Done | Stop::Marker(_) => false,
    };
    if is_invalid {
        return Some(reader.offset());
    }
    // Tools pad complete pictures.
    let unfilled = unfilled::start(content).filter(|&start| !ends_at(content, start));
    unfilled.or_else(|| {
        let is_within_scan = decoder.has_scan && reader.is_exhausted();
        is_within_scan.then(|| rest::first_fault(content, reader.offset()))?
    })
}

/// Returns whether EOI precedes an offset.
fn ends_at(content: &dyn Content, offset: usize) -> bool {
    let mut marker = [0; 2];
    content.read_at(offset.saturating_sub(marker.len()), &mut marker);
    marker == [0xFF, EOI]
}

/// The definitions in the segments so far, and the state of decoding.
#[derive(Default)]
struct Decoder {
    /// The first number of each quantisation table, by which DC coefficients are multiplied.
    quantisation: [Option<u16>; 4],
    dc_tables: [Option<Table>; 4],
    ac_tables: [Option<Table>; 4],
    /// The number of MCUs between two restart markers.
    restart_interval: Option<NonZero<u64>>,
    frame: Option<Frame>,
    /// How often the last table contains CR LF, if no LF is without CR.
    crlf: usize,
    /// Whether stray bytes precede the first scan.
    has_stray: bool,
    has_scan: bool,
    /// The number of components in the scans that were decoded.
    decoded: usize,
    /// A marker that was read with the data of a scan.
    next_marker: Option<u8>,
}

impl Decoder {
    fn decode(&mut self, reader: &mut Reader) -> Stop {
        loop {
            if let Err(stop) = self.decode_segment(reader) {
                return stop;
            }
        }
    }

    fn decode_segment(&mut self, reader: &mut Reader) -> Result<(), Stop> {
        let code = match self.next_marker.take() {
            Some(code) => code,
            None => self.find_marker(reader)?,
        };
        match code {
            TEM | RST0..=RST7 => return Ok(()),
            // The picture or its metadata ends. Arithmetic, lossless and hierarchical coding (T.81 annexes D, H
            // and J) are not examined.
            SOI | EOI | 0xC3 | 0xC5..=0xC7 | 0xC9..=0xCF | 0xDE..=0xDF => {
                return Err(Stop::Unknown);
            }
            SOF0..=SOF2 | DHT | SOS | DQT | DNL | DRI | 0xE0..=0xEF | COM => {}
            _ if self.has_scan => return Err(Stop::Done),
            _ => return Err(Stop::Invalid),
        }
        let mut segment = Segment::new(reader)?;
        match code {
            SOF0..=SOF2 if self.frame.is_some() => return Err(Stop::Invalid),
            SOF0..=SOF2 => self.frame = Some(Frame::read(&mut segment, code == SOF2)?),
            DHT => self.read_huffman_tables(&mut segment)?,
            DQT => self.read_quantisation(&mut segment)?,
            DRI => self.restart_interval = NonZero::new(segment.u16()?.into()),
            SOS => {
                self.has_scan = true;
                return self.decode_scan(segment);
            }
            _ => segment.skip(),
        }
        self.crlf = segment.crlf();
        segment.end().map(drop)
    }

    fn find_marker(&mut self, reader: &mut Reader) -> Result<u8, Stop> {
        let max_stray = if self.has_scan { usize::MAX } else { MAX_STRAY };
        let (code, stray) = reader.marker(max_stray)?;
        // What follows stray bytes after a scan may be another file, such as a video.
        if stray > 0 && self.has_scan {
            return Err(Stop::Done);
        }
        // Each CR that was inserted before LF moves one byte out of the table.
        if stray > 0 && stray == self.crlf {
            return Err(Stop::Invalid);
        }
        self.has_stray |= stray > 0;
        Ok(code)
    }

    /// T.81 section B.2.4.1.
    fn read_quantisation(&mut self, segment: &mut Segment) -> Result<(), Stop> {
        while !segment.is_empty() {
            let header = segment.byte()?;
            let table = self.quantisation.get_mut(usize::from(header & 0x0F));
            let table = table.ok_or(Stop::Invalid)?;
            let is_wide = header >> 4 > 0;
            *table = Some(if is_wide {
                segment.u16()?
            } else {
                segment.byte()?.into()
            });
            for _ in 1..if is_wide { 127 } else { 64 } {
                segment.byte()?;
            }
        }
        Ok(())
    }

    /// T.81 section B.2.4.2.
    fn read_huffman_tables(&mut self, segment: &mut Segment) -> Result<(), Stop> {
        while !segment.is_empty() {
            let header = segment.byte()?;
            let table = Table::read(segment)?;
            let tables = match header >> 4 {
                0 => &mut self.dc_tables,
                // The question mark that replaces a symbol stands for a coefficient of 15 bits. There are at most 14,
                // but a table may define all symbols.
                1 if !table.contains(b'?') || table.contains(b'>') => &mut self.ac_tables,
                _ => return Err(Stop::Invalid),
            };
            let tables = tables.get_mut(usize::from(header & 0x0F));
            *tables.ok_or(Stop::Invalid)? = Some(table);
        }
        Ok(())
    }

    fn decode_scan(&mut self, mut segment: Segment) -> Result<(), Stop> {
        let frame = self.frame.as_ref().ok_or(Stop::Invalid)?;
        let scan = Scan::read(&mut segment, frame)?;
        let reader = segment.end()?;
        if scan.is_refinement() {
            self.next_marker = Some(scan::skip(reader)?);
            return Ok(());
        }
        match scan.decode(self, frame, reader) {
            // Only libraries write progressive pictures, without stray bytes between the scans.
            Ok((DHT | SOS, 1..)) if frame.is_progressive => return Err(Stop::Invalid),
            Ok((EOI, stray)) if stray > MAX_STRAY_AT_END => return Err(Stop::Invalid),
            Ok((code, _)) => self.next_marker = Some(code),
            // DNL defines or redefines the number of lines after the first scan (T.81 section B.2.5).
            Err(Stop::Marker(DNL)) => return Err(Stop::Done),
            Err(Stop::Marker(_)) => return Err(Stop::Invalid),
            Err(stop) => return Err(stop),
        }
        self.decoded += scan.components();
        if !frame.is_progressive && self.decoded >= frame.components.len() {
            return Err(Stop::Done);
        }
        Ok(())
    }
}
