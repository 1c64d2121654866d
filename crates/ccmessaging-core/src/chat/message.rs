//! Messages to the customer.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::download::DownloadRequest;
use super::download_type::DownloadType;
use super::response::{self, ResponseError};
use crate::error::JsonKind;
use crate::file_type::FileType;
use crate::json;

/// A message to the customer, as `poll` and `queryHistoryChatMessage` return it.
///
/// Members are read leniently, because tables and examples of the documentation differ: a string may also
/// be a number or a boolean and the reverse, and everything may be absent or null. A member that cannot be read
/// counts as absent. `Debug` prints no
/// content and no name.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Message {
    /// The text, or the id of the file; empty if absent.
    pub content: String,
    /// The kind of content: `mediaType`.
    pub media: MessageMedia,
    /// The effect of the message: `controlType`.
    pub control: MessageControl,
    /// Who sent it: `sourceType`.
    pub source: MessageSource,
    /// `contentType`: `1` for a local file; absent for a file of the multimedia library.
    pub content_type: Option<String>,
    /// `mediaFileType`: the type of a local file.
    pub media_file_type: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// The sender's id.
    pub from: Option<String>,
    /// The receiver's id.
    pub to: Option<String>,
    /// The sender's name.
    pub sender_nickname: Option<String>,
    /// The URL of the sender's picture.
    pub sender_avatar: Option<String>,
    /// When it was sent, in milliseconds since 1970.
    pub timestamp: Option<u64>,
    /// `messageCode`.
    pub message_code: Option<String>,
    /// `isOfflineStatus`.
    pub is_offline: Option<bool>,
    /// `queueFlag`.
    pub queue_flag: Option<String>,
    /// `simQuestions`: similar questions, which a robot offers.
    pub similar_questions: Vec<String>,
}

/// The kind of a message's content: a `mediaType` of `poll`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MessageMedia {
    /// Text; also if the member is absent.
    #[default]
    Text,
    /// An image.
    Image,
    /// A video.
    Video,
    /// Audio.
    Audio,
    /// A place.
    Location,
    /// Another file.
    Document,
    /// An undocumented kind.
    Other(String),
}

/// The effect of a message: a `controlType` of `poll`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MessageControl {
    /// It has content; also if the member is absent.
    #[default]
    Chat,
    /// It ends the chat.
    Disconnect,
    /// It reports that the customer's messages were read.
    Read,
    /// An undocumented type.
    Other(String),
}

/// Who sent a message: a `sourceType`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MessageSource {
    /// A person.
    Agent,
    /// A robot.
    Robot,
    /// The contact centre; also if the member is absent.
    #[default]
    System,
    /// The customer: in a history.
    Customer,
    /// An undocumented source.
    Other(String),
}

/// The types by which files of the multimedia library are downloaded, because their messages have none. The
/// documentation names `jpg`, `mp3` and `mp4`, and none for documents; `pdf` by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LibraryTypes {
    /// The type of images.
    pub image: DownloadType,
    /// The type of audio.
    pub audio: DownloadType,
    /// The type of videos.
    pub video: DownloadType,
    /// The type of other files.
    pub document: DownloadType,
}

impl Default for LibraryTypes {
    fn default() -> Self {
        Self {
            image: FileType::Jpg.into(),
            audio: FileType::Mp3.into(),
            video: FileType::Mp4.into(),
            document: DownloadType::Pdf,
        }
    }
}

impl Message {
    /// Parses the messages of a response to `poll`, in its order. The caller checks the result: see
    /// [`ChatResponse`](super::ChatResponse).
    ///
    /// # Errors
    ///
    /// The body is not a JSON object, or `downlinkMessages` is not a list.
    pub fn list_from_poll_json(body: &[u8]) -> Result<Vec<Self>, ResponseError> {
        Self::list_from_json(body, "downlinkMessages")
    }

    /// Parses the messages of a response to `queryHistoryChatMessage`, in its order.
    ///
    /// # Errors
    ///
    /// The body is not a JSON object, or `messageList` is not a list.
    pub fn list_from_history_json(body: &[u8]) -> Result<Vec<Self>, ResponseError> {
        Self::list_from_json(body, "messageList")
    }

    fn list_from_json(body: &[u8], member: &'static str) -> Result<Vec<Self>, ResponseError> {
        let object = response::object(body)?;
        let value = object.value(member);
        match value.map_err(|_| ResponseError::NotAnObject)? {
            None | Some(json::Value::Other(_, JsonKind::Null)) => Ok(Vec::new()),
            Some(json::Value::Other(list, JsonKind::Array)) => {
                let list: Vec<&RawValue> =
                    serde_json::from_str(list).map_err(|_| ResponseError::WrongType { member })?;
                // An element that is not a message must not hide the others.
                let messages = list.into_iter();
                Ok(messages
                    .filter_map(|json| Self::from_json(json.get()))
                    .collect())
            }
            Some(_) => Err(ResponseError::WrongType { member }),
        }
    }

    /// Parses a message; `None` if it is not a JSON object.
    fn from_json(json: &str) -> Option<Self> {
        let object: RawMembers<'_> = serde_json::from_str(json).ok()?;
        let text = |name| text(&object, name);
        let questions: Option<Vec<&RawValue>> = read(&object, "simQuestions");
        let questions = questions.unwrap_or_default().into_iter();
        Some(Self {
            content: text("content").unwrap_or_default(),
            media: match text("mediaType").as_deref() {
                None | Some("TEXT") => MessageMedia::Text,
                Some("IMAGE") => MessageMedia::Image,
                Some("VIDEO") => MessageMedia::Video,
                Some("AUDIO") => MessageMedia::Audio,
                Some("LOCATE") => MessageMedia::Location,
                Some("DOCUMENT") => MessageMedia::Document,
                Some(other) => MessageMedia::Other(other.to_owned()),
            },
            control: match text("controlType").as_deref() {
                None | Some("CHAT") => MessageControl::Chat,
                Some("DISCONNECT") => MessageControl::Disconnect,
                Some("READ") => MessageControl::Read,
                Some(other) => MessageControl::Other(other.to_owned()),
            },
            source: match text("sourceType").as_deref() {
                None | Some("SYSTEM") => MessageSource::System,
                Some("AGENT") => MessageSource::Agent,
                Some("ROBOT") => MessageSource::Robot,
                Some("CUSTOMER") => MessageSource::Customer,
                Some(other) => MessageSource::Other(other.to_owned()),
            },
            content_type: text("contentType"),
            media_file_type: text("mediaFileType"),
            channel: text("channel"),
            from: text("from"),
            to: text("to"),
            sender_nickname: text("senderNickname"),
            sender_avatar: text("senderAvatar"),
            timestamp: text("timestamp").and_then(|digits| digits.parse().ok()),
            message_code: text("messageCode"),
            is_offline: match text("isOfflineStatus").as_deref() {
                Some("true" | "1") => Some(true),
                Some("false" | "0") => Some(false),
                _ => None,
            },
            queue_flag: text("queueFlag"),
            similar_questions: questions
                .filter_map(|question| serde_json::from_str(question.get()).ok())
                .collect(),
        })
    }

    /// Returns whether the content is the id of a file.
    #[must_use]
    pub fn has_file(&self) -> bool {
        match self.media {
            MessageMedia::Image
            | MessageMedia::Video
            | MessageMedia::Audio
            | MessageMedia::Document => true,
            MessageMedia::Text | MessageMedia::Location | MessageMedia::Other(_) => false,
        }
    }

    /// Returns whether the file is a local one, as opposed to one of the multimedia library.
    #[must_use]
    pub fn has_local_file(&self) -> bool {
        self.has_file() && self.content_type.as_deref() == Some("1")
    }

    /// Returns the request for the message's file. `None` if it has no file, or one whose id or type
    /// cannot be requested.
    #[must_use]
    pub fn download_request(&self, library: &LibraryTypes) -> Option<DownloadRequest> {
        let by_media = match self.media {
            MessageMedia::Image => library.image,
            MessageMedia::Audio => library.audio,
            MessageMedia::Video => library.video,
            MessageMedia::Document => library.document,
            MessageMedia::Text | MessageMedia::Location | MessageMedia::Other(_) => return None,
        };
        let file_type = match &self.media_file_type {
            Some(declared) => DownloadType::from_name(declared)?,
            None => by_media,
        };
        let request = if self.has_local_file() {
            DownloadRequest::local(&self.content, file_type)
        } else {
            DownloadRequest::library(&*self.content, file_type)
        };
        request.ok()
    }
}

/// The members of a message. Their values are read one by one, because an invalid one, such as half of a surrogate
/// pair, must not hide the others.
type RawMembers<'a> = BTreeMap<String, &'a RawValue>;

fn read<'a, T: Deserialize<'a>>(object: &RawMembers<'a>, name: &str) -> Option<T> {
    serde_json::from_str(object.get(name)?.get()).ok()
}

/// Returns a member as text; `None` if it is absent, null, an array or an object, or cannot be read.
fn text(object: &RawMembers<'_>, name: &str) -> Option<String> {
    match read(object, name)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("media", &self.media)
            .field("control", &self.control)
            .field("source", &self.source)
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}
