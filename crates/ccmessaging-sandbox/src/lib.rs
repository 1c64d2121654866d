#![doc = include_str!("../README.md")]

mod answer;
mod builder;
mod call;
mod calls;
mod clock;
mod faults;
mod limits;
mod sandbox;
mod server;
mod storage;
mod tokens;
mod upstream;

pub use answer::Spelling;
pub use builder::{SandboxBuilder, StartError};
pub use call::{Call, Exchange};
pub use clock::ManualClock;
pub use faults::{Fault, FaultPlan, FaultRule, ParseFaultPlanError};
pub use http::StatusCode;
pub use limits::{SizeLimits, file_types};
pub use sandbox::Sandbox;
pub use storage::{Storage, StoredFile};
pub use tokens::RotationPolicy;
