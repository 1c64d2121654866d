//! Converts the containers of video and audio without decoding or re-encoding them.
//!
//! | function | from | to |
//! |---|---|---|
//! | [`mov_to_mp4`] | `QuickTime` (`.mov`) with H.264, HEVC or MPEG-4 video, and AAC sound or none | MP4 |
//! | [`m4a_to_adts`] | MP4 audio (`.m4a`) with AAC-LC or HE-AAC, also fragmented | AAC in ADTS framing |
//!
//! The coded pictures and sound stay as they are. What cannot be kept that way is refused with a
//! [`ConvertError`] that names the codec.

mod codec;
mod elementary_stream;
mod error;
mod m4a;
mod mov;
mod sound_entry;

pub use codec::Codec;
pub use error::ConvertError;

/// Converts a `QuickTime` movie to an MP4 in place.
///
/// The media data keeps its offsets. The description (`moov`) is rewritten where it was; if the new one
/// does not fit, it is appended, and the old one becomes free space.
///
/// - The tracks are video and sound. All other tracks (timed metadata, time code, text, chapters) are
///   dropped, and so are disabled tracks and alternates that MP4 cannot hold if another one remains.
/// - Every byte of the media data that no remaining track uses becomes zero, so the positions of a GPS
///   track are gone.
/// - User data, `QuickTime` metadata and boxes that only `QuickTime` defines are dropped. Edit lists,
///   dates and colours stay.
///
/// Converting the result again changes nothing.
///
/// The time is linear in the file's length. In addition to the file, the new description and the list of
/// used ranges are in memory; each is at most about as long as the old description.
///
/// # Errors
///
/// The structure is invalid or the file is truncated; a codec is not supported; or the media is in
/// other files or in fragments.
pub fn mov_to_mp4(file: Vec<u8>) -> Result<Vec<u8>, ConvertError> {
    mov::to_mp4(file)
}

/// Extracts the AAC audio of an MP4 as ADTS frames (ISO/IEC 14496-3 section 1.A.2.2).
///
/// Only frames inside the track's edit list are extracted, each preceded by the one that a decoder needs
/// to start there. The result is at most as long as the file plus 7 bytes for each frame, and at most
/// twice as long as the file plus 64 KiB.
///
/// # Errors
///
/// The structure is invalid or the file is truncated; there is not exactly one audio track, or there is
/// video; the codec is not AAC-LC or HE-AAC, or ADTS cannot express its configuration; or samples
/// overlap.
pub fn m4a_to_adts(file: &[u8]) -> Result<Vec<u8>, ConvertError> {
    m4a::to_adts(file)
}
