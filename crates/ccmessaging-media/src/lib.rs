#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod format;
pub mod metadata;
mod mp4;

pub use format::Format;
