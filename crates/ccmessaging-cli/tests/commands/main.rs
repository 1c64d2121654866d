//! The commands, run as a person or a script runs them: the real program, its exit code and what it
//! prints.

mod check;
mod doctor;
mod help;
mod program;
mod sandbox;
mod send;
mod serve;
mod terminal;
mod tls_server;
