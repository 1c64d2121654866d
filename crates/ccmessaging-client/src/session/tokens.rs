//! The tokens of a session: which are sent, and how they are replaced.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{HeaderValue, StatusCode};

use super::Session;
use crate::headers::is_usable_token;
use crate::{CallError, Client, Credentials, Deadline, SessionError, SessionReply, TokenError};

/// The session token, which all clones of a session share.
pub(super) struct SessionToken {
    state: Mutex<State>,
    /// Held while the token is renewed, so that calls that are refused at the same time renew it once.
    renewing: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct State {
    token: HeaderValue,
    /// How often the token was renewed. A rotated token belongs to the same session; a renewed one does not.
    renewals: u64,
}

impl SessionToken {
    pub(super) fn new(token: HeaderValue) -> Self {
        Self {
            state: Mutex::new(State { token, renewals: 0 }),
            renewing: tokio::sync::Mutex::new(()),
        }
    }

    /// Returns the newest token.
    pub(super) fn get(&self) -> HeaderValue {
        self.state().token.clone()
    }

    /// Replaces the token by one that the contact centre rotated, unless the session was renewed since.
    fn rotate(&self, token: &HeaderValue, renewals: u64) {
        let mut state = self.state();
        if state.renewals == renewals {
            state.token.clone_from(token);
        }
    }

    fn renew(&self, token: HeaderValue) {
        let mut state = self.state();
        state.token = token;
        state.renewals += 1;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is valid between any two statements above.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A response, with what all responses of a session have.
pub(super) struct Received<T> {
    pub(super) response: T,
    pub(super) session_token: Option<HeaderValue>,
    /// The status, if the response refuses a token.
    pub(super) refusal: Option<StatusCode>,
}

/// The tokens that a call was sent with.
struct Used {
    /// The generation of the access token.
    access: u64,
    /// The number of renewals of the session token.
    renewals: u64,
}

impl Session {
    /// Makes a call with the session's tokens, and once more with new ones if they are refused.
    pub(super) async fn call<T, F>(
        &self,
        call: impl Fn(Client, Credentials, Deadline) -> F,
    ) -> Result<T, SessionError>
    where
        F: Future<Output = Result<Received<T>, CallError>>,
    {
        let mut may_renew = true;
        loop {
            let deadline = Deadline::after(self.timeout);
            let (credentials, used) = self.credentials(deadline).await?;
            let result = call(self.client.clone(), credentials, deadline).await;
            let (token, refusal) = match &result {
                Ok(received) => (received.session_token.as_ref(), received.refusal),
                Err(error) => {
                    let status = error.status().filter(|_| error.refuses_token());
                    (error.session_token(), status)
                }
            };
            if let Some(token) = token {
                self.token.rotate(token, used.renewals);
            }
            match refusal {
                None => return Ok(result?.response),
                Some(status) if !may_renew => {
                    let status = status.as_u16();
                    return Err(SessionError::TokenRefused { status });
                }
                Some(_) => self.renew(&used).await?,
            }
            may_renew = false;
        }
    }

    async fn credentials(&self, deadline: Deadline) -> Result<(Credentials, Used), TokenError> {
        let (authorization, access) = self.app.tokens.authorization(deadline).await?;
        let State { token, renewals } = self.token.state().clone();
        let credentials = Credentials {
            session_token: token,
            app_key: self.app.key.clone(),
            authorization,
        };
        Ok((credentials, Used { access, renewals }))
    }

    /// Replaces both tokens after one of them was refused: the response does not say which.
    async fn renew(&self, used: &Used) -> Result<(), SessionError> {
        let _renewing = self.token.renewing.lock().await;
        if self.token.state().renewals != used.renewals {
            return Ok(());
        }
        tracing::debug!("the contact centre refused a token; renewing both");
        // Without a newer access token, the next call shows whether the old one is still accepted.
        let _ = self.app.tokens.refuse(used.access);
        self.apply().await
    }

    /// Requests a new session token if the customer is known, with a new access token if the cached one is
    /// refused.
    pub(super) async fn apply(&self) -> Result<(), SessionError> {
        let Some(customer) = &self.customer else {
            return Ok(());
        };
        let deadline = Deadline::after(self.timeout);
        let mut may_renew = true;
        loop {
            let (authorization, generation) = self.app.tokens.authorization(deadline).await?;
            let result = self
                .client
                .apply_token(&self.app.key, &authorization, customer, deadline)
                .await;
            let is_refused = match &result {
                Ok(reply) => reply.refuses_token(),
                Err(error) => error.refuses_token(),
            };
            if may_renew && is_refused && self.app.tokens.refuse(generation) {
                may_renew = false;
                continue;
            }
            return match result? {
                SessionReply::Token(token) => {
                    let token = token
                        .to_header()
                        .filter(is_usable_token)
                        .ok_or(SessionError::NotSendable("applyToken's token"))?;
                    self.token.renew(token);
                    Ok(())
                }
                SessionReply::Refused {
                    status,
                    result_code,
                } => Err(SessionError::NoSession {
                    status: status.as_u16(),
                    result_code,
                }),
            };
        }
    }
}
