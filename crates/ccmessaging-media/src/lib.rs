#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod convert;
mod format;
pub mod metadata;
mod mp4;
pub mod tracks;

pub use format::Format;
