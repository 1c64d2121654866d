//! A call that is prepared, with the options that uploads and the chat's calls have in common.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ccmessaging_core::Payload;
use http::{HeaderMap, HeaderValue, Method, Uri};

use super::DEFAULT_TIMEOUT;
use super::response::CallResponse;
use crate::body::RequestBody;
use crate::retry::Repeat;
use crate::transport::{Call, RawResponse, Reserve};
use crate::{CallError, Client, Credentials, Deadline, Peer};

/// A call to make. Created by [`Client::upload`] and [`Client::chat`]; `R` is what its response contains.
#[must_use = "a call is not made until `send` is awaited"]
pub struct CallRequest<'a, R> {
    client: &'a Client,
    credentials: Credentials,
    content: CallContent<'a, R>,
    headers: HeaderMap,
    deadline: Deadline,
    progress: Progress,
    reserve: Option<Reserve<'a>>,
}

/// What distinguishes the calls.
pub(super) struct CallContent<'a, R> {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) body: CallBody<'a>,
    pub(super) max_response_bytes: usize,
    pub(super) repeat: Repeat,
    pub(super) read: fn(RawResponse) -> Result<CallResponse<R>, CallError>,
}

/// The source of the body of each attempt.
pub(super) enum CallBody<'a> {
    Upload(&'a Payload),
    Json(Bytes),
}

impl<'a, R> CallRequest<'a, R> {
    pub(super) fn new(
        client: &'a Client,
        credentials: &Credentials,
        content: CallContent<'a, R>,
    ) -> Self {
        Self {
            client,
            credentials: credentials.clone(),
            content,
            headers: HeaderMap::new(),
            deadline: Deadline::after(DEFAULT_TIMEOUT),
            progress: Progress::default(),
            reserve: None,
        }
    }

    /// Adds headers to each attempt, such as a trace context. The credentials replace headers of the
    /// same name.
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Sets the deadline of all attempts together: 25 s from now by default.
    pub fn deadline(mut self, deadline: Deadline) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets the deadline of all attempts together to this long from now.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.deadline(Deadline::after(timeout))
    }

    /// Counts attempts in `progress`.
    pub fn progress(mut self, progress: &Progress) -> Self {
        self.progress = progress.clone();
        self
    }

    /// Limits the memory of many responses: `reserve` is called with the total size before memory for the
    /// response is allocated, and each time before it grows. If it returns `false`, the call fails with
    /// [`InvalidResponse::NoMemory`](crate::InvalidResponse::NoMemory).
    pub fn reserve_memory(mut self, reserve: &'a (dyn Fn(usize) -> bool + Sync)) -> Self {
        self.reserve = Some(reserve);
        self
    }

    /// Makes the call, and repeats it as the [`RetryPolicy`](crate::RetryPolicy) says. Tokens are not renewed: see
    /// [`CallResponse::rejects_token`].
    ///
    /// An upload alone sends nothing to an agent, so a retry leaves at most an orphaned file. `send` and
    /// `sendAsync` are repeated only if no connection could be opened, because the contact centre may have
    /// received the message otherwise.
    ///
    /// A response that reports a failure is returned as `Ok`: see [`CallResponse::is_stored`] and
    /// [`CallResponse::is_success`].
    ///
    /// # Errors
    ///
    /// The last attempt returned no documented response.
    pub async fn send(self) -> Result<CallResponse<R>, CallError> {
        let Self {
            client, content, ..
        } = &self;
        let attempt = |newest_token: Option<HeaderValue>| {
            let mut headers = self.headers.clone();
            self.credentials.add_to(&mut headers, newest_token);
            self.progress.begin_attempt();
            let call = Call {
                peer: Peer::ContactCentre,
                method: content.method.clone(),
                uri: content.uri.clone(),
                headers,
                body: match &content.body {
                    CallBody::Upload(payload) => RequestBody::payload(payload),
                    CallBody::Json(json) => json.clone().into(),
                },
                max_response_bytes: content.max_response_bytes,
                reserve: self.reserve,
            };
            client.transport.send(call, self.deadline)
        };
        let retry = client.retry.run(self.deadline, content.repeat, attempt);
        (content.read)(retry.await?)
    }
}

impl<R> fmt::Debug for CallRequest<'_, R> {
    /// Prints neither body nor query, which contain a customer's file, message or identifier.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallRequest")
            .field("path", &self.content.uri.path())
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// The number of a call's attempts, readable while it runs and after it was dropped. Clones share it.
///
/// ```
/// let progress = ccmessaging_client::Progress::default();
/// assert_eq!(progress.attempts(), 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicU32>);

impl Progress {
    /// Returns the number of attempts of all calls that were given this counter.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    fn begin_attempt(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
