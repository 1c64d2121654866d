//! Receives a request's body within its limits.

mod pace;
mod pieces;
mod reader;

pub use pace::Lateness;
pub(super) use reader::BodyReader;
