//! What is validated: the core's policy, from variables.

use ccmessaging_core::{BmpSpelling, Limits, Policy};

use super::ConfigError;
use super::vars::Vars;

pub(super) fn from_vars(vars: &Vars) -> Result<Policy, ConfigError> {
    Ok(Policy {
        limits: Limits {
            image_bytes: vars.size("MAX_IMAGE_BYTES", Limits::DEFAULT_BYTES)?,
            audio_bytes: vars.size("MAX_AUDIO_BYTES", Limits::DEFAULT_BYTES)?,
            video_bytes: vars.size("MAX_VIDEO_BYTES", Limits::DEFAULT_BYTES)?,
            text_bytes: vars.size("MAX_TEXT_BYTES", Limits::DEFAULT_BYTES)?,
        },
        bmp_spelling: vars.choice(
            "BMP_SPELLING",
            &[("bmp", BmpSpelling::Bmp), ("bpm", BmpSpelling::Bpm)],
        )?,
    })
}
