//! Misbehaviour on demand: what goes wrong, for which calls, and how that is written down.

pub(crate) mod apply;
mod display;
mod fault;
mod live;
mod parse;
mod parse_fault;
mod plan;
mod scan;
mod slow_bodies;

pub(crate) use fault::Kind;
pub use fault::{Fault, ResetPoint};
pub use live::Faults;
pub use plan::{FaultPlan, Occurrence, Target};
pub use scan::ParsePlanError;
