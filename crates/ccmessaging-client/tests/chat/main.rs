//! The chat's calls against a server that returns chosen responses.

mod calls;
mod download;
mod messages;
mod server;
mod session;
