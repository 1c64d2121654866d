//! The options of a session.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue};

use super::tokens::SessionToken;
use super::{ChatOptions, Session};
use crate::{Deadline, SessionError, SessionRequest};

/// The options of a session that is opened or resumed. Created by [`Session::builder`].
#[derive(Debug)]
#[must_use]
pub struct SessionBuilder(pub(super) Session);

impl SessionBuilder {
    /// Sets the customer, from and to whom messages are. A session that is resumed without cannot be renewed: once
    /// the contact centre rejects its token, calls return [`SessionError::TokenRejected`].
    pub fn customer(mut self, customer: SessionRequest) -> Self {
        self.0.customer = Some(customer);
        self
    }

    /// Sets how the session sends files and receives messages.
    pub fn chat_options(mut self, chat: ChatOptions) -> Self {
        self.0.chat = chat;
        self
    }

    /// Adds headers to each upload and each call of the chat, such as a trace context. The credentials replace
    /// headers of the same name.
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.0.headers = headers;
        self
    }

    /// Sets the limit for opening the session and for each call, with its retries and the renewal of tokens: 25 s by
    /// default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.timeout = timeout;
        self
    }

    /// Opens a new session for the customer (`applyToken`).
    ///
    /// # Errors
    ///
    /// No access token or no session token could be obtained, or the customer is not set.
    pub async fn open(self) -> Result<Session, SessionError> {
        let Self(session) = self;
        if session.customer.is_none() {
            return Err(SessionError::NoCustomer);
        }
        let deadline = Deadline::after(session.timeout);
        session.start_session(deadline).await?;
        Ok(session)
    }

    /// Continues a session by its newest token ([`Session::token`]).
    #[must_use]
    pub fn resume(self, token: HeaderValue) -> Session {
        Session {
            token: Arc::new(SessionToken::new(token)),
            ..self.0
        }
    }
}
