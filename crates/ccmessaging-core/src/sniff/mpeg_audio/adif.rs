//! The Audio Data Interchange Format (ISO/IEC 13818-7 section 6.1, ISO/IEC 14496-3 section
//! 1.A.2.1): one header, then AAC without any framing.

use crate::sniff::text::is_control;

/// The number of bytes that [`is_adif`] needs, rounded up: 55 of the longest header.
pub(super) const ADIF_BYTES: usize = 64;

/// The sampling frequencies in Hz by index; 13 and 14 are reserved, 15 is an escape for which the
/// header has no room.
const SAMPLING: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

/// The most bits that a channel may have in a frame, which is also the size of its input buffer
/// (ISO/IEC 13818-7 section 8.2.2).
const BITS_PER_CHANNEL: u32 = 6_144;
const SAMPLES_PER_FRAME: u32 = 1_024;

/// Returns whether `bytes` begin with an ADIF header.
///
/// Text begins with `ADIF` too, such as the logs of radio amateurs. So they must
/// contain a control character that text does not have, and the fields must fit together: a defined sampling
/// frequency, distinct elements, and a bit rate and a buffer that the channels permit.
pub(super) fn is_adif(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"ADIF") else {
        return false;
    };
    rest.iter().any(|&byte| is_control(byte))
        && read_header(&mut Bits { bytes: rest, at: 0 }).is_some()
}

/// Reads the fields up to the channels of the first program. Returns `None` if they end before or do not fit.
fn read_header(bits: &mut Bits<'_>) -> Option<()> {
    const COPYRIGHT_ID: usize = 72;

    if bits.flag()? {
        bits.at += COPYRIGHT_ID;
    }
    let _original_and_home = bits.take(2)?;
    let is_variable_rate = bits.flag()?;
    let bit_rate = bits.take(23)?;
    let _further_programs = bits.take(4)?;
    let fullness = if is_variable_rate { 0 } else { bits.take(20)? };

    // The program configuration element (ISO/IEC 13818-7 section 6.3).
    let _instance_and_profile = bits.take(4 + 2)?;
    let frequency = SAMPLING.get(usize::try_from(bits.take(4)?).ok()?)?;
    let front_side_and_back = bits.take(4)? + bits.take(4)? + bits.take(4)?;
    let low_frequency = bits.take(2)?;
    let _data_and_coupling = bits.take(3 + 4)?;
    for mixdown_bits in [4, 4, 3] {
        if bits.flag()? {
            bits.at += mixdown_bits;
        }
    }

    let mut channels = 0;
    let mut seen = 0_u64;
    for index in 0..front_side_and_back + low_frequency {
        let kind = if index < front_side_and_back {
            bits.take(1)?
        } else {
            2
        };
        channels += if kind == 1 { 2 } else { 1 };
        let element = 1 << (kind * 16 + bits.take(4)?);
        if seen & element != 0 {
            return None;
        }
        seen |= element;
    }
    let most = BITS_PER_CHANNEL * channels;
    let fits = fullness <= most && bit_rate <= most / SAMPLES_PER_FRAME * frequency;
    (channels > 0 && fits).then_some(())
}

/// Reads fields of up to 24 bits, most significant bit first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    fn flag(&mut self) -> Option<bool> {
        Some(self.take(1)? == 1)
    }
}
