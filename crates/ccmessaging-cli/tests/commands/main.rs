//! Runs the real program and checks its exit codes and output.

mod check;
mod doctor;
mod help;
mod program;
mod sandbox;
mod send;
mod serve;
mod terminal;
mod tls_server;
