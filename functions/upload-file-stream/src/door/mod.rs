//! The doors by which requests come in: the AWS Lambda runtime, and a plain HTTP/1.1 server, which
//! is also what a FunctionGraph HTTP function is.

mod lambda;
mod server;
mod stop;

pub use lambda::serve_lambda;
pub use server::{Server, Workers, worker_runtime};
pub use stop::stop_signal;
