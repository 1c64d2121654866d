//! The step chat: whether the contact centre refuses the identifiers of other users.

use ccmessaging_client::{
    CallError, ChatCall, ChatCallKind, Client, Credentials, Deadline, SessionReply, SessionRequest,
};
use ccmessaging_core::chat::{ChatError, HistoryRequest, PollRequest, SendRequest};
use ccmessaging_gateway::config::{Config, Identity};
use http::HeaderValue;

use super::finding::Verdict;
use crate::remedies::{self, CHECK_CHANNEL};

/// The suffix of the second user's identifier.
const OTHER: &str = "-2";

/// The longest identifier of the first user that the suffix leaves, in characters.
const MAX_ID_CHARS: usize = 22;

const KEEP_SIGNED: &str = "set CHAT_IDENTITY=signed and let your backend sign tickets";

/// The client and the credentials of the step.
pub(super) struct ChatProbe<'a> {
    pub(super) config: &'a Config,
    pub(super) client: &'a Client,
    pub(super) app_key: &'a HeaderValue,
    pub(super) authorization: &'a HeaderValue,
    pub(super) request: &'a SessionRequest,
}

/// A user with an open chat.
struct User {
    id: String,
    credentials: Credentials,
}

impl ChatProbe<'_> {
    /// Opens the chats of two users, lets the first one poll both and query both histories, and closes
    /// the chats. Only the robot answers; nothing is sent to an agent.
    pub(super) async fn examine(&self) -> Verdict {
        match self.compare().await {
            Ok(accepted) => self.judge(&accepted),
            Err(verdict) => verdict,
        }
    }

    /// Opens the chats, compares them and closes them. An error reports why that cannot be done.
    async fn compare(&self) -> Result<Vec<&'static str>, Verdict> {
        let own = self.connect(self.request.user_id.clone()).await?;
        let accepted = self.compare_with_another(&own).await;
        self.disconnect(&own).await;
        accepted
    }

    async fn compare_with_another(&self, own: &User) -> Result<Vec<&'static str>, Verdict> {
        let shortened: String = own.id.chars().take(MAX_ID_CHARS).collect();
        let other = self.connect(format!("{shortened}{OTHER}")).await?;
        let accepted = self.accepted(own, &other).await;
        self.disconnect(&other).await;
        accepted
    }

    /// Returns the calls that accept the other user's identifier.
    async fn accepted(&self, own: &User, other: &User) -> Result<Vec<&'static str>, Verdict> {
        let mut accepted = Vec::new();
        let mut refused = 0;
        for kind in [ChatCallKind::Poll, ChatCallKind::History] {
            // A call that fails for the own chat says nothing about another one.
            if !self.reads(kind, own, &own.id).await? {
                continue;
            }
            if self.reads(kind, own, &other.id).await? {
                accepted.push(kind.name());
            } else {
                refused += 1;
            }
        }
        if accepted.is_empty() && refused == 0 {
            let problem = "the contact centre rejects poll and queryHistoryChatMessage even for the user's own chat, so this check is inconclusive";
            return Err(Verdict::wrong(problem, KEEP_SIGNED));
        }
        Ok(accepted)
    }

    fn judge(&self, accepted: &[&str]) -> Verdict {
        if accepted.is_empty() {
            let text = "the contact centre refuses the identifiers of other users";
            return Verdict::Fine(text.to_owned());
        }
        let problem = format!(
            "the contact centre accepts the identifiers of other users in {}",
            accepted.join(" and ")
        );
        let chat = self.config.chat.as_ref();
        match chat.map(|chat| &chat.identity) {
            Some(Identity::Upstream) => Verdict::wrong(problem, KEEP_SIGNED),
            Some(Identity::Signed(_)) => Verdict::Fine(format!(
                "{problem}, but the gateway needs tickets (CHAT_IDENTITY=signed)"
            )),
            None => Verdict::Fine(format!(
                "{problem}: to serve CHAT_CALLS, set CHAT_IDENTITY=signed"
            )),
        }
    }

    /// Opens a session and a chat with the robot.
    async fn connect(&self, id: String) -> Result<User, Verdict> {
        let mut request = self.request.clone();
        request.user_id.clone_from(&id);
        let connect = SendRequest::connect(&id, &request.channel_id);
        let connect = connect.map_err(|error| unusable(&error))?;
        let applied = self
            .client
            .apply_token(self.app_key, self.authorization, &request, self.deadline())
            .await;
        let token = match applied {
            Ok(SessionReply::Token(token)) => token.to_header(),
            Ok(_) => None,
            Err(error) => return Err(failed(&error)),
        };
        let no_token = || Verdict::wrong("applyToken returns no session token", CHECK_CHANNEL);
        let credentials = Credentials::new(
            token.ok_or_else(no_token)?,
            self.app_key.clone(),
            self.authorization.clone(),
        );
        if self.call(&ChatCall::Send(connect), &credentials).await? {
            Ok(User { id, credentials })
        } else {
            let problem = "the contact centre refuses to open a chat (send, CONNECT)";
            Err(Verdict::wrong(problem, CHECK_CHANNEL))
        }
    }

    /// Closes a chat. Otherwise, it ends by itself after a silence.
    async fn disconnect(&self, user: &User) {
        if let Ok(end) = SendRequest::disconnect(&user.id, &self.request.channel_id) {
            let _ = self.call(&ChatCall::Send(end), &user.credentials).await;
        }
    }

    /// Returns whether `user` may read the messages of the user `id`.
    async fn reads(&self, kind: ChatCallKind, user: &User, id: &str) -> Result<bool, Verdict> {
        if kind == ChatCallKind::Poll {
            let poll = PollRequest::new(id).map_err(|error| unusable(&error))?;
            return self.call(&ChatCall::Poll(poll), &user.credentials).await;
        }
        let history = HistoryRequest::new(&self.request.channel_id, id, 1, 0);
        let history = history.map_err(|error| unusable(&error))?;
        self.call(&ChatCall::History(history), &user.credentials)
            .await
    }

    async fn call(&self, call: &ChatCall, credentials: &Credentials) -> Result<bool, Verdict> {
        let request = self.client.chat(call, credentials);
        let reply = request.deadline(self.deadline()).send().await;
        let reply = reply.map_err(|error| failed(&error))?;
        Ok(reply.is_success())
    }

    fn deadline(&self) -> Deadline {
        Deadline::after(self.config.upstream_timeout)
    }
}

/// Returns the verdict on an identifier that the chat's calls do not accept.
fn unusable(error: &ChatError) -> Verdict {
    Verdict::wrong(error.to_string(), "give another --user-id or --channel-id")
}

/// Returns the verdict on a call without a usable response.
fn failed(error: &CallError) -> Verdict {
    Verdict::wrong(error.causes(), remedies::for_call(error))
}
