//! The Audio Data Interchange Format: one header, then AAC without any framing.

/// How many bytes [`is_adif`] looks at.
pub(super) const ADIF_BYTES: usize = 32;

/// Whether `bytes` begin with an ADIF header (ISO/IEC 13818-7 section 6.1, ISO/IEC 14496-3
/// section 1.A.2.1).
///
/// `ADIF` also begins prose, so the first program configuration must name a defined sampling
/// frequency and at least one channel element, and the header must not be printable.
pub(super) fn is_adif(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"ADIF") else {
        return false;
    };
    if !rest.iter().take(12).any(u8::is_ascii_control) {
        return false;
    }
    let mut bits = Bits { bytes: rest, at: 0 };
    first_program_is_valid(&mut bits).unwrap_or(false)
}

fn first_program_is_valid(bits: &mut Bits<'_>) -> Option<bool> {
    const COPYRIGHT_ID: usize = 72;
    let has_copyright_id = bits.take(1)? == 1;
    if has_copyright_id {
        bits.at += COPYRIGHT_ID;
    }
    let _original_and_home = bits.take(2)?;
    let is_variable_rate = bits.take(1)? == 1;
    let _bitrate = bits.take(23)?;
    let _further_programs = bits.take(4)?;
    if !is_variable_rate {
        let _buffer_fullness = bits.take(20)?;
    }
    let _instance_and_profile = bits.take(4 + 2)?;
    let sampling = bits.take(4)?;
    let front_side_back_elements = bits.take(12)?;
    Some(sampling <= 12 && front_side_back_elements != 0)
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
}
