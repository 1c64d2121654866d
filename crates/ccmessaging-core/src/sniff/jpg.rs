//! JPEG, after ITU-T T.81 (ISO/IEC 10918-1) annex B.
//!
//! A JPEG begins with the marker SOI (`FF D8`). Segments follow, each with a marker and a length that
//! leads to the next, up to the frame header, which says how large the image is.

pub(crate) mod marker;

use marker::{COM, DAC, DHT, DNL, DQT, DRI, EOI, RST0, RST7, SOI, SOS, TEM};

use super::window::{Window, bytes_at};
use crate::content::Content;

/// SOI, and the first byte of the next marker.
const START: [u8; 3] = [0xFF, 0xD8, 0xFF];

/// Once the file is recognised, segments that begin after this offset are not read. This bounds the
/// work for photos with a lot of metadata: with Base64, each read decodes a window.
const REACH: usize = 60 * 1024;

/// How much is read of segments and the gaps between them, which bounds the work for a file of countless ones. Real
/// files have fewer than 30 before the frame header.
const MAX_READ: usize = 256 * 1024;

/// The least that counts for one segment, since it takes several reads.
const SEGMENT_BYTES: usize = 64;

/// The longest gap between two segments that is searched for the next marker. T.81 B.1.1.2 sets no limit to
/// the fill bytes there, and libjpeg's `next_marker` skips any number of stray bytes. Without a limit, the
/// search would read the whole file.
const MAX_GAP: usize = 4096 + 32;

/// After more stray bytes than these in one gap, a file is accepted only with a quantisation table and a frame
/// header. Otherwise the start of a JPG would be enough to pass anything that follows as one.
const FEW_STRAY: usize = 64;

/// Identifiers that open the application segments of real files: JFIF (ITU-T T.871), Exif
/// (JEITA CP-3451), XMP, ICC, MPO (CIPA DC-007), Adobe, and those of older cameras and tools.
const IDENTIFIERS: [&[u8]; 15] = [
    b"JFIF\0",
    b"JFXX\0",
    b"Exif\0",
    b"http://ns.adobe.com/",
    b"ICC_PROFILE\0",
    b"MPF\0",
    b"Adobe",
    b"Photoshop ",
    b"Ducky",
    b"AVI1",
    b"mjpg",
    b"FPXR\0",
    b"Meta\0",
    b"META\0",
    b"SPIFF\0",
];

/// Returns whether the content is a JPEG image.
///
/// The segments are followed to the frame header, which must be well-formed. If the file is cut off
/// before it, or it is past [`REACH`], one segment must be recognised: an application segment by
/// its identifier, or a table by its length. A comment or an unknown application segment can hold
/// anything, so it does not count.
///
/// The first marker must follow SOI directly, although libjpeg would search for it: browsers identify a JPG
/// by these three bytes (WHATWG MIME Sniffing, section 6.1) and do not show a file without them.
pub(super) fn is_jpg(content: &dyn Content) -> bool {
    if bytes_at(content, 0) != Some(START) {
        return false;
    }
    let mut offset = START.len() - 1;
    let mut is_recognised = false;
    let mut has_quantisation = false;
    let mut must_have_image = false;
    let mut read = 0;
    while read < MAX_READ {
        if is_recognised && !must_have_image && offset >= REACH {
            break;
        }
        let segment = match Segment::read(content, offset) {
            Ok(segment) => segment,
            Err(Stop::CutOff) => break,
            Err(Stop::NoMarker) => return false,
        };
        read += segment.start - offset + SEGMENT_BYTES;
        must_have_image |= segment.stray > FEW_STRAY;
        // T.81 table B.1. C8 is reserved; F7 would be JPEG-LS (ITU-T T.87), which is another format.
        match segment.code {
            // SOFn, and DHP, which has the same fields.
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xDE => {
                return match segment.is_frame_header() {
                    Some(holds) => holds && (has_quantisation || !must_have_image),
                    None => is_recognised && !must_have_image,
                };
            }
            0xE0..=0xEF => is_recognised |= segment.has_known_identifier(),
            DQT => {
                let is_table = segment.is_table();
                has_quantisation |= is_table;
                is_recognised |= is_table;
            }
            DHT | DAC | DRI => is_recognised |= segment.is_table(),
            // A number of lines belongs after the first scan (T.81 B.2.5), but libjpeg skips it anywhere.
            COM | DNL => {}
            // Tools leave metadata without an image behind like this.
            SOI | EOI | SOS => break,
            _ => return false,
        }
        // The length counts itself.
        if segment.length < 2 {
            return false;
        }
        offset = segment.start + segment.length;
    }
    is_recognised && !must_have_image
}

/// Why the segments cannot be followed further.
enum Stop {
    /// The file ends.
    CutOff,
    /// Something else than a marker follows.
    NoMarker,
}

struct Segment {
    /// The second byte of its marker.
    code: u8,
    /// The offset of its length field, which follows the marker.
    start: usize,
    /// The number of stray bytes before its marker.
    stray: usize,
    length: usize,
    /// The length, and the beginning of what follows it.
    bytes: Window<24>,
}

impl Segment {
    fn read(content: &dyn Content, offset: usize) -> Result<Self, Stop> {
        let Marker {
            code,
            end: start,
            stray,
        } = find_marker(content, offset)?;
        let bytes = Window::<24>::read(content, start);
        let length = bytes.bytes().first_chunk().ok_or(Stop::CutOff)?;
        Ok(Self {
            code,
            start,
            stray,
            length: u16::from_be_bytes(*length).into(),
            bytes,
        })
    }

    fn data(&self) -> &[u8] {
        self.bytes.bytes().get(2..).unwrap_or_default()
    }

    /// Returns whether the sample precision is permitted and the number of components gives the length (T.81 table B.2);
    /// `None` if the file ends before them.
    fn is_frame_header(&self) -> Option<bool> {
        let &[precision, _, _, _, _, components] = self.data().first_chunk()?;
        Some(
            (2..=16).contains(&precision)
                && components > 0
                && self.length == 8 + 3 * usize::from(components),
        )
    }

    /// Returns whether an application segment begins with a known identifier, or with at least 4 bytes of one at the
    /// end of the file.
    fn has_known_identifier(&self) -> bool {
        let data = self.data();
        IDENTIFIERS.iter().any(|identifier| {
            let count = data.len().min(identifier.len());
            count >= 4 && data[..count] == identifier[..count]
        })
    }

    /// Returns whether the length is one that up to four quantisation tables (T.81 table B.4), eight Huffman tables (B.5)
    /// or eight arithmetic conditionings (B.6) can have, or that of a restart interval (B.7). A
    /// table begins with its class or precision, 0 or 1, and its destination, 0 to 3.
    fn is_table(&self) -> bool {
        let lengths = match self.code {
            DRI => return self.length == 4,
            DQT => 2 + 65..=2 + 4 * 129,
            DHT => 2 + 17..=2 + 8 * (17 + 256),
            _ => 2 + 2..=2 + 8 * 2,
        };
        lengths.contains(&self.length) && self.data().first().is_some_and(|first| first & 0xEC == 0)
    }
}

/// The marker that opens a segment.
struct Marker {
    /// Its second byte.
    code: u8,
    /// The offset of the byte that follows it.
    end: usize,
    /// The number of stray bytes before it.
    stray: usize,
}

/// Searches for the marker of the next segment from `offset` on. Like libjpeg, skips fill bytes, stray bytes,
/// and the markers that have no segment: RST0 to RST7 and TEM.
fn find_marker(content: &dyn Content, offset: usize) -> Result<Marker, Stop> {
    const STEP: usize = 32;

    let mut stray = 0;
    let mut is_marker = false;
    for at in (offset..offset + MAX_GAP).step_by(STEP) {
        let window = Window::<STEP>::read(content, at);
        for (index, &byte) in window.bytes().iter().enumerate() {
            match byte {
                0xFF => is_marker = true,
                code if is_marker && !matches!(code, 0 | TEM | RST0..=RST7) => {
                    return Ok(Marker {
                        code,
                        end: at + index + 1,
                        stray,
                    });
                }
                _ => {
                    is_marker = false;
                    stray += 1;
                }
            }
        }
        if window.bytes().len() < STEP {
            return Err(if stray > FEW_STRAY {
                Stop::NoMarker
            } else {
                Stop::CutOff
            });
        }
    }
    Err(Stop::NoMarker)
}
