//! Helpers for the test suites: the gateway as a running program on either platform, requests and
//! upstreams.

#![allow(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "test helpers panic on failure, and their results may be ignored"
)]

mod answer;
mod closed_port;
mod form;
mod gateway;
mod in_process;
mod lambda_event;
mod lambda_runtime;
mod output;
mod process;
mod request;
mod samples;
mod scripted_upstream;
mod storing;
mod ticket;
mod time_limit;
mod upstream;
mod wire;

pub use answer::{Answer, http_client};
pub use closed_port::ClosedPort;
pub use form::Form;
pub use gateway::{Gateway, Platform};
pub use in_process::InProcessGateway;
pub use lambda_event::http_api_event;
pub use lambda_runtime::{Invocation, LambdaRuntime};
pub use output::{json_lines, log_lines, upload_line};
pub use process::{Process, gateway_threads};
pub use request::{Request, upload_json};
pub use samples::{Sample, sample, samples};
pub use scripted_upstream::{
    Authority, Certificate, Script, ScriptedUpstream, SeenRequest, Step, http_answer, tls_acceptor,
};
pub use storing::Storing;
pub use ticket::{TICKET_KEY, jwt, ticket};
pub use time_limit::{PATIENT, in_time};
pub use upstream::{
    OBJECT_KEY, answering, answers, assert_untouched, received, received_body, stored,
    until_reached, upstream_storing,
};
pub use wire::Wire;
