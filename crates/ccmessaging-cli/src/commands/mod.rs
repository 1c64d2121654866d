//! One file a command.

pub(crate) mod check;
pub(crate) mod sandbox;
pub(crate) mod serve;
