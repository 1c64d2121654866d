//! The sandbox through its public interface: real sockets, a real HTTP client, no sleeping for expiry.

mod client;
mod fault_plan;
mod faults;
mod files;
mod server;
mod tokens;
