//! The sandbox through its public interface: real sockets, a real HTTP client, no sleeping for expiry.

mod client;
mod desk;
mod fault_plan;
mod faults;
mod files;
mod messages;
mod server;
mod tokens;
