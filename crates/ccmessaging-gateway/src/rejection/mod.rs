//! Why a request is rejected: the response that the caller receives, and what the log records.

mod chat;
mod chat_error;
mod error_body;
mod reason_codes;
mod request;
mod verdict;

pub(crate) use chat::ChatRejection;
pub(crate) use chat_error::{DownloadError, TicketError};
pub(crate) use error_body::json_response;
pub(crate) use reason_codes::{CHAT_LOG_REASON_CODES, LOG_REASON_CODES};
pub(crate) use request::Rejection;
pub(crate) use verdict::Verdict;
