//! The chat's requests and responses.

mod download;
mod messages;
mod requests;
mod send;
