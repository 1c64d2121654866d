//! The chat of a session: messages, files and history.

use std::time::Duration;

use bytes::Bytes;
use ccmessaging_core::chat::{
    ChatResponse, ControlType, DownloadRequest, HistoryRequest, MediaFormat, Message,
    MessageControl, PollRequest, ResponseError, SendRequest, SentFile,
};
use http::{HeaderValue, StatusCode};

use super::tokens::ChatState;
use super::{Messages, Session};
use crate::{
    CallErrorKind, CallResponse, ChatCall, ChatCallKind, Credentials, Deadline, InvalidResponse,
    SessionError, SessionRequest,
};

/// The result code of a download without an object key ("objectKey is null!").
const NO_OBJECT_KEY: &str = "401";

/// How a session sends files and receives messages.
///
/// ```
/// use ccmessaging_client::ChatOptions;
/// use ccmessaging_core::chat::MediaFormat;
///
/// let mut options = ChatOptions::default();
/// options.send_async = true;
/// options.media_format = Some(MediaFormat::ObjectKey);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChatOptions {
    /// Whether files are sent by `sendAsync`, which only acknowledges them, instead of `send`: no by default.
    pub send_async: bool,
    /// How a message refers to an image, audio or video. By default the object key for `send` and
    /// `objectKey,type` for `sendAsync`, as their pages say; one guide has the object key for both.
    pub media_format: Option<MediaFormat>,
    /// The delay between polls while messages arrive: 1 s by default.
    pub min_poll_delay: Duration,
    /// The largest delay between polls, while no messages arrive or polls fail: 8 s by default. The contact
    /// centre releases a session that is not polled.
    pub max_poll_delay: Duration,
}

impl Default for ChatOptions {
    fn default() -> Self {
        Self {
            send_async: false,
            media_format: None,
            min_poll_delay: Duration::from_secs(1),
            max_poll_delay: Duration::from_secs(8),
        }
    }
}

impl ChatOptions {
    fn media_format(&self) -> MediaFormat {
        self.media_format.unwrap_or(if self.send_async {
            MediaFormat::ObjectKeyAndType
        } else {
            MediaFormat::ObjectKey
        })
    }
}

impl Session {
    /// Starts the chat of the session's customer (`CONNECT`); a robot answers.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), or [`SessionError::NoCustomer`]; so for the following methods.
    pub async fn connect(&self) -> Result<(), SessionError> {
        let (from, to) = self.ids()?;
        self.send(&SendRequest::connect(from, to)?).await
    }

    /// Asks for a person instead of the robot (`TRANS2AGENT`).
    ///
    /// # Errors
    ///
    /// As for [`connect`](Self::connect).
    pub async fn transfer_to_agent(&self) -> Result<(), SessionError> {
        let (from, to) = self.ids()?;
        self.send(&SendRequest::transfer_to_agent(from, to)?).await
    }

    /// Sends a text of at most 1,024 bytes in UTF-8.
    ///
    /// # Errors
    ///
    /// As for [`connect`](Self::connect); or the text is too long.
    pub async fn send_text(&self, text: &str) -> Result<(), SessionError> {
        let (from, to) = self.ids()?;
        self.send(&SendRequest::text(from, to, text)?).await
    }

    /// Sends a message that shows the agent an uploaded file, in the format that its type needs and
    /// [`ChatOptions`] say.
    ///
    /// # Errors
    ///
    /// As for [`connect`](Self::connect).
    pub async fn send_file(&self, object_key: &str, file: &SentFile) -> Result<(), SessionError> {
        let (from, to) = self.ids()?;
        let format = self.chat.media_format();
        let request = SendRequest::file(from, to, object_key, file, format)?;
        if self.chat.send_async {
            self.send_async(&request).await
        } else {
            self.send(&request).await
        }
    }

    /// Ends the chat (`DISCONNECT`).
    ///
    /// # Errors
    ///
    /// As for [`connect`](Self::connect).
    pub async fn disconnect(&self) -> Result<(), SessionError> {
        let (from, to) = self.ids()?;
        self.send(&SendRequest::disconnect(from, to)?).await
    }

    /// Returns the messages to the session's customer as a stream. It polls until the chat ends.
    ///
    /// # Errors
    ///
    /// The customer is not known, or its id cannot be polled.
    pub fn messages(&self) -> Result<Messages, SessionError> {
        let (user, _) = self.ids()?;
        Ok(Messages::new(
            self.clone(),
            PollRequest::new(user)?,
            &self.chat,
        ))
    }

    /// Sends a message. If the contact centre rejects a token, it is sent once more with new ones; apart from
    /// that never again once the contact centre may have received it, because an agent would see it twice.
    ///
    /// # Errors
    ///
    /// The message or the session is rejected, or the response is missing or unusable. The message may have been
    /// received all the same: see [`SessionError::may_have_been_received`].
    pub async fn send(&self, request: &SendRequest) -> Result<(), SessionError> {
        self.message(ChatCall::Send(request.clone()), request).await
    }

    /// Like [`send`](Self::send), by `sendAsync`: success means that the message is accepted, not that it is
    /// delivered.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub async fn send_async(&self, request: &SendRequest) -> Result<(), SessionError> {
        self.message(ChatCall::SendAsync(request.clone()), request)
            .await
    }

    /// Returns the new messages to a user, each only once. [`messages`](Self::messages) polls repeatedly.
    ///
    /// # Errors
    ///
    /// The poll or the session is rejected, or the response is missing or unusable.
    pub async fn poll(&self, request: &PollRequest) -> Result<Vec<Message>, SessionError> {
        let reply = self.chat_call(ChatCall::Poll(request.clone())).await?;
        let messages = Message::list_from_poll_json(&reply.body);
        let id = reply.request_id.as_deref();
        let messages = messages.map_err(|source| invalid(ChatCallKind::Poll, id, source))?;
        let is_end = |message: &Message| message.control == MessageControl::Disconnect;
        if messages.iter().any(is_end) {
            self.token.set_chat(ChatState::Closed);
        }
        Ok(messages)
    }

    /// Returns earlier messages, those of the customer included.
    ///
    /// # Errors
    ///
    /// As for [`poll`](Self::poll).
    pub async fn history(&self, request: &HistoryRequest) -> Result<Vec<Message>, SessionError> {
        let reply = self.chat_call(ChatCall::History(request.clone())).await?;
        let messages = Message::list_from_history_json(&reply.body);
        let id = reply.request_id.as_deref();
        messages.map_err(|source| invalid(ChatCallKind::History, id, source))
    }

    /// Downloads a file of at most `max_bytes`: one that this session uploaded, that an agent sent
    /// ([`Message::download_request`]), or one of the multimedia library.
    ///
    /// # Errors
    ///
    /// There is no such file ([`FileNotFound`](SessionError::FileNotFound)); the download is rejected
    /// ([`ChatRejected`](SessionError::ChatRejected)); the file is larger
    /// ([`InvalidResponse`](SessionError::InvalidResponse)); the session is rejected, or the response is missing
    /// or unusable.
    pub async fn download(
        &self,
        request: &DownloadRequest,
        max_bytes: usize,
    ) -> Result<Bytes, SessionError> {
        let kind = ChatCallKind::Download;
        let call = ChatCall::Download {
            request: request.clone(),
            max_bytes,
        };
        let limit_bytes = max_bytes;
        let mut reply = match self.chat_reply(&call).await {
            Err(SessionError::Call(error)) if is_too_long(error.kind()) => {
                let too_large = ResponseError::TooLarge { limit_bytes };
                return Err(invalid(kind, error.request_id(), too_large));
            }
            reply => reply?,
        };
        let not_found = |reply: &CallResponse<ChatResponse>| SessionError::FileNotFound {
            status: reply.status,
            result_code: reply.result.code().map(str::to_owned),
            request_id: reply.request_id.clone(),
        };
        // A 404 without a result code is the API fabric's: it has no such API.
        let is_not_found = match reply.result.code() {
            Some(NO_OBJECT_KEY) if reply.status.is_success() => true,
            Some(_) => reply.status == StatusCode::NOT_FOUND,
            None => false,
        };
        if is_not_found {
            return Err(not_found(&reply));
        }
        if !reply.is_success() {
            return Err(rejected(kind, &reply));
        }
        let file = reply.result.take_file(max_bytes);
        file.map_err(|source| invalid(kind, reply.request_id.as_deref(), source))?
            .ok_or_else(|| not_found(&reply))
    }

    /// Sends a message, and records whether it starts or ends the chat.
    async fn message(&self, call: ChatCall, request: &SendRequest) -> Result<(), SessionError> {
        let control = request.control_type();
        // If a token is rejected, this message is repeated in the new session, in which no chat must be started
        // before it.
        if matches!(control, ControlType::Connect | ControlType::Disconnect) {
            self.token.set_chat(ChatState::Closed);
        }
        self.chat_call(call).await?;
        match control {
            ControlType::Connect => self.token.set_chat(ChatState::Connected),
            ControlType::TransferToAgent => self.token.set_chat(ChatState::WithAgent),
            _ => {}
        }
        Ok(())
    }

    /// Starts the chat of the previous session in a new one, and returns the newest token of that.
    pub(super) async fn start_chat_again(
        &self,
        mut token: HeaderValue,
        deadline: Deadline,
    ) -> Result<HeaderValue, SessionError> {
        let state = self.token.chat();
        if state == ChatState::Closed {
            return Ok(token);
        }
        let (from, to) = self.ids()?;
        let mut messages = vec![SendRequest::connect(from, to)?];
        if state == ChatState::WithAgent {
            messages.push(SendRequest::transfer_to_agent(from, to)?);
        }
        for call in messages.into_iter().map(ChatCall::Send) {
            let (authorization, _) = self.app.tokens.authorization(deadline).await?;
            let credentials = Credentials::new(token.clone(), self.app.key.clone(), authorization);
            let request = self.client.chat(&call, &credentials).deadline(deadline);
            let reply = request.headers(self.headers.clone()).send().await?;
            if !reply.is_success() {
                // The session remains usable for uploads, and for a CONNECT of the application.
                self.token.set_chat(ChatState::Closed);
                return Err(rejected(call.kind(), &reply));
            }
            token = reply.session_token.unwrap_or(token);
        }
        Ok(token)
    }

    /// Makes a call of the chat with renewed tokens, if necessary.
    async fn chat_reply(
        &self,
        call: &ChatCall,
    ) -> Result<CallResponse<ChatResponse>, SessionError> {
        self.call(|credentials| self.client.chat(call, credentials))
            .await
    }

    /// Makes a call of the chat that must succeed.
    async fn chat_call(&self, call: ChatCall) -> Result<CallResponse<ChatResponse>, SessionError> {
        let reply = self.chat_reply(&call).await?;
        if reply.is_success() {
            Ok(reply)
        } else {
            Err(rejected(call.kind(), &reply))
        }
    }

    /// Returns the ids of the customer and of the channel.
    fn ids(&self) -> Result<(&str, &str), SessionError> {
        let customer = self.customer.as_ref();
        let SessionRequest {
            user_id,
            channel_id,
            ..
        } = customer.ok_or(SessionError::NoCustomer)?;
        Ok((user_id, channel_id))
    }
}

fn rejected(kind: ChatCallKind, reply: &CallResponse<ChatResponse>) -> SessionError {
    let text = |text: Option<&str>| text.map(str::to_owned);
    SessionError::ChatRejected {
        call: kind.name(),
        status: reply.status,
        result_code: text(reply.result.code()),
        result_desc: text(reply.result.description()),
        request_id: reply.request_id.clone(),
        retry_after: reply.retry_after(),
    }
}

fn invalid(kind: ChatCallKind, request_id: Option<&str>, source: ResponseError) -> SessionError {
    SessionError::InvalidResponse {
        call: kind.name(),
        request_id: request_id.map(str::to_owned),
        source,
    }
}

/// Whether a response was longer than that of any file of the limit.
fn is_too_long(kind: &CallErrorKind) -> bool {
    let too_long = InvalidResponse::TooLong;
    matches!(kind, CallErrorKind::UnexpectedResponse { problem, .. } if *problem == too_long)
}
