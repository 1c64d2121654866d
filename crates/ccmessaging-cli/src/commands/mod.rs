//! The commands: their arguments and code.

pub(crate) mod check;
pub(crate) mod doctor;
pub(crate) mod sandbox;
pub(crate) mod send;
pub(crate) mod serve;
