//! Looks for question marks in the Huffman tables of a JPG.

use super::read_u32;
use crate::content::Content;

/// The length of SOI, with which a JPG begins.
const START_BYTES: usize = 2;

/// The maximum number of segments that are followed.
const MAX_SEGMENTS: usize = 64;

/// The codes of the markers DHT and SOS.
const HUFFMAN_TABLES: usize = 0xFFC4;
const SCAN: usize = 0xFFDA;

/// The length of a table's class and of its numbers of codes by length (ITU-T T.81 section B.2.4.2).
const TABLE_HEADER_BYTES: usize = 17;

/// Returns whether a Huffman table before the first scan contains a question mark. The lower half of a symbol
/// is the size of a coefficient in bits: at most 14 (ITU-T T.81 section F.1.2.2), and 15 in the question mark.
/// The usual tables contain 81 and 98 (hex), one of which becomes a question mark in Windows-125x.
pub(super) fn has_question_mark(content: &dyn Content) -> bool {
    let mut at = START_BYTES;
    for _ in 0..MAX_SEGMENTS {
        let Some(header) = read_u32(content, at, u32::from_be_bytes) else {
            return false;
        };
        let (marker, length) = (header >> 16, header & 0xFFFF);
        match marker {
            HUFFMAN_TABLES => {
                let mut tables = vec![0; length.saturating_sub(2)];
                let count = content.read_at(at + 4, &mut tables);
                if has_symbol(&tables[..count], b'?') {
                    return true;
                }
            }
            // No marker, or the data of the picture.
            ..=0xFF00 | SCAN => return false,
            _ => {}
        }
        at += 2 + length;
    }
    false
}

fn has_symbol(mut tables: &[u8], symbol: u8) -> bool {
    while let Some((header, rest)) = tables.split_at_checked(TABLE_HEADER_BYTES) {
        let count: usize = header[1..].iter().map(|&codes| usize::from(codes)).sum();
        let Some((symbols, rest)) = rest.split_at_checked(count) else {
            return false;
        };
        if symbols.contains(&symbol) {
            return true;
        }
        tables = rest;
    }
    false
}
