//! The side information of MP3 frames (ISO/IEC 11172-3 and 13818-3 section 2.4.1.7).
//!
//! It contains the length of the frame's main data, which may begin in the bit reservoir of earlier frames (ISO/IEC
//! 11172-3 section 2.4.3.4).

/// The lengths in bytes of the frame header, the CRC and the longest side information.
const HEADER: usize = 4;
const CRC: usize = 2;
const MAX_BYTES: usize = 32;

/// Fields are read 16 bytes at a time.
const READ_BYTES: usize = 16;

/// A granule of a channel has at most 288 pairs of large values, and two of the 32 Huffman tables do not exist (section
/// 2.4.2.7 and table 3-B.7).
const MAX_BIG_VALUES: u128 = 288;
const MISSING_TABLES: [u128; 2] = [4, 14];

/// Returns whether the side information of a whole frame, if it has any, is valid.
pub(super) fn has_valid_side_information(frame: &[u8]) -> bool {
    SideInformation::read(frame)
        .is_none_or(|side| side.is_valid && side.main_data <= side.before_frame + side.in_frame)
}

/// Lengths are in bytes.
struct SideInformation {
    /// How long before the frame its main data begins, other frames' headers and side information not counted.
    before_frame: usize,
    /// What follows the side information in the frame.
    in_frame: usize,
    main_data: usize,
    /// Whether all other fields have permitted values.
    is_valid: bool,
}

impl SideInformation {
    /// Returns `None` for an ADTS frame, which has none.
    fn read(frame: &[u8]) -> Option<Self> {
        let &[_, b1, _, b3, ..] = frame else {
            return None;
        };
        let is_layer_3 = b1 & 0b110 == 0b010;
        let is_first_edition = b1 & 0b1_1000 == 0b1_1000;
        let is_mono = b3 >> 6 == 0b11;
        let start = HEADER + if b1 & 1 == 0 { CRC } else { 0 };
        // `main_data_begin`, private bits and, in the first edition, `scfsi` precede the granules.
        let (length, begin_bits, granules_at, granules) = match (is_first_edition, is_mono) {
            (true, true) => (17, 9, 9 + 5 + 4, 2),
            (true, false) => (32, 9, 9 + 3 + 8, 4),
            (false, true) => (9, 8, 8 + 1, 1),
            (false, false) => (17, 8, 8 + 2, 2),
        };
        // `scalefac_compress` has 4 or 9 bits, and only the first edition has `preflag`.
        let (window_at, granule_bits) = if is_first_edition { (33, 59) } else { (38, 63) };
        let bytes = frame.get(start..start + length).filter(|_| is_layer_3)?;
        let mut padded = [0; MAX_BYTES + READ_BYTES];
        padded.get_mut(..length)?.copy_from_slice(bytes);

        let mut main_data_bits = 0;
        let mut is_valid = true;
        for granule in 0..granules {
            let field = |at: usize, bits: usize| {
                read(&padded, granules_at + granule * granule_bits + at, bits)
            };
            main_data_bits += field(0, 12)?;
            let has_window_switching = field(window_at, 1)? == 1;
            let (tables_at, tables) = if has_window_switching { (4, 2) } else { (1, 3) };
            for table in 0..tables {
                let table = field(window_at + tables_at + 5 * table, 5)?;
                is_valid &= !MISSING_TABLES.contains(&table);
            }
            // Window switching with the normal window is not permitted.
            is_valid &= !has_window_switching || field(window_at + 1, 2)? != 0;
            is_valid &= field(12, 9)? <= MAX_BIG_VALUES;
        }
        Some(Self {
            before_frame: usize::try_from(read(&padded, 0, begin_bits)?).ok()?,
            in_frame: frame.len().checked_sub(start + length)?,
            main_data: usize::try_from(main_data_bits.div_ceil(8)).ok()?,
            is_valid,
        })
    }
}

/// Reads a field at an offset in bits, from 1 to 120 bits long.
fn read(bytes: &[u8], at: usize, bits: usize) -> Option<u128> {
    let bytes: [u8; READ_BYTES] = *bytes.get(at / 8..)?.first_chunk()?;
    Some(u128::from_be_bytes(bytes) << (at % 8) >> (128 - bits))
}
