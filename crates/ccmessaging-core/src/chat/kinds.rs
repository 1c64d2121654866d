//! The kinds of messages that customers send.

use std::fmt;

use serde::{Serialize, Serializer};

/// The effect of a customer's message: its `controlType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ControlType {
    /// Starts the chat; a robot answers.
    Connect,
    /// Sends content.
    Chat,
    /// Asks for a person.
    TransferToAgent,
    /// Shows what the customer is typing.
    Input,
    /// Ends the chat.
    Disconnect,
    /// Reports that a message was read.
    Read,
}

impl ControlType {
    pub(super) const ALL: [Self; 6] = [
        Self::Connect,
        Self::Chat,
        Self::TransferToAgent,
        Self::Input,
        Self::Disconnect,
        Self::Read,
    ];

    /// Returns the value as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::Chat => "CHAT",
            Self::TransferToAgent => "TRANS2AGENT",
            Self::Input => "INPUT",
            Self::Disconnect => "DISCONNECT",
            Self::Read => "READ",
        }
    }

    /// Returns whether a message of this type must have content.
    #[must_use]
    pub const fn needs_content(self) -> bool {
        match self {
            Self::Chat | Self::Input | Self::Read => true,
            Self::Connect | Self::TransferToAgent | Self::Disconnect => false,
        }
    }
}

impl Serialize for ControlType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for ControlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The kind of a message: a `mediaType` of `send`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MessageKind {
    /// Text of at most 1 KB.
    Text,
    /// An image: the object key.
    Image,
    /// Audio: the object key.
    Audio,
    /// A video: the object key.
    Video,
    /// A file: `fileName,fileSizeInBytes,objectKey,fileType`.
    File,
    /// An image as a file: `objectKey,jpg`.
    FileImage,
    /// A video as a file: `objectKey,mp4`.
    FileVideo,
    /// A web card.
    WebCard,
}

impl MessageKind {
    pub(super) const ALL: [Self; 8] = [
        Self::Text,
        Self::Image,
        Self::Audio,
        Self::Video,
        Self::File,
        Self::FileImage,
        Self::FileVideo,
        Self::WebCard,
    ];

    /// Returns the value as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Image => "IMAGE",
            Self::Audio => "AUDIO",
            Self::Video => "VIDEO",
            Self::File => "FILE",
            Self::FileImage => "FILE_IMAGE",
            Self::FileVideo => "FILE_VIDEO",
            Self::WebCard => "WEBCARD",
        }
    }
}

impl Serialize for MessageKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
