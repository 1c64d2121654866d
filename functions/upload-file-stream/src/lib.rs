#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod arguments;
mod lambda;
mod program;

pub use lambda::serve_lambda;
pub use program::main;
