//! The gateway as a running program.

use std::convert::Infallible;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::lambda_event::{answer_of_event, http_api_event};
use crate::output::{collect, log_lines, until_said};
use crate::{Answer, Invocation, LambdaRuntime, Process, Request, http_client};

/// How long a stopped gateway may finish uploads before it is killed.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// The platform on which the gateway runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// As an HTTP server.
    Http,
    /// As a Lambda function.
    Lambda,
}

impl Platform {
    /// Both platforms.
    pub const ALL: [Self; 2] = [Self::Http, Self::Lambda];
}

/// A running gateway; it is killed when dropped.
#[derive(Debug)]
pub struct Gateway {
    child: Child,
    entrance: Entrance,
    output: watch::Receiver<String>,
    readers: [JoinHandle<()>; 2],
}

#[derive(Debug)]
enum Entrance {
    Http {
        address: String,
        client: reqwest::Client,
    },
    Lambda(LambdaRuntime),
}

impl Gateway {
    /// Starts `program` on a platform with only `settings` in its environment.
    pub async fn start(program: &str, platform: Platform, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program);
        command.env_clear();
        if let Platform::Http = platform {
            command.env("LISTEN_ADDRESS", "127.0.0.1:0");
        }
        command
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let runtime = match platform {
            Platform::Http => None,
            Platform::Lambda => {
                let runtime = LambdaRuntime::start().await;
                command.envs(runtime.environment());
                Some(runtime)
            }
        };
        let mut child = command.spawn().expect("the gateway must start");
        let (text, output) = watch::channel(String::new());
        let stdout = child.stdout.take().expect("piped");
        let stderr = child.stderr.take().expect("piped");
        let readers = [
            tokio::spawn(collect(stdout, text.clone())),
            tokio::spawn(collect(stderr, text)),
        ];
        let entrance = match runtime {
            Some(runtime) => Entrance::Lambda(runtime),
            None => Entrance::Http {
                address: address(&output, "listening").await,
                client: http_client(),
            },
        };
        Self {
            child,
            entrance,
            output,
            readers,
        }
    }

    /// Sends a request and reads the complete response.
    pub async fn send(&self, request: &Request) -> Answer {
        match &self.entrance {
            Entrance::Http { address, client } => request.send(client, address).await,
            Entrance::Lambda(runtime) => match runtime.invoke(&http_api_event(request)).await {
                Invocation::Answered(answer) => answer_of_event(&answer),
                Invocation::Failed(report) => panic!("the invocation failed: {report}"),
            },
        }
    }

    /// Sends a request over HTTP with a chunked body.
    pub async fn send_chunked(&self, request: &Request) -> Answer {
        let chunks = request.body.chunks(16 * 1024);
        let chunks: Vec<_> = chunks
            .map(|chunk| Ok::<_, Infallible>(chunk.to_vec()))
            .collect();
        let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        let answer = request.try_send(&http_client(), self.address(), body).await;
        answer.expect("the gateway must respond")
    }

    /// Returns the host and port of an HTTP server.
    pub fn address(&self) -> &str {
        match &self.entrance {
            Entrance::Http { address, .. } => address,
            Entrance::Lambda(_) => panic!("a Lambda function has no address"),
        }
    }

    /// Reads the metrics from their address, as Prometheus does.
    pub async fn metrics(&self) -> Answer {
        let request = Request::bare("GET", "/metrics");
        request
            .send(&http_client(), &self.metrics_address().await)
            .await
    }

    /// Returns the host and port of the metrics.
    pub async fn metrics_address(&self) -> String {
        address(&self.output, "serving metrics").await
    }

    /// Returns the runtime API of a Lambda function.
    pub fn runtime(&self) -> &LambdaRuntime {
        match &self.entrance {
            Entrance::Lambda(runtime) => runtime,
            Entrance::Http { .. } => panic!("an HTTP server has no runtime"),
        }
    }

    /// Returns its process.
    pub fn process(&self) -> Process {
        Process::new(self.child.id().expect("a running process"))
    }

    /// Waits until it has printed `words`.
    pub async fn until_said(&self, words: &str) {
        until_said(self.output.clone(), words).await;
    }

    /// Waits until it ends by itself.
    pub async fn wait(&mut self) -> ExitStatus {
        self.child.wait().await.expect("a process to wait for")
    }

    /// Stops it and returns its complete output. It is killed if uploads keep it running.
    pub async fn stop(mut self) -> String {
        // It may have ended by itself.
        if let Some(id) = self.child.id() {
            Process::new(id).terminate();
        }
        if timeout(DRAIN_TIME, self.child.wait()).await.is_err() {
            self.child.kill().await.expect("a process to kill");
        }
        for reader in self.readers {
            reader.await.expect("a reader does not panic");
        }
        self.output.borrow().clone()
    }
}

/// Returns the address in the log line with this message.
async fn address(output: &watch::Receiver<String>, message: &str) -> String {
    until_said(output.clone(), &format!("\"message\":\"{message}\"")).await;
    let line = &log_lines(&output.borrow(), message)[0];
    line["address"].as_str().expect("an address").to_owned()
}
