//! The chat's calls against a server that returns chosen responses, and against the simulated contact centre.

mod calls;
mod desk;
mod download;
mod errors;
mod messages;
mod renewal;
mod server;
mod session;
