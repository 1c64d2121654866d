//! Receives a request's body within its limits.

mod pace;
mod reader;

pub(super) use reader::BodyReader;
