//! The agent's side of the chat.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::chat::{Chat, Content, Conversation, ConversationState, Message, MessageFile};
use crate::file_types::{Family, is_download_type, normalized};
use crate::store::Origin;
use crate::upstream::Upstream;

/// The documented length of `content` in poll's response, in characters.
const MAX_TEXT_CHARACTERS: usize = 500;

/// The desk of an agent: reads the customers' messages and answers them.
///
/// ```
/// use ccmessaging_sandbox::{DeskError, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let sandbox = Sandbox::builder().start().await?;
/// let desk = sandbox.desk();
/// // Nobody has connected yet.
/// assert!(desk.conversations().is_empty());
/// assert_eq!(desk.reply_text("user-1", "Hello"), Err(DeskError::NoConversation));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Desk(Arc<Upstream>);

/// Why a reply was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// The user has never connected.
    #[error("this user has no conversation; the customer has to send CONNECT first")]
    NoConversation,
    /// The robot talks to the customer, or the chat has ended.
    #[error("no agent is in this conversation; the customer has to send TRANS2AGENT first")]
    NotWithAgent,
    /// The text is empty or too long.
    #[error("a text must have 1 to {MAX_TEXT_CHARACTERS} characters")]
    TextLength,
    /// downloadFileStream has no such file type.
    #[error(
        "agents cannot send this file type; send jpg, png, bmp, mp3, aac, mp4, txt, csv, doc, docx, pdf or zip"
    )]
    FileType,
}

impl Desk {
    pub(crate) const fn new(upstream: Arc<Upstream>) -> Self {
        Self(upstream)
    }

    /// Returns all conversations in the order in which the customers first connected.
    #[must_use]
    pub fn conversations(&self) -> Vec<Conversation> {
        self.0.chats.list()
    }

    /// Returns the conversation of a user.
    #[must_use]
    pub fn conversation(&self, user_id: &str) -> Option<Conversation> {
        let chats = &self.0.chats;
        chats.with_user(user_id, |chat| chat.conversation.clone())
    }

    /// Sends a text of 1 to 500 characters to the customer, who receives it with the next poll.
    ///
    /// # Errors
    ///
    /// If the user has no conversation with an agent, or the text has another length.
    pub fn reply_text(&self, user_id: &str, text: impl Into<String>) -> Result<(), DeskError> {
        let text = text.into();
        if !(1..=MAX_TEXT_CHARACTERS).contains(&text.chars().count()) {
            return Err(DeskError::TextLength);
        }
        self.reply(user_id, || ("TEXT", Content::Text(text)))
    }

    /// Sends a file to the customer and returns its object key. `file_type` is one of
    /// downloadFileStream's, such as `pdf`; the content is not checked against it. The customer does
    /// not receive the name.
    ///
    /// # Errors
    ///
    /// If the user has no conversation with an agent, or the type is unknown.
    pub fn reply_file(
        &self,
        user_id: &str,
        name: &str,
        content: impl Into<Bytes>,
        file_type: &str,
    ) -> Result<String, DeskError> {
        let name = Some(name.to_owned());
        self.send_file(user_id, name, content.into(), file_type, Origin::Agent)
    }

    /// Sends a file of the contact centre's multimedia library to the customer and returns its key.
    /// The customer's message has neither a name nor a type, only IMAGE, AUDIO, VIDEO or DOCUMENT.
    ///
    /// # Errors
    ///
    /// As [`reply_file`](Self::reply_file).
    pub fn reply_library_file(
        &self,
        user_id: &str,
        content: impl Into<Bytes>,
        file_type: &str,
    ) -> Result<String, DeskError> {
        self.send_file(user_id, None, content.into(), file_type, Origin::Library)
    }

    fn send_file(
        &self,
        user_id: &str,
        name: Option<String>,
        content: Bytes,
        file_type: &str,
        origin: Origin,
    ) -> Result<String, DeskError> {
        if !is_download_type(file_type) {
            return Err(DeskError::FileType);
        }
        let file_type = normalized(file_type);
        let mut object_key = String::new();
        self.reply(user_id, || {
            let (size, now) = (content.len() as u64, self.0.now());
            let in_library = origin == Origin::Library;
            object_key = self.0.store.put(origin, &file_type, content, now);
            let media_type = Family::of(&file_type).media_type();
            let file = MessageFile {
                object_key: object_key.clone(),
                name,
                file_type,
                size,
                in_library,
            };
            (media_type, Content::File(file))
        })?;
        Ok(object_key)
    }

    /// Sends the message that `content` returns, if an agent is in the conversation.
    fn reply(
        &self,
        user_id: &str,
        content: impl FnOnce() -> (&'static str, Content),
    ) -> Result<(), DeskError> {
        let timestamp = self.0.now_ms();
        self.with_agent(user_id, |chat| {
            let (media_type, content) = content();
            chat.push(Message::new("AGENT", media_type, content, timestamp));
        })
    }

    /// Ends the conversation; the customer's next poll returns a message with the `controlType`
    /// DISCONNECT.
    ///
    /// # Errors
    ///
    /// If the user has no conversation with an agent.
    pub fn end(&self, user_id: &str) -> Result<(), DeskError> {
        self.with_agent(user_id, Chat::end_by_agent)
    }

    fn with_agent(&self, user_id: &str, act: impl FnOnce(&mut Chat)) -> Result<(), DeskError> {
        let acted = self.0.chats.with_user(user_id, |chat| {
            let is_with_agent = chat.conversation.state == ConversationState::Agent;
            is_with_agent
                .then(|| act(chat))
                .ok_or(DeskError::NotWithAgent)
        });
        acted.unwrap_or(Err(DeskError::NoConversation))
    }

    /// Returns the file of a message, with its content.
    #[must_use]
    pub fn file(&self, object_key: &str) -> Option<(MessageFile, Bytes)> {
        let conversations = self.conversations();
        let mut files = conversations
            .into_iter()
            .flat_map(|conversation| conversation.messages)
            .filter_map(|message| message.file);
        let file = files.find(|file| file.object_key == object_key)?;
        Some((file, self.0.store.get(object_key)?.content))
    }
}

impl fmt::Debug for Desk {
    /// Omits messages and files.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}
