//! What the contract tests share: the gateway as a running program behind either door, requests to
//! send, and an upstream to watch.

mod answer;
mod closed_port;
mod form;
mod gateway;
mod held_upstream;
mod http_client;
mod in_process;
mod lambda_event;
mod lambda_runtime;
mod log_lines;
mod output;
mod patience;
mod process;
mod prometheus_text;
mod raw_upstream;
mod request;
mod request_head;
mod samples;
mod upstream;
mod watched_upstream;
mod wire;

pub use answer::Answer;
pub use closed_port::ClosedPort;
pub use form::Form;
pub use gateway::{Door, Gateway};
pub use held_upstream::HeldUpstream;
pub use http_client::http_client;
pub use in_process::{InProcessGateway, TestClock};
pub use lambda_event::http_api_event;
pub use lambda_runtime::{Invocation, LambdaRuntime};
pub use log_lines::{log_lines, upload_line};
pub use output::Output;
pub use patience::PATIENT;
pub use process::{Process, gateway_threads};
pub use prometheus_text::{Family, PrometheusText, Sample as MetricSample};
pub use raw_upstream::{Authority, Certificate, RawUpstream, Script, Step, tls_acceptor};
pub use request::Request;
pub use samples::{Sample, sample, samples};
pub use upstream::{
    OBJECT_KEY, answers, assert_untouched, received_body, stored, until_reached, upstream_storing,
};
pub use watched_upstream::{Conduct, SeenRequest, WatchedUpstream, answer};
pub use wire::Wire;
