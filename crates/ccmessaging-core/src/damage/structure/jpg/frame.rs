//! The frame header of a JPG (ITU-T T.81 section B.2.2).

use super::Stop;
use super::reader::Segment;

pub(super) struct Frame {
    pub(super) is_progressive: bool,
    /// The number of bits that samples have beyond eight: 0 or 4.
    pub(super) extra_bits: u8,
    pub(super) width: u32,
    /// 0 if the number of lines follows the first scan.
    pub(super) height: u32,
    /// At most four.
    pub(super) components: Vec<Component>,
}

/// A component of the picture, such as luminance.
#[derive(Clone, Copy)]
pub(super) struct Component {
    pub(super) id: u8,
    /// The sampling factors: how many blocks an MCU of an interleaved scan contains.
    pub(super) horizontal: u32,
    pub(super) vertical: u32,
    /// The number of its quantisation table.
    pub(super) quantisation: usize,
}

impl Frame {
    pub(super) fn read(segment: &mut Segment, is_progressive: bool) -> Result<Self, Stop> {
        let extra_bits = match segment.byte()? {
            8 => 0,
            12 => 4,
            _ => return Err(Stop::Unknown),
        };
        let (height, width) = (segment.u16()?.into(), segment.u16()?.into());
        let count = segment.byte()?;
        if width == 0 || count == 0 {
            return Err(Stop::Invalid);
        }
        if count > 4 {
            return Err(Stop::Unknown);
        }
        let components = (0..count).map(|_| Component::read(segment));
        Ok(Self {
            is_progressive,
            extra_bits,
            width,
            height,
            components: components.collect::<Result<_, _>>()?,
        })
    }

    /// The largest sampling factors, to which those of each component are relative (T.81 section A.1.1).
    pub(super) fn sampling(&self) -> (u32, u32) {
        let components = || self.components.iter();
        let horizontal = components().map(|component| component.horizontal).max();
        let vertical = components().map(|component| component.vertical).max();
        (horizontal.unwrap_or(1), vertical.unwrap_or(1))
    }
}

impl Component {
    fn read(segment: &mut Segment) -> Result<Self, Stop> {
        let id = segment.byte()?;
        let sampling = segment.byte()?;
        let component = Self {
            id,
            horizontal: u32::from(sampling >> 4),
            vertical: u32::from(sampling & 0x0F),
            quantisation: segment.byte()?.into(),
        };
        let is_valid = |factor| (1..=4).contains(&factor);
        if is_valid(component.horizontal) && is_valid(component.vertical) {
            Ok(component)
        } else {
            Err(Stop::Invalid)
        }
    }
}
