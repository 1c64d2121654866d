//! A stand-in for the Lambda Runtime API.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};

/// How an invocation ended.
#[derive(Debug)]
pub enum Invocation {
    /// The function responded.
    Answered(Value),
    /// The function failed; contains the body of its report.
    Failed(Value),
}

/// A running stand-in.
#[derive(Debug)]
pub struct LambdaRuntime {
    address: String,
    events: mpsc::UnboundedSender<Event>,
    answer_status: Arc<AtomicU16>,
}

struct Event {
    body: Vec<u8>,
    deadline_ms: u64,
    client_context: &'static str,
    answer: oneshot::Sender<Invocation>,
}

struct Shared {
    events: AsyncMutex<mpsc::UnboundedReceiver<Event>>,
    pending: Mutex<HashMap<String, oneshot::Sender<Invocation>>>,
    invocations: AtomicUsize,
    answer_status: Arc<AtomicU16>,
}

impl LambdaRuntime {
    /// Starts on a free port.
    pub async fn start() -> Self {
        let (events, receiver) = mpsc::unbounded_channel();
        let answer_status = Arc::new(AtomicU16::new(StatusCode::ACCEPTED.as_u16()));
        let shared = Arc::new(Shared {
            events: AsyncMutex::new(receiver),
            pending: Mutex::default(),
            invocations: AtomicUsize::new(0),
            answer_status: Arc::clone(&answer_status),
        });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{end}", post(finish))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(shared);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            address,
            events,
            answer_status,
        }
    }

    /// Returns the variables that Lambda sets for a function.
    pub fn environment(&self) -> [(&str, &str); 6] {
        [
            ("AWS_LAMBDA_RUNTIME_API", &self.address),
            ("AWS_LAMBDA_FUNCTION_NAME", "upload"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/upload"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "stream"),
        ]
    }

    /// Invokes the function with a deadline in one minute.
    pub async fn invoke(&self, event: &Value) -> Invocation {
        let in_a_minute = SystemTime::now() + Duration::from_secs(60);
        let since_epoch = in_a_minute.duration_since(UNIX_EPOCH).unwrap_or_default();
        let deadline_ms = u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX);
        self.invoke_until(event, deadline_ms).await
    }

    /// Invokes the function with a deadline in milliseconds since 1970.
    pub async fn invoke_until(&self, event: &Value, deadline_ms: u64) -> Invocation {
        self.invoke_with(event.to_string(), deadline_ms).await
    }

    /// Invokes the function with any event and a deadline in milliseconds since 1970.
    pub async fn invoke_with(&self, event: impl Into<Vec<u8>>, deadline_ms: u64) -> Invocation {
        let answered = self.send_event(event.into(), deadline_ms, "");
        answered.await.expect("the function must respond")
    }

    /// Sends an event with this client context without waiting for the response.
    pub fn send_with_client_context(&self, event: &Value, client_context: &'static str) {
        drop(self.send_event(event.to_string().into(), 0, client_context));
    }

    fn send_event(
        &self,
        body: Vec<u8>,
        deadline_ms: u64,
        client_context: &'static str,
    ) -> oneshot::Receiver<Invocation> {
        let (answer, answered) = oneshot::channel();
        let event = Event {
            body,
            deadline_ms,
            client_context,
            answer,
        };
        let sent = self.events.send(event);
        sent.unwrap_or_else(|_| panic!("the stand-in is gone"));
        answered
    }

    /// Sets the status for the function's responses, 202 by default.
    pub fn take_answers_with(&self, status: StatusCode) {
        self.answer_status.store(status.as_u16(), Ordering::Relaxed);
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    let Some(event) = shared.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let number = shared.invocations.fetch_add(1, Ordering::Relaxed) + 1;
    let id = format!("invocation-{number}");
    let mut pending = shared.pending.lock().expect("no test panics here");
    pending.insert(id.clone(), event.answer);
    drop(pending);
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", event.deadline_ms.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:123456789012:function:upload".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-5759e988-bd862e3fe1be46a994272793".to_owned(),
        ),
        (
            "lambda-runtime-client-context",
            event.client_context.to_owned(),
        ),
    ];
    (headers, event.body).into_response()
}

async fn finish(
    State(shared): State<Arc<Shared>>,
    Path((id, end)): Path<(String, String)>,
    body: Bytes,
) -> StatusCode {
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let invocation = match end.as_str() {
        "response" => Invocation::Answered(body),
        _ => Invocation::Failed(body),
    };
    let mut pending = shared.pending.lock().expect("no test panics here");
    let answer = pending.remove(&id);
    match answer.map(|answer| answer.send(invocation)) {
        Some(Ok(())) => {
            let status = shared.answer_status.load(Ordering::Relaxed);
            StatusCode::from_u16(status).unwrap_or(StatusCode::ACCEPTED)
        }
        _ => StatusCode::BAD_REQUEST,
    }
}
