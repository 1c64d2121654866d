//! Conversion of containers: what the result holds, what is refused, and properties of any input.

mod build_audio;
mod build_description;
mod build_movie;
mod m4a;
mod memory;
mod mov;
mod mov_refused;
mod properties;
mod tree;
