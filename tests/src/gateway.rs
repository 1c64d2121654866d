//! The gateway as a running program.

use std::process::{ExitStatus, Stdio};

use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::http_client::{http_client, send_http};
use crate::lambda_event::{answer_of_event, http_api_event};
use crate::{Answer, Invocation, LambdaRuntime, Output, Request, log_lines};

/// By which way requests reach the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// HTTP, from a real client.
    Http,
    /// Events of the Lambda runtime.
    Lambda,
}

impl Door {
    /// Both doors: every case must hold at each.
    pub const ALL: [Self; 2] = [Self::Http, Self::Lambda];
}

/// A running gateway; it is killed when dropped.
#[derive(Debug)]
pub struct Gateway {
    child: Child,
    entrance: Entrance,
    output: Output,
    readers: Vec<JoinHandle<()>>,
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
    /// Starts `program` behind a door, in an environment of nothing but `settings`.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn start(program: &str, door: Door, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program);
        command.env_clear();
        if let Door::Http = door {
            command.env("LISTEN_ADDRESS", "127.0.0.1:0");
        }
        command
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let runtime = match door {
            Door::Http => None,
            Door::Lambda => {
                let runtime = LambdaRuntime::start().await;
                command.envs([
                    ("AWS_LAMBDA_RUNTIME_API", runtime.address()),
                    ("AWS_LAMBDA_FUNCTION_NAME", "upload"),
                    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
                    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
                    ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/upload"),
                    ("AWS_LAMBDA_LOG_STREAM_NAME", "stream"),
                ]);
                Some(runtime)
            }
        };
        let mut child = command.spawn().expect("the gateway must start");
        let output = Output::default();
        let (address_sender, mut address) = mpsc::unbounded_channel();
        let stdout = child.stdout.take().expect("piped");
        let stderr = child.stderr.take().expect("piped");
        let readers = vec![
            tokio::spawn(output.clone().collect(stdout, Some(address_sender))),
            tokio::spawn(output.clone().collect(stderr, None)),
        ];
        let entrance = match runtime {
            Some(runtime) => Entrance::Lambda(runtime),
            None => Entrance::Http {
                address: address
                    .recv()
                    .await
                    .unwrap_or_else(|| panic!("the gateway does not listen: {}", output.text())),
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

    /// Sends a request and reads the whole answer.
    ///
    /// # Panics
    ///
    /// If there is no answer.
    pub async fn send(&self, request: &Request) -> Answer {
        match &self.entrance {
            Entrance::Http { address, client } => {
                send_http(client, address, request, request.body.clone().into()).await
            }
            Entrance::Lambda(runtime) => match runtime.invoke(&http_api_event(request)).await {
                Invocation::Answered(answer) => answer_of_event(&answer),
                Invocation::Failed(report) => panic!("the invocation failed: {report}"),
            },
        }
    }

    /// Sends a request over HTTP without declaring its length.
    ///
    /// # Panics
    ///
    /// If there is no answer, or the gateway is behind the Lambda door.
    pub async fn send_chunked(&self, request: &Request) -> Answer {
        let chunks: Vec<_> = request
            .body
            .chunks(16 * 1024)
            .map(|chunk| Ok::<_, std::convert::Infallible>(chunk.to_vec()))
            .collect();
        let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        send_http(&http_client(), self.address(), request, body).await
    }

    /// The host and port that it listens on.
    ///
    /// # Panics
    ///
    /// If it is behind the Lambda door.
    #[must_use]
    pub fn address(&self) -> &str {
        match &self.entrance {
            Entrance::Http { address, .. } => address,
            Entrance::Lambda(_) => panic!("a Lambda function has no address"),
        }
    }

    /// Reads the metrics on their own address, as Prometheus does.
    ///
    /// # Panics
    ///
    /// If it serves none.
    pub async fn metrics(&self) -> Answer {
        let text = self.output.text();
        let line = log_lines(&text, "serving metrics");
        let address = line[0]["address"].as_str().expect("an address");
        let request = Request::bare("GET", "/metrics");
        send_http(&http_client(), address, &request, "".into()).await
    }

    /// The runtime API that it is connected to.
    ///
    /// # Panics
    ///
    /// If it is behind the HTTP door.
    #[must_use]
    pub fn runtime(&self) -> &LambdaRuntime {
        match &self.entrance {
            Entrance::Lambda(runtime) => runtime,
            Entrance::Http { .. } => panic!("an HTTP server has no runtime"),
        }
    }

    /// Its process identifier.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.child.id()
    }

    /// What it has printed so far.
    #[must_use]
    pub fn output(&self) -> &Output {
        &self.output
    }

    /// Waits for its end by itself.
    ///
    /// # Panics
    ///
    /// If the process cannot be waited for.
    pub async fn wait(&mut self) -> ExitStatus {
        self.child.wait().await.expect("a process to wait for")
    }

    /// Kills it and returns all that it printed.
    ///
    /// # Panics
    ///
    /// If the process cannot be ended.
    pub async fn stop(mut self) -> String {
        self.child.kill().await.expect("a process to kill");
        for reader in self.readers.drain(..) {
            reader.await.expect("a reader does not panic");
        }
        self.output.text()
    }
}
