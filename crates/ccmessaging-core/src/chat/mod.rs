//! The chat's other calls: `send`, `sendAsync`, `poll`, `queryHistoryChatMessage` and
//! `downloadFileStream`.
//!
//! Requests are strict: [`SendRequest`], [`PollRequest`], [`HistoryRequest`] and [`DownloadRequest`] accept
//! the documented members only, check every value, and are rebuilt from them, so nothing that was not
//! checked is forwarded. A [`ChatError`] says which field is wrong and what to send instead.
//!
//! Responses are read leniently, because editions of the documentation differ: [`ChatResponse`]
//! and [`Message`].
//!
//! ```
//! use ccmessaging_core::chat::SendRequest;
//!
//! let hello = SendRequest::text("42", "the channel's ID", "hello")?;
//! assert_eq!(SendRequest::from_json(&hello.to_json())?, hello);
//! let error = SendRequest::text("a user's id that is much too long", "ID", "hello").unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "from has 33 characters, but may have at most 24; send the user's id, 1 to 24 characters"
//! );
//! # Ok::<_, ccmessaging_core::chat::ChatError>(())
//! ```

mod check;
mod content;
mod download;
mod download_media_type;
mod download_type;
mod error;
mod field;
mod history;
mod kinds;
mod members;
mod message;
mod poll;
mod query;
mod response;
mod send;

pub use content::{MediaFormat, SentFile};
pub use download::DownloadRequest;
pub use download_media_type::media_type_of_download;
pub use download_type::DownloadType;
pub use error::ChatError;
pub use field::ChatField;
pub use history::HistoryRequest;
pub use kinds::{ControlType, MessageKind};
pub use message::{LibraryTypes, Message, MessageControl, MessageMedia, MessageSource};
pub use poll::PollRequest;
pub use response::{ChatResponse, ResponseError};
pub use send::SendRequest;
