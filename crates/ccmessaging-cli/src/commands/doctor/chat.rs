//! The step chat: whether the contact centre refuses the identifiers of other users.

use ccmessaging_client::{
    ChatCall, ChatCallKind, Client, Credentials, Deadline, SessionReply, SessionRequest,
};
use ccmessaging_core::chat::{HistoryRequest, PollRequest, SendRequest};
use ccmessaging_gateway::config::{Config, Identity};
use http::HeaderValue;

use super::finding::Verdict;
use crate::remedies;

/// The suffix of the second user's identifier.
const OTHER: &str = "-2";

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
            Err(problem) => Verdict::wrong(problem, KEEP_SIGNED),
        }
    }

    /// Returns the calls that accept the other user's identifier. An error is the reason why that cannot
    /// be determined.
    async fn compare(&self) -> Result<Vec<&'static str>, String> {
        let own = self.connect(self.request.user_id.clone()).await?;
        let other = self.connect(format!("{}{OTHER}", own.id)).await?;
        let mut accepted = Vec::new();
        let mut refused = 0;
        for kind in [ChatCallKind::Poll, ChatCallKind::History] {
            // A call that fails for the own chat says nothing about another one.
            if !self.reads(kind, &own, &own.id).await? {
                continue;
            }
            if self.reads(kind, &own, &other.id).await? {
                accepted.push(kind.name());
            } else {
                refused += 1;
            }
        }
        for user in [&own, &other] {
            let end = SendRequest::disconnect(&user.id, &self.request.channel_id);
            let end = end.map_err(|error| error.to_string())?;
            // The chats end by themselves after a silence.
            let _ = self.call(&ChatCall::Send(end), &user.credentials).await;
        }
        if accepted.is_empty() && refused == 0 {
            return Err("the contact centre rejects poll and queryHistoryChatMessage even for the user's own chat, so this check is inconclusive".to_owned());
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
    async fn connect(&self, id: String) -> Result<User, String> {
        let mut request = self.request.clone();
        request.user_id.clone_from(&id);
        let connect = SendRequest::connect(&id, &request.channel_id);
        let connect = connect.map_err(|error| error.to_string())?;
        let applied = self
            .client
            .apply_token(self.app_key, self.authorization, &request, self.deadline())
            .await;
        let token = match applied {
            Ok(SessionReply::Token(token)) => token.to_header(),
            Ok(_) => None,
            Err(error) => return Err(error.causes()),
        };
        let credentials = Credentials::new(
            token.ok_or("applyToken returns no session token")?,
            self.app_key.clone(),
            self.authorization.clone(),
        );
        if self.call(&ChatCall::Send(connect), &credentials).await? {
            Ok(User { id, credentials })
        } else {
            Err("the contact centre refuses to open a chat (send, CONNECT)".to_owned())
        }
    }

    /// Returns whether `user` may read the messages of the user `id`.
    async fn reads(&self, kind: ChatCallKind, user: &User, id: &str) -> Result<bool, String> {
        if kind == ChatCallKind::Poll {
            let poll = PollRequest::new(id).map_err(|error| error.to_string())?;
            return self.call(&ChatCall::Poll(poll), &user.credentials).await;
        }
        let history = HistoryRequest::new(&self.request.channel_id, id, 1, 0);
        let history = history.map_err(|error| error.to_string())?;
        self.call(&ChatCall::History(history), &user.credentials)
            .await
    }

    async fn call(&self, call: &ChatCall, credentials: &Credentials) -> Result<bool, String> {
        let request = self.client.chat(call, credentials);
        let reply = request.deadline(self.deadline()).send().await;
        match reply {
            Ok(reply) => Ok(reply.is_success()),
            Err(error) => Err(format!(
                "{}; {}",
                error.causes(),
                remedies::for_call(&error)
            )),
        }
    }

    fn deadline(&self) -> Deadline {
        Deadline::after(self.config.upstream_timeout)
    }
}
