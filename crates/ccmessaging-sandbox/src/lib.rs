#![doc = include_str!("../README.md")]

mod builder;
mod call;
mod calls;
mod clock;
mod faults;
mod limits;
mod response;
mod sandbox;
mod server;
mod store;
mod tokens;
mod upstream;

pub use builder::{SandboxBuilder, StartError};
pub use call::{Call, Exchange};
pub use clock::ManualClock;
pub use faults::{Fault, FaultPlan, FaultRule, ParseFaultPlanError};
pub use http::StatusCode;
pub use limits::{SizeLimits, file_types};
pub use response::ResponseFormat;
pub use sandbox::Sandbox;
pub use store::StoredFile;
pub use tokens::RotationPolicy;
