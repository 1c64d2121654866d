//! The sandbox through its public doors: real sockets, a real HTTP client, no sleeping for expiry.

mod client;
mod upload;
