//! Reads `esds`: the elementary stream descriptor (ISO/IEC 14496-1 section 7.2.6) and the audio
//! configuration in it (ISO/IEC 14496-3 section 1.6.2).

/// Sampling rates by index (ISO/IEC 14496-3 section 1.6.3.4).
const RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

/// The content of an `esds` box.
pub(crate) struct ElementaryStream<'a> {
    /// The object type indication, which names the codec family.
    pub(crate) object_type: u8,
    /// The codec's own configuration; empty if there is none.
    pub(crate) configuration: &'a [u8],
}

impl<'a> ElementaryStream<'a> {
    /// Reads the payload of an `esds` box.
    pub(crate) fn read(esds: &'a [u8]) -> Option<Self> {
        let mut stream = descriptor(esds.get(4..)?, 3)?;
        let &[_, _, flags] = stream.split_off(..3)?.first_chunk()?;
        if flags & 0x80 != 0 {
            stream.split_off(..2)?;
        }
        if flags & 0x40 != 0 {
            let length = usize::from(*stream.split_off_first()?);
            stream.split_off(..length)?;
        }
        if flags & 0x20 != 0 {
            stream.split_off(..2)?;
        }
        let decoder = descriptor(stream, 4)?;
        // Stream type, buffer size and bit rates precede the configuration.
        let configuration = decoder.get(13..).and_then(|rest| descriptor(rest, 5));
        Some(Self {
            object_type: *decoder.first()?,
            configuration: configuration.unwrap_or_default(),
        })
    }

    /// Returns whether the codec is of the AAC family: MPEG-4 audio or one of MPEG-2's profiles.
    pub(crate) fn is_aac(&self) -> bool {
        matches!(self.object_type, 0x40 | 0x66..=0x68)
    }
}

/// Returns the content of a descriptor with the expected tag (ISO/IEC 14496-1 section 8.3.3: the length has
/// up to four bytes of seven bits).
fn descriptor(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(&[tag])?;
    let mut length = 0;
    for _ in 0..4 {
        let byte = *rest.split_off_first()?;
        length = length << 7 | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            break;
        }
    }
    rest.get(..length)
}

/// The configuration of MPEG-4 audio (`AudioSpecificConfig`).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AudioConfig {
    /// The object type of the coded frames: 2 for AAC-LC, also below HE-AAC's extensions.
    pub(crate) object_type: u32,
    /// The index of the coded frames' sampling rate; `None` if it is not one of the table's.
    pub(crate) rate_index: Option<u8>,
    /// The sampling rate in Hz after HE-AAC's extension; 0 if unknown.
    pub(crate) rate: u32,
    /// The channel configuration; 0 if the frames define their channels themselves.
    pub(crate) channels: u8,
    /// Frames have 960 samples instead of 1,024.
    pub(crate) has_short_frames: bool,
    /// The frames depend on those of another codec.
    pub(crate) depends_on_core: bool,
}

impl AudioConfig {
    pub(crate) fn read(configuration: &[u8]) -> Option<Self> {
        let mut bits = Bits {
            bytes: configuration,
            position: 0,
        };
        let mut object_type = bits.object_type()?;
        let (rate_index, mut rate) = bits.rate()?;
        let channels = bits.take(4)?.try_into().ok()?;
        // SBR and PS: the extended rate and the object type of the core follow.
        if matches!(object_type, 5 | 29) {
            (_, rate) = bits.rate()?;
            object_type = bits.object_type()?;
        }
        let is_general_audio = matches!(object_type, 1..=4 | 6 | 7 | 17 | 19..=23);
        Some(Self {
            object_type,
            rate_index,
            rate,
            channels,
            has_short_frames: is_general_audio && bits.take(1)? == 1,
            depends_on_core: is_general_audio && bits.take(1)? == 1,
        })
    }
}

/// Reads bits from the most significant one on.
struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.position / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.position % 8) & 1);
            self.position += 1;
        }
        Some(value)
    }

    fn object_type(&mut self) -> Option<u32> {
        match self.take(5)? {
            31 => Some(32 + self.take(6)?),
            short => Some(short),
        }
    }

    /// Reads a rate: its index, or 15 and the rate itself.
    fn rate(&mut self) -> Option<(Option<u8>, u32)> {
        let index = match self.take(4)? {
            15 => {
                let rate = self.take(24)?;
                let index = RATES.iter().position(|&known| known == rate);
                return Some((index.and_then(|index| index.try_into().ok()), rate));
            }
            index => u8::try_from(index).ok()?,
        };
        let rate = RATES.get(usize::from(index)).copied();
        Some((rate.map(|_| index), rate.unwrap_or(0)))
    }
}
