//! Recognises compressed files that were decoded and encoded again in the same character set.
//!
//! Every byte that the character set does not define becomes a question mark: in Windows-1252, these are
//! 81, 8D, 8F, 90 and 9D. All other bytes stay, so that headers remain valid.

use crate::content::Content;

/// The length of the sample. It is taken from the middle, because metadata is at either end.
const SAMPLE_BYTES: usize = 64 * 1024;

/// The smallest file that is examined. A byte of compressed data that occurs 16 times on average is missing
/// from it by chance in one of ten million files.
const MIN_BYTES: usize = 4 * 1024;

/// How often a byte beyond ASCII must usually occur until its absence has a meaning.
const MIN_MEDIAN: usize = 8;

/// The bytes next to the question mark. Bytes of a table or of plain pixels have gaps here as well.
const NEIGHBOURS: [u8; 6] = *b"<=>@AB";

/// Returns whether some byte beyond ASCII is missing from compressed data, although most of them occur often,
/// and question marks are more frequent than each neighbour by half.
pub(super) fn is_recoded<C: Content + ?Sized>(content: &C) -> bool {
    if content.len() < MIN_BYTES {
        return false;
    }
    let mut sample = vec![0; content.len().min(SAMPLE_BYTES)];
    let start = (content.len() - sample.len()) / 2;
    let length = content.read_at(start, &mut sample);
    let mut counts = [0_usize; 256];
    for &byte in &sample[..length] {
        counts[usize::from(byte)] += 1;
    }
    let neighbours = NEIGHBOURS.map(|byte| counts[usize::from(byte)]);
    let most = neighbours.into_iter().max().unwrap_or_default();
    let fewest = neighbours.into_iter().min().unwrap_or_default();
    let question_marks = counts[usize::from(b'?')];
    let beyond_ascii = &mut counts[128..];
    beyond_ascii.sort_unstable();
    let median = beyond_ascii[beyond_ascii.len() / 2];
    beyond_ascii[0] == 0
        && median >= MIN_MEDIAN
        && 2 * question_marks > 3 * most
        && 4 * fewest >= median
}
