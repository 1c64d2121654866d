//! The messages of a session as a stream.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use ccmessaging_core::chat::{Message, MessageControl, PollRequest};
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _};

use super::{ChatOptions, Session};
use crate::SessionError;

/// The longest `Retry-After` that polls follow. The contact centre releases a session that is not polled.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// The messages to a session's customer, as a stream that polls for them. Created by
/// [`Session::messages`].
///
/// The delay between polls is short while messages arrive, and doubles up to a maximum while none do. A failed
/// poll is returned as an error; if that is transient, the stream continues, with a longer delay: at least the
/// response's `Retry-After`, of which at most 5 minutes count. It ends after
/// any other error, and after the messages of a poll one of which ends the chat.
///
/// Dropping the stream may lose the messages of a poll that is under way; dropping the future of
/// [`next`](Self::next) does not.
#[must_use = "streams do nothing unless polled"]
pub struct Messages {
    stream: BoxStream<'static, Result<Message, SessionError>>,
}

/// The state between two items.
struct Polling {
    session: Session,
    request: PollRequest,
    received: VecDeque<Message>,
    delay: Duration,
    min_delay: Duration,
    max_delay: Duration,
    is_first: bool,
    has_ended: bool,
}

impl Messages {
    pub(super) fn new(session: Session, request: PollRequest, options: &ChatOptions) -> Self {
        let polling = Polling {
            session,
            request,
            received: VecDeque::new(),
            delay: options.min_poll_delay,
            min_delay: options.min_poll_delay,
            max_delay: options.max_poll_delay.max(options.min_poll_delay),
            is_first: true,
            has_ended: false,
        };
        let stream = stream::unfold(polling, |mut polling| async {
            let item = polling.next().await?;
            Some((item, polling))
        });
        Self {
            stream: stream.fuse().boxed(),
        }
    }

    /// Waits for the next message, like `StreamExt::next`. The returned future may be dropped: the poll
    /// continues with the next one, and nothing is lost.
    pub async fn next(&mut self) -> Option<Result<Message, SessionError>> {
        self.stream.next().await
    }
}

impl Polling {
    async fn next(&mut self) -> Option<Result<Message, SessionError>> {
        loop {
            if let Some(message) = self.received.pop_front() {
                return Some(Ok(message));
            }
            if self.has_ended {
                return None;
            }
            if !self.is_first {
                tokio::time::sleep(self.with_jitter()).await;
            }
            self.is_first = false;
            match self.session.poll(&self.request).await {
                Ok(messages) if messages.is_empty() => self.back_off(),
                Ok(messages) => {
                    self.delay = self.min_delay;
                    self.has_ended = messages
                        .iter()
                        .any(|message| message.control == MessageControl::Disconnect);
                    self.received.extend(messages);
                }
                Err(error) => {
                    self.has_ended = !error.is_transient();
                    self.back_off();
                    self.delay = delay_after(&error, self.delay);
                    return Some(Err(error));
                }
            }
        }
    }

    /// Doubles the delay up to the maximum.
    fn back_off(&mut self) {
        self.delay = self.delay.saturating_mul(2).min(self.max_delay);
    }

    /// Returns the delay, plus up to a quarter of it, so that clients that started at once do not poll at once.
    fn with_jitter(&self) -> Duration {
        self.delay
            .saturating_add(self.delay.mul_f64(fastrand::f64() / 4.0))
    }
}

/// Returns the delay after a failed poll: the longer of `delay` and what the contact centre asks for.
fn delay_after(error: &SessionError, delay: Duration) -> Duration {
    let asked = error.retry_after().unwrap_or_default();
    delay.max(asked.min(MAX_RETRY_AFTER))
}

impl Stream for Messages {
    type Item = Result<Message, SessionError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().stream.poll_next_unpin(cx)
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_delays_a_poll_by_at_most_five_minutes() {
        let delay = Duration::from_secs(8);
        for (asked, expected) in [
            (None, 8),
            (Some(2), 8),
            (Some(120), 120),
            (Some(300), 300),
            (Some(604_800), 300),
            (Some(u64::MAX), 300),
        ] {
            let error = SessionError::ChatRejected {
                call: "poll",
                status: http::StatusCode::SERVICE_UNAVAILABLE,
                result_code: None,
                result_desc: None,
                request_id: None,
                retry_after: asked.map(Duration::from_secs),
            };
            assert_eq!(delay_after(&error, delay).as_secs(), expected, "{asked:?}");
        }
    }
}
