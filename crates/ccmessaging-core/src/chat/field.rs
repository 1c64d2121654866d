//! The members of the chat's requests.

use std::borrow::Cow;
use std::fmt;

use super::download_type::DownloadType;
use super::kinds::{ControlType, MessageKind};

/// A member of a chat request that an error can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatField {
    /// `channel`: always `WEB`.
    Channel,
    /// `channelId`: the configuration ID of the web channel.
    ChannelId,
    /// `content`: a message's text, or the reference to its file.
    Content,
    /// `controlType`: the effect of a message.
    ControlType,
    /// `endTime`: the end of a history.
    EndTime,
    /// `fileId`: the file to download.
    FileId,
    /// `fileType`: the type of the file to download.
    FileType,
    /// `from`: the user that sends a message.
    From,
    /// `isNeedRead`: whether read receipts are polled.
    IsNeedRead,
    /// `limit`: the length of a page of history.
    Limit,
    /// `mediaType`: the kind of a message's content.
    MediaType,
    /// `multiMedia`: marks a file of the multimedia library.
    MultiMedia,
    /// `offset`: the start of a page of history.
    Offset,
    /// `receiverId`: the user whose messages are polled.
    ReceiverId,
    /// `senderAvatar`: the URL of the user's picture.
    SenderAvatar,
    /// `senderNickname`: the user's name.
    SenderNickname,
    /// `sourceType`: always `CUSTOMER`.
    SourceType,
    /// `startTime`: the start of a history.
    StartTime,
    /// `timestamp`: when a message was written.
    Timestamp,
    /// `to`: the channel that a message is sent to.
    To,
    /// `userAgent`: the user's browser.
    UserAgent,
    /// `userId`: the user whose history is queried.
    UserId,
}

impl ChatField {
    /// Returns the field's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::ChannelId => "channelId",
            Self::Content => "content",
            Self::ControlType => "controlType",
            Self::EndTime => "endTime",
            Self::FileId => "fileId",
            Self::FileType => "fileType",
            Self::From => "from",
            Self::IsNeedRead => "isNeedRead",
            Self::Limit => "limit",
            Self::MediaType => "mediaType",
            Self::MultiMedia => "multiMedia",
            Self::Offset => "offset",
            Self::ReceiverId => "receiverId",
            Self::SenderAvatar => "senderAvatar",
            Self::SenderNickname => "senderNickname",
            Self::SourceType => "sourceType",
            Self::StartTime => "startTime",
            Self::Timestamp => "timestamp",
            Self::To => "to",
            Self::UserAgent => "userAgent",
            Self::UserId => "userId",
        }
    }

    /// Returns what to send instead.
    pub(super) fn remedy(self) -> Cow<'static, str> {
        let one_of = |values: &[&str]| Cow::Owned(format!("send one of {}", values.join(", ")));
        Cow::Borrowed(match self {
            Self::Channel => "send \"WEB\"",
            Self::SourceType => "send \"CUSTOMER\"",
            Self::ChannelId | Self::To => "send the web channel's configuration ID",
            Self::From | Self::UserId => "send the user's id, 1 to 24 characters",
            Self::ReceiverId => "send the user's id, 1 to 32 characters",
            Self::ControlType => return one_of(&ControlType::ALL.map(ControlType::as_str)),
            Self::MediaType => return one_of(&MessageKind::ALL.map(MessageKind::as_str)),
            Self::Content => "send the message's text, or the object key of its file",
            Self::FileId => {
                "send \"local/\" and the content of a local file's message, or the content of a library file's message"
            }
            Self::FileType => return one_of(&DownloadType::names()),
            Self::MultiMedia => {
                "send \"multiMedia\" for a file of the multimedia library; for a local file, begin fileId with \"local/\""
            }
            Self::IsNeedRead => "send true or false, or omit it",
            Self::Limit => "send the number of messages, at least 1",
            Self::Offset => "send the number of messages to skip",
            Self::StartTime | Self::EndTime => "send a time, or omit it",
            Self::Timestamp => "send milliseconds since 1970 as a string of digits, or omit it",
            Self::SenderAvatar => "send an http or https URL, or omit it",
            Self::SenderNickname | Self::UserAgent => "send a string, or omit it",
        })
    }

    /// Lists names for a sentence.
    pub(super) fn list(fields: &[Self]) -> String {
        let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
        names.join(", ")
    }
}

impl fmt::Display for ChatField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
