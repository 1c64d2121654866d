//! One file a command.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod doctor;
pub(crate) mod sandbox;
pub(crate) mod send;
pub(crate) mod serve;
