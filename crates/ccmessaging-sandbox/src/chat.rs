//! The conversations between customers and agents.

use parking_lot::Mutex;
use serde::Serialize;
use uuid::Uuid;

/// The robot's first message in a chat.
const GREETING: &str = "Hello, this is the robot.";

/// A customer's chat, as an agent sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Conversation {
    /// The customer's identifier: `from` in a message to the contact centre.
    pub user_id: String,
    /// The customer's name: `senderNickname` if the customer sends one, else applyToken's `userName`.
    pub user_name: String,
    /// The identifier of the channel: `to` in a message to the contact centre.
    pub channel_id: String,
    /// Who talks to the customer.
    pub state: ConversationState,
    /// All messages, the oldest first.
    pub messages: Vec<Message>,
}

/// Who talks to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ConversationState {
    /// The robot: the customer has connected (CONNECT).
    Robot,
    /// An agent: the customer has asked for one (TRANS2AGENT).
    Agent,
    /// Nobody, until the customer connects again.
    Ended,
}

/// A message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Message {
    /// A random UUID, `messageCode` in poll's response.
    pub id: String,
    /// Whether the customer sent or receives the message.
    pub direction: Direction,
    /// `CUSTOMER`, `ROBOT` or `AGENT`.
    pub source_type: &'static str,
    /// `TEXT`, `IMAGE` and so on, as in the call or in poll's response.
    pub media_type: String,
    /// The text, unless the message is a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The file, unless the message is a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<MessageFile>,
    /// The time of the message in milliseconds since 1970, by the sandbox's clock.
    pub timestamp: u64,
}

/// The direction of a message, from the contact centre's point of view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the customer.
    In,
    /// To the customer.
    Out,
}

/// The file of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MessageFile {
    /// The key for [`Sandbox::file`](crate::Sandbox::file).
    pub object_key: String,
    /// The file's name, if the sender transmitted one. Customers only do so in messages of the type
    /// FILE, and poll's response has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The type in lower case, such as `jpg`.
    #[serde(rename = "type")]
    pub file_type: String,
    /// The size in bytes.
    pub size: u64,
    /// Whether the file is in the contact centre's multimedia library, and not on an agent's or a
    /// customer's machine.
    pub in_library: bool,
}

/// The content of a new message.
pub(crate) enum Content {
    Text(String),
    File(MessageFile),
}

impl Message {
    pub(crate) fn new(
        source_type: &'static str,
        media_type: &str,
        content: Content,
        timestamp: u64,
    ) -> Self {
        let (text, file) = match content {
            Content::Text(text) => (Some(text), None),
            Content::File(file) => (None, Some(file)),
        };
        Self {
            id: Uuid::new_v4().to_string(),
            direction: match source_type {
                "CUSTOMER" => Direction::In,
                _ => Direction::Out,
            },
            source_type,
            media_type: media_type.to_owned(),
            text,
            file,
            timestamp,
        }
    }
}

/// A conversation and what poll has not returned yet.
pub(crate) struct Chat {
    pub(crate) conversation: Conversation,
    /// How many of the messages poll has passed.
    delivered: usize,
    /// Whether an agent has ended the chat and poll has not reported it.
    end_is_undelivered: bool,
}

impl Chat {
    fn new(user_id: &str, channel_id: &str) -> Self {
        Self {
            conversation: Conversation {
                user_id: user_id.to_owned(),
                user_name: user_id.to_owned(),
                channel_id: channel_id.to_owned(),
                state: ConversationState::Ended,
                messages: Vec::new(),
            },
            delivered: 0,
            end_is_undelivered: false,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.conversation.state != ConversationState::Ended
    }

    /// Starts the chat with the robot; has no effect on an open chat.
    pub(crate) fn connect(&mut self, now_ms: u64) {
        if !self.is_open() {
            self.conversation.state = ConversationState::Robot;
            self.end_is_undelivered = false;
            let greeting = Content::Text(GREETING.to_owned());
            self.push(Message::new("ROBOT", "TEXT", greeting, now_ms));
        }
    }

    pub(crate) fn push(&mut self, message: Message) {
        self.conversation.messages.push(message);
    }

    /// Ends the chat on the agent's side, which poll reports.
    pub(crate) fn end_by_agent(&mut self) {
        self.conversation.state = ConversationState::Ended;
        self.end_is_undelivered = true;
    }

    /// Returns the messages for the customer that were not returned before, and whether an agent has
    /// ended the chat since then.
    pub(crate) fn take_undelivered(&mut self) -> (Vec<Message>, bool) {
        let messages = &self.conversation.messages;
        let new = messages[self.delivered..]
            .iter()
            .filter(|message| message.direction == Direction::Out)
            .cloned()
            .collect();
        self.delivered = messages.len();
        (new, std::mem::take(&mut self.end_is_undelivered))
    }
}

/// All conversations, in the order of their first messages.
#[derive(Default)]
pub(crate) struct Chats(Mutex<Vec<Chat>>);

impl Chats {
    /// Runs `act` on the chat of a user in a channel, which is created if there is none.
    pub(crate) fn with<T>(
        &self,
        user_id: &str,
        channel_id: &str,
        act: impl FnOnce(&mut Chat) -> T,
    ) -> T {
        let mut chats = self.0.lock();
        let found = chats.iter().position(|chat| {
            chat.conversation.user_id == user_id && chat.conversation.channel_id == channel_id
        });
        let index = found.unwrap_or_else(|| {
            chats.push(Chat::new(user_id, channel_id));
            chats.len() - 1
        });
        act(&mut chats[index])
    }

    /// Runs `act` on the newest chat of a user that has messages, in any channel.
    pub(crate) fn with_user<T>(
        &self,
        user_id: &str,
        act: impl FnOnce(&mut Chat) -> T,
    ) -> Option<T> {
        let mut chats = self.0.lock();
        let mut newest = chats.iter_mut().rev().filter(|chat| {
            chat.conversation.user_id == user_id && !chat.conversation.messages.is_empty()
        });
        newest.next().map(act)
    }

    /// Returns every conversation in which a customer has connected.
    pub(crate) fn list(&self) -> Vec<Conversation> {
        let chats = self.0.lock();
        let conversations = chats.iter().map(|chat| &chat.conversation);
        conversations
            .filter(|conversation| !conversation.messages.is_empty())
            .cloned()
            .collect()
    }
}
