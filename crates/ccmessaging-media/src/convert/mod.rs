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
mod error;
mod m4a;
mod mov;

pub use codec::Codec;
pub use error::ConvertError;
pub use m4a::m4a_to_adts;
pub use mov::mov_to_mp4;
