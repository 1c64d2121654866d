#![doc = include_str!("../README.md")]

mod answer;
mod builder;
mod call;
mod calls;
mod clock;
mod exchange;
mod faults;
mod file_type;
mod limits;
mod rotation;
mod sandbox;
mod server;
mod storage;
mod sync;
mod tokens;
mod upstream;

#[doc = include_str!("faults/grammar.md")]
pub mod fault_grammar {}

pub use answer::Spelling;
pub use builder::{SandboxBuilder, StartError};
pub use call::Call;
pub use clock::{Clock, ManualClock, SystemClock};
pub use exchange::Exchange;
pub use faults::{Fault, FaultPlan, Faults, Occurrence, ParsePlanError, ResetPoint, Target};
pub use http::StatusCode;
pub use limits::SizeLimits;
pub use rotation::RotationPolicy;
pub use sandbox::Sandbox;
pub use storage::{Storage, StoredFile};
