//! The tokens of a session: which are sent, and how they are replaced.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::Either;
use http::HeaderValue;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::Session;
use crate::headers::is_usable_token;
use crate::{
    CallError, CallErrorKind, CallRequest, CallResponse, Credentials, Deadline, Peer, SessionError,
    SessionReply, TokenError,
};

/// The session token and the state of the chat, which all clones of a session share.
pub(super) struct SessionToken {
    state: Mutex<State>,
    /// Shared by the calls under way. A rejected call locks it alone: it waits for the others, whose responses
    /// may have replaced its token, and only then decides whether the session must be renewed.
    calls: RwLock<()>,
}

struct State {
    token: HeaderValue,
    /// How often the token was renewed. A rotated token belongs to the same session; a renewed one does not.
    renewals: u64,
    /// How often a renewal failed, and why it did so last.
    failures: u64,
    last_failure: Option<SessionError>,
    chat: ChatState,
}

/// The chat of a session, as far as it was started through the session or a clone of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChatState {
    /// Not started, or ended.
    Closed,
    /// Started with `CONNECT`.
    Connected,
    /// A person was asked for with `TRANS2AGENT`.
    WithAgent,
}

impl SessionToken {
    pub(super) fn new(token: HeaderValue) -> Self {
        Self {
            state: Mutex::new(State {
                token,
                renewals: 0,
                failures: 0,
                last_failure: None,
                chat: ChatState::Closed,
            }),
            calls: RwLock::new(()),
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

    pub(super) fn renew(&self, token: HeaderValue) {
        let mut state = self.state();
        state.token = token;
        state.renewals += 1;
        state.last_failure = None;
    }

    fn record_failure(&self, error: SessionError) {
        let mut state = self.state();
        state.failures += 1;
        state.last_failure = Some(error);
    }

    async fn share(&self, deadline: Deadline) -> Result<RwLockReadGuard<'_, ()>, CallError> {
        let shared = deadline.timeout(self.calls.read()).await;
        shared.ok_or_else(timed_out)
    }

    async fn lock(&self, deadline: Deadline) -> Result<RwLockWriteGuard<'_, ()>, CallError> {
        let alone = deadline.timeout(self.calls.write()).await;
        alone.ok_or_else(timed_out)
    }

    pub(super) fn chat(&self) -> ChatState {
        self.state().chat
    }

    pub(super) fn set_chat(&self, chat: ChatState) {
        self.state().chat = chat;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is valid between any two statements above.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn timed_out() -> CallError {
    CallError::new(Peer::ContactCentre, CallErrorKind::TimedOut)
}

/// The tokens that a call was sent with.
struct Used {
    /// The session token.
    token: HeaderValue,
    /// The generation of the access token.
    access: u64,
    /// The number of renewals of the session token.
    renewals: u64,
}

impl Session {
    /// Makes a call with the session's tokens, and again with new ones if they are rejected. All of it ends at
    /// one deadline.
    ///
    /// If another response has replaced the rejected token meanwhile, the call is repeated while no other one is
    /// under way. If the token was the newest, the session is renewed, once for each call.
    pub(super) async fn call<'a, R>(
        &self,
        call: impl Fn(&Credentials) -> CallRequest<'a, R>,
    ) -> Result<CallResponse<R>, SessionError> {
        let deadline = Deadline::after(self.timeout);
        let mut turn = Either::Left(self.token.share(deadline).await?);
        let mut may_renew = true;
        loop {
            let (credentials, mut used) = self.credentials(deadline).await?;
            let request = call(&credentials).deadline(deadline);
            let result = request.headers(self.headers.clone()).send().await;
            let (token, rejection) = match &result {
                Ok(response) => {
                    let status = response.rejects_token().then_some(response.status);
                    (response.session_token.as_ref(), status)
                }
                Err(error) => {
                    let status = error.status().filter(|_| error.rejects_token());
                    (error.session_token(), status)
                }
            };
            // Compared before this response's own token replaces it.
            let mut is_superseded = self.token.get() != used.token;
            if let Some(token) = token {
                self.token.rotate(token, used.renewals);
                used.token.clone_from(token);
            }
            let Some(status) = rejection else {
                return Ok(result?);
            };
            let failures = self.token.state().failures;
            let alone = match turn {
                Either::Left(shared) => {
                    drop(shared);
                    self.token.lock(deadline).await?
                }
                Either::Right(alone) => alone,
            };
            is_superseded |= self.token.get() != used.token;
            let is_renewed = self.token.state().renewals != used.renewals;
            if is_superseded && !is_renewed {
                // A rotation revokes the old token, so no other call may rotate it while this one is repeated.
                turn = Either::Right(alone);
                continue;
            }
            if !is_renewed {
                if !may_renew {
                    let request_id = match result {
                        Ok(response) => response.request_id,
                        Err(error) => error.request_id,
                    };
                    return Err(SessionError::TokenRejected { status, request_id });
                }
                self.renew(&used, failures, deadline).await?;
            }
            may_renew = false;
            turn = Either::Left(alone.downgrade());
        }
    }

    async fn credentials(&self, deadline: Deadline) -> Result<(Credentials, Used), TokenError> {
        let (authorization, access) = self.app.tokens.authorization(deadline).await?;
        let (token, renewals) = {
            let state = self.token.state();
            (state.token.clone(), state.renewals)
        };
        let credentials = Credentials {
            session_token: token.clone(),
            app_key: self.app.key.clone(),
            authorization,
        };
        let used = Used {
            token,
            access,
            renewals,
        };
        Ok((credentials, used))
    }

    /// Renews the session after a token was rejected: the response does not say which one.
    async fn renew(
        &self,
        used: &Used,
        failures: u64,
        deadline: Deadline,
    ) -> Result<(), SessionError> {
        {
            let state = self.token.state();
            // The calls that waited for a renewal share its failure: each would otherwise repeat it in turn.
            if state.failures != failures
                && let Some(error) = &state.last_failure
            {
                return Err(error.clone());
            }
        }
        tracing::debug!("the contact centre rejected a token; renewing it");
        // `applyToken` rejects the access token if that is the wrong one. Without the customer, only the access token
        // can be renewed; if it cannot, the next call shows whether the old one is still accepted.
        if self.customer.is_none() {
            let _ = self.app.tokens.reject(used.access);
        }
        let result = self.start_session(deadline).await;
        if let Err(error) = &result {
            self.token.record_failure(error.clone());
        }
        result
    }

    /// Starts a new session if the customer is known, and in it the chat if there was one. Other calls get the
    /// new token only then, so that no message overtakes `CONNECT`.
    pub(super) async fn start_session(&self, deadline: Deadline) -> Result<(), SessionError> {
        if let Some(token) = self.apply(deadline).await? {
            let token = self.start_chat_again(token, deadline).await?;
            self.token.renew(token);
        }
        Ok(())
    }

    /// Requests a new session token if the customer is known, with a new access token if the cached one is
    /// rejected.
    async fn apply(&self, deadline: Deadline) -> Result<Option<HeaderValue>, SessionError> {
        let Some(customer) = &self.customer else {
            return Ok(None);
        };
        let apply = async || {
            let (authorization, generation) = self.app.tokens.authorization(deadline).await?;
            let client = &self.client;
            let reply = client.apply_token(&self.app.key, &authorization, customer, deadline);
            Ok::<_, TokenError>((reply.await, generation))
        };
        let (mut reply, generation) = apply().await?;
        let is_rejected = match &reply {
            Ok(reply) => reply.rejects_token(),
            Err(error) => error.rejects_token(),
        };
        if is_rejected && self.app.tokens.reject(generation) {
            (reply, _) = apply().await?;
        }
        match reply? {
            SessionReply::Token(token) => token
                .to_header()
                .filter(is_usable_token)
                .map(Some)
                .ok_or(SessionError::NotSendable("applyToken's token")),
            SessionReply::Rejected {
                status,
                result_code,
                result_desc,
                request_id,
            } => Err(SessionError::NoSession {
                status,
                result_code,
                result_desc,
                request_id,
            }),
        }
    }
}
