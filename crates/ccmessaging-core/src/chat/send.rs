//! The requests `send` and `sendAsync`, which have the same members.

use std::fmt;

use serde::Serialize;

use super::check::{self, CHANNEL, MAX_SENDER_CHARACTERS};
use super::content::{MediaFormat, SentFile, check_content};
use super::error::ChatError;
use super::field::ChatField;
use super::kinds::{ControlType, MessageKind};
use super::members::Members;
use crate::error::Absence;

/// The only documented `sourceType`.
const SOURCE_TYPE: &str = "CUSTOMER";

/// The longest name of a customer. No page documents a limit.
const MAX_NAME_CHARACTERS: usize = 128;

/// The longest `userAgent`. No page documents a limit; those of browsers have 100 to 300 characters.
const MAX_USER_AGENT_CHARACTERS: usize = 1024;

/// The most digits of a timestamp: those of the largest 64-bit number.
const MAX_TIMESTAMP_DIGITS: usize = 20;

const FIELDS: &[ChatField] = &[
    ChatField::Channel,
    ChatField::ControlType,
    ChatField::From,
    ChatField::To,
    ChatField::MediaType,
    ChatField::SourceType,
    ChatField::Content,
    ChatField::SenderNickname,
    ChatField::SenderAvatar,
    ChatField::Timestamp,
    ChatField::UserAgent,
];

/// A validated request of `send` or `sendAsync`.
///
/// `Debug` prints no content and no name, which are a customer's.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SendRequest {
    channel: &'static str,
    control_type: ControlType,
    from: String,
    to: String,
    #[serde(rename = "mediaType")]
    kind: MessageKind,
    source_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_nickname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

impl SendRequest {
    /// Parses and validates a JSON body.
    ///
    /// # Errors
    ///
    /// The body is not a JSON object of the documented members, or a member has a value that the call does
    /// not document.
    pub fn from_json(body: &[u8]) -> Result<Self, ChatError> {
        let members = Members::of_request(body, FIELDS)?;
        check::constant(&members, ChatField::Channel, CHANNEL)?;
        let control_type = members.required(ChatField::ControlType)?;
        let control_type = ControlType::ALL
            .into_iter()
            .find(|known| known.as_str() == control_type)
            .ok_or_else(|| check::unsupported(ChatField::ControlType, &control_type))?;
        let user_id = members.required(ChatField::From)?.into_owned();
        let channel_id = members.required(ChatField::To)?.into_owned();
        let kind = members.required(ChatField::MediaType)?;
        let kind = MessageKind::ALL
            .into_iter()
            .find(|known| known.as_str() == kind)
            .ok_or_else(|| check::unsupported(ChatField::MediaType, &kind))?;
        check::constant(&members, ChatField::SourceType, SOURCE_TYPE)?;
        if control_type.needs_content() {
            members.required(ChatField::Content)?;
        }
        let optional = |field| Ok(members.optional(field)?.map(std::borrow::Cow::into_owned));
        let content = optional(ChatField::Content)?;
        let mut request = Self::new(user_id, channel_id, control_type, kind, content)?;
        if let Some(name) = optional(ChatField::SenderNickname)? {
            request = request.with_sender_nickname(name)?;
        }
        if let Some(url) = optional(ChatField::SenderAvatar)? {
            request = request.with_sender_avatar(url)?;
        }
        if let Some(user_agent) = optional(ChatField::UserAgent)? {
            request = request.with_user_agent(user_agent)?;
        }
        request.checked_timestamp(optional(ChatField::Timestamp)?)
    }

    /// Creates the request that starts a chat (`CONNECT`).
    ///
    /// # Errors
    ///
    /// An id is empty or too long; so for the other constructors.
    pub fn connect(
        user_id: impl Into<String>,
        channel_id: impl Into<String>,
    ) -> Result<Self, ChatError> {
        Self::control(user_id, channel_id, ControlType::Connect)
    }

    /// Creates the request that asks for a person (`TRANS2AGENT`).
    ///
    /// # Errors
    ///
    /// An id is empty or too long.
    pub fn transfer_to_agent(
        user_id: impl Into<String>,
        channel_id: impl Into<String>,
    ) -> Result<Self, ChatError> {
        Self::control(user_id, channel_id, ControlType::TransferToAgent)
    }

    /// Creates the request that ends a chat (`DISCONNECT`).
    ///
    /// # Errors
    ///
    /// An id is empty or too long.
    pub fn disconnect(
        user_id: impl Into<String>,
        channel_id: impl Into<String>,
    ) -> Result<Self, ChatError> {
        Self::control(user_id, channel_id, ControlType::Disconnect)
    }

    /// Creates a message of text, which may have at most 1,024 bytes in UTF-8.
    ///
    /// # Errors
    ///
    /// An id is empty or too long, or the text is.
    pub fn text(
        user_id: impl Into<String>,
        channel_id: impl Into<String>,
        text: impl Into<String>,
    ) -> Result<Self, ChatError> {
        let content = Some(text.into());
        Self::new(
            user_id,
            channel_id,
            ControlType::Chat,
            MessageKind::Text,
            content,
        )
    }

    /// Creates a message that shows the agent an uploaded file.
    ///
    /// # Errors
    ///
    /// An id is empty or too long, or the object key cannot be part of a message.
    ///
    /// ```
    /// use ccmessaging_core::FileType;
    /// use ccmessaging_core::chat::{MediaFormat, MessageKind, SendRequest, SentFile};
    ///
    /// let photo = SentFile::new(FileType::Jpg, "photo.jpg", 4096);
    /// let format = MediaFormat::ObjectKey;
    /// let request = SendRequest::file("42", "the channel's ID", "b6ed0a15", &photo, format)?;
    /// assert_eq!(request.kind(), MessageKind::Image);
    /// assert_eq!(request.content(), Some("b6ed0a15"));
    /// # Ok::<_, ccmessaging_core::chat::ChatError>(())
    /// ```
    pub fn file(
        user_id: impl Into<String>,
        channel_id: impl Into<String>,
        object_key: &str,
        file: &SentFile,
        format: MediaFormat,
    ) -> Result<Self, ChatError> {
        let content = Some(file.content(object_key, format)?);
        Self::new(user_id, channel_id, ControlType::Chat, file.kind(), content)
    }

    /// Creates a request of any kind.
    ///
    /// # Errors
    ///
    /// An id is empty or too long; content is missing or has the wrong format.
    pub fn new(
        user_id: impl Into<String>,
        channel_id: impl Into<String>,
        control_type: ControlType,
        kind: MessageKind,
        content: Option<String>,
    ) -> Result<Self, ChatError> {
        let request = Self {
            channel: CHANNEL,
            control_type,
            from: check::id(ChatField::From, user_id.into(), MAX_SENDER_CHARACTERS)?,
            to: check::channel_id(ChatField::To, channel_id.into())?,
            kind,
            source_type: SOURCE_TYPE,
            content,
            sender_nickname: None,
            sender_avatar: None,
            timestamp: None,
            user_agent: None,
        };
        match request.content() {
            Some(content) if !content.is_empty() => check_content(kind, content)?,
            content if control_type.needs_content() => {
                return Err(ChatError::Missing {
                    field: ChatField::Content,
                    absence: content.map_or(Absence::Absent, |_| Absence::Empty),
                });
            }
            _ => {}
        }
        Ok(request)
    }

    fn control(
        user_id: impl Into<String>,
        channel_id: impl Into<String>,
        control_type: ControlType,
    ) -> Result<Self, ChatError> {
        Self::new(user_id, channel_id, control_type, MessageKind::Text, None)
    }

    /// Sets the customer's name, which the agent sees.
    ///
    /// # Errors
    ///
    /// The name has more than 128 characters, or contains control characters.
    pub fn with_sender_nickname(self, name: impl Into<String>) -> Result<Self, ChatError> {
        let name = check::text(ChatField::SenderNickname, name.into(), MAX_NAME_CHARACTERS)?;
        Ok(Self {
            sender_nickname: Some(name),
            ..self
        })
    }

    /// Sets the URL of the customer's picture, which the agent sees.
    ///
    /// # Errors
    ///
    /// The URL's scheme is not `http` or `https`, or it has more than 2,048 characters, or contains spaces or
    /// control characters.
    pub fn with_sender_avatar(self, url: impl Into<String>) -> Result<Self, ChatError> {
        let url = check::url(ChatField::SenderAvatar, url.into())?;
        Ok(Self {
            sender_avatar: Some(url),
            ..self
        })
    }

    /// Sets when the message was written, in milliseconds since 1970.
    #[must_use]
    pub fn with_timestamp(self, milliseconds: u64) -> Self {
        Self {
            timestamp: Some(milliseconds.to_string()),
            ..self
        }
    }

    /// Sets the name of the customer's browser.
    ///
    /// # Errors
    ///
    /// The name has more than 1,024 characters, or contains control characters.
    pub fn with_user_agent(self, user_agent: impl Into<String>) -> Result<Self, ChatError> {
        let limit = MAX_USER_AGENT_CHARACTERS;
        let user_agent = check::text(ChatField::UserAgent, user_agent.into(), limit)?;
        Ok(Self {
            user_agent: Some(user_agent),
            ..self
        })
    }

    fn checked_timestamp(self, timestamp: Option<String>) -> Result<Self, ChatError> {
        if let Some(digits) = &timestamp {
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            if !is_number || !(1..=MAX_TIMESTAMP_DIGITS).contains(&digits.len()) {
                return Err(check::unsupported(ChatField::Timestamp, digits));
            }
        }
        Ok(Self { timestamp, ..self })
    }

    /// Returns what the message does.
    #[must_use]
    pub fn control_type(&self) -> ControlType {
        self.control_type
    }

    /// Returns the id of the user that sends the message.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.from
    }

    /// Returns the configuration ID of the channel that it is sent to.
    #[must_use]
    pub fn channel_id(&self) -> &str {
        &self.to
    }

    /// Returns the kind of its content.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        self.kind
    }

    /// Returns its text, or the reference to its file.
    #[must_use]
    pub fn content(&self) -> Option<&str> {
        self.content.as_deref()
    }

    /// Returns the JSON body to send.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Writing strings to memory cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl fmt::Debug for SendRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendRequest")
            .field("control_type", &self.control_type)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
