//! A simulated upstream of Huawei Cloud's contact centre, for tests and local work.
//!
//! It answers the four calls that a `ccmessaging` client makes (`tokenByAkSk`, `applyToken`,
//! `uploadFileStream`, `downloadFileStream`) as the public documentation words them, keeps what is
//! uploaded, and misbehaves on demand. It shares no code with the gateway that it judges: a mistake
//! in one does not hide in the other.
//!
//! ```
//! use ccmessaging_sandbox::{Call, ManualClock, Sandbox};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = ManualClock::new();
//! let sandbox = Sandbox::builder()
//!     .app_key("key")
//!     .app_secret("secret")
//!     .clock(clock.clone())
//!     .start()
//!     .await?;
//!
//! // Point the client under test here, with these headers:
//! let url = sandbox.url(Call::UploadFileStream);
//! let authorization = format!("Bearer {}", sandbox.issue_access_token());
//! let ccmessaging_token = sandbox.issue_session_token();
//! # assert!(url.starts_with("http://127.0.0.1:"));
//! # assert_ne!(authorization, ccmessaging_token);
//!
//! // The second upload from now on meets an overloaded server:
//! sandbox.faults().set("upload:2=status:503,retry-after:1".parse()?);
//!
//! // Nothing has arrived yet:
//! assert_eq!(sandbox.calls(Call::UploadFileStream), 0);
//! assert!(sandbox.uploads().is_empty());
//! sandbox.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Where the documentation is silent
//!
//! | question | the sandbox's answer |
//! |---|---|
//! | wrong app key or secret, missing or wrong `x-app-key` | 403 with `errorCode` and `exceptionInfo`, as for an illegal token |
//! | missing, unknown or expired `ccmessaging-token` | 401 with code `401` |
//! | which spellings of `fileType` | JPG, JPEG, PNG, BPM, BMP, MP3, AAC, MP4, TXT, CSV in any case |
//! | Base64 that is not canonical and padded (RFC 4648, section 4) | code `13` ("decode file failed") |
//! | a file over its limit | code `3` |
//! | a parameter that is null or empty | code `2`, as if it were missing |
//! | `X-Token-Expire` over the longest lifetime | the longest lifetime |
//! | whether content must match `fileType` | not checked |
//! | other paths, other methods, longer bodies | 404, 405, 413 with code `3` |

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
