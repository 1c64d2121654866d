//! Files without `ftyp` (MP4 files of the first version, and `QuickTime` files before 2002), or of an unknown brand.

use super::BoxHeader;
use super::brands::FourCc;
use crate::content::Content;
use crate::sniff::window::bytes_at;

/// The most boxes that are walked on one level.
const MAX_BOXES: usize = 32;

/// Returns whether the movie whose boxes begin at `offset` is MP4.
///
/// By ISO/IEC 14496-12 section 4.3, readers treat a file without `ftyp` as `mp41`. `QuickTime`'s
/// `hdlr` atom (`QuickTime` File Format, "Handler reference atoms") carries a component type there,
/// `mhlr`, where ISO/IEC 14496-12 section 8.4.3 demands zero; the first track's decides.
pub(in crate::sniff) fn is_movie(content: &dyn Content, offset: usize) -> bool {
    first_handler(content, offset).is_some_and(|hdlr| {
        let [_, _, _, _, pre_defined @ .., k0, k1, k2, k3] = hdlr;
        pre_defined == [0; 4] && matches!(&[k0, k1, k2, k3], b"vide" | b"soun" | b"sdsm" | b"odsm")
    })
}

/// Returns version, flags, pre-defined field and handler type of the first track.
fn first_handler(content: &dyn Content, offset: usize) -> Option<[u8; 12]> {
    let movie = Level {
        start: offset,
        end: content.len(),
    };
    let handler = movie
        .child(content, *b"moov")?
        .child(content, *b"trak")?
        .child(content, *b"mdia")?
        .child(content, *b"hdlr")?;
    bytes_at(content, handler.start)
}

/// The boxes between two offsets.
struct Level {
    start: usize,
    end: usize,
}

impl Level {
    /// Returns the content of the first box of a `kind`.
    fn child(&self, content: &dyn Content, kind: FourCc) -> Option<Self> {
        let mut offset = self.start;
        for _ in 0..MAX_BOXES {
            if offset >= self.end {
                return None;
            }
            let header = BoxHeader::read(content, offset)?;
            let end = offset.checked_add(header.length)?;
            if header.kind == kind {
                return Some(Self {
                    start: offset + header.header_length,
                    end: end.min(self.end),
                });
            }
            offset = end;
        }
        None
    }
}
