#![doc = include_str!("../README.md")]

mod builder;
mod call;
mod calls;
mod chat;
mod clock;
mod desk;
mod faults;
mod file_types;
mod response;
mod sandbox;
mod server;
mod store;
mod tokens;
mod upstream;

pub use builder::SandboxBuilder;
pub use call::{Call, Exchange};
pub use chat::{Conversation, ConversationState, Direction, Message, MessageFile};
pub use clock::ManualClock;
pub use desk::{Desk, DeskError};
pub use faults::{Fault, FaultPlan, FaultRule, ParseFaultPlanError};
pub use file_types::file_types;
pub use http::StatusCode;
pub use sandbox::Sandbox;
pub use store::StoredFile;
pub use tokens::RotationPolicy;
