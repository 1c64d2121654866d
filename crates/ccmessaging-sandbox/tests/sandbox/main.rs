//! The sandbox through its public doors: real sockets, a real HTTP client, no sleeping for expiry.

mod apply_token;
mod client;
mod download;
mod fault_rules;
mod faults;
mod lifecycle;
mod plan_text;
mod request_log;
mod rotation;
mod routing;
mod storage;
mod token_by_ak_sk;
mod upload;
