//! Runs the real program and checks its exit codes and output.

mod check;
mod desk;
mod doctor;
mod http;
mod output;
mod program;
mod sandbox;
mod send;
mod serve;
mod tls_server;
