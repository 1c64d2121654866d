//! The request `downloadFileStream`.

use std::fmt;

use serde_json::json;

use super::check::{self, CHANNEL};
use super::download_type::DownloadType;
use super::error::ChatError;
use super::field::ChatField;
use super::members::Members;
use super::query;
use crate::policy::BmpSpelling;

/// The prefix of the `fileId` of a local file.
const LOCAL: &str = "local/";

/// The value that marks a file of the multimedia library.
const MULTI_MEDIA: &str = "multiMedia";

/// The longest `fileId`: the longest content of a message to the customer, after the prefix.
const MAX_FILE_ID_CHARACTERS: usize = 500 + LOCAL.len();

const FIELDS: &[ChatField] = &[
    ChatField::FileId,
    ChatField::Channel,
    ChatField::FileType,
    ChatField::MultiMedia,
];

/// A validated request of `downloadFileStream`.
#[derive(Clone, PartialEq, Eq)]
pub struct DownloadRequest {
    file_id: String,
    file_type: DownloadType,
    bmp_spelling: BmpSpelling,
}

impl DownloadRequest {
    /// Requests a local file: one that an agent or a customer sent. `content` is the content of its message,
    /// or the object key of an upload.
    ///
    /// # Errors
    ///
    /// The content is empty or too long, or contains control characters.
    pub fn local(content: &str, file_type: impl Into<DownloadType>) -> Result<Self, ChatError> {
        Self::new(format!("{LOCAL}{content}"), file_type.into())
    }

    /// Requests a file of the multimedia library. `content` is the content of its message.
    ///
    /// # Errors
    ///
    /// The content is empty or too long, contains control characters, or begins with `local/`.
    pub fn library(
        content: impl Into<String>,
        file_type: impl Into<DownloadType>,
    ) -> Result<Self, ChatError> {
        let request = Self::new(content.into(), file_type.into())?;
        if request.is_local() {
            return Err(LOCAL_AND_LIBRARY);
        }
        Ok(request)
    }

    /// Parses and validates a JSON body.
    ///
    /// # Errors
    ///
    /// The body is not a JSON object of the documented members, or a member has a value that the call does
    /// not document.
    pub fn from_json(body: &[u8]) -> Result<Self, ChatError> {
        let members = Members::of_request(body, FIELDS)?;
        let file_id = members.required(ChatField::FileId)?.into_owned();
        check::constant(&members, ChatField::Channel, CHANNEL)?;
        let file_type = members.required(ChatField::FileType)?;
        let file_type = DownloadType::from_name(&file_type)
            .ok_or_else(|| check::unsupported(ChatField::FileType, &file_type))?;
        let request = Self::new(file_id, file_type)?;
        if request.is_local() {
            if members.optional(ChatField::MultiMedia)?.is_some() {
                return Err(LOCAL_AND_LIBRARY);
            }
        } else {
            check::constant(&members, ChatField::MultiMedia, MULTI_MEDIA)?;
        }
        Ok(request)
    }

    fn new(file_id: String, file_type: DownloadType) -> Result<Self, ChatError> {
        let file_id = check::id(ChatField::FileId, file_id, MAX_FILE_ID_CHARACTERS)?;
        let key = file_id.strip_prefix(LOCAL).unwrap_or(&file_id);
        if key.is_empty() || leads_elsewhere(key) {
            return Err(check::unsupported(ChatField::FileId, &file_id));
        }
        Ok(Self {
            file_id,
            file_type,
            bmp_spelling: BmpSpelling::default(),
        })
    }

    /// Sets how the type of bitmaps is spelled: `bmp` by default.
    #[must_use]
    pub fn with_bmp_spelling(self, bmp_spelling: BmpSpelling) -> Self {
        Self {
            bmp_spelling,
            ..self
        }
    }

    /// Returns the file's id.
    #[must_use]
    pub fn file_id(&self) -> &str {
        &self.file_id
    }

    /// Returns the id without the prefix of local files.
    #[must_use]
    pub fn key(&self) -> &str {
        self.file_id.strip_prefix(LOCAL).unwrap_or(&self.file_id)
    }

    /// Returns the file's type.
    #[must_use]
    pub fn file_type(&self) -> DownloadType {
        self.file_type
    }

    /// Returns whether the file is a local one, as opposed to one of the multimedia library.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.file_id.starts_with(LOCAL)
    }

    /// Returns the JSON body to send.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut body = json!({
            "fileId": self.file_id,
            "channel": CHANNEL,
            "fileType": self.file_type.spelling(self.bmp_spelling),
        });
        if !self.is_local() {
            body["multiMedia"] = MULTI_MEDIA.into();
        }
        body.to_string().into_bytes()
    }
}

/// Returns whether a key leads to another directory. The server may decode it as a part of a URL, and possibly
/// more than once, so it is decoded until nothing changes.
fn leads_elsewhere(key: &str) -> bool {
    let mut key = key.to_owned();
    loop {
        let mut parts = key.split(['/', '\\']);
        if parts.any(|part| matches!(part, "." | "..")) {
            return true;
        }
        let decoded = query::decode_ascii(&key);
        if decoded == key {
            return false;
        }
        key = decoded;
    }
}

const LOCAL_AND_LIBRARY: ChatError = ChatError::Invalid {
    field: ChatField::MultiMedia,
    problem: "fileId starts with local/, so it is not a library file; omit multiMedia or send the library file's id",
};

impl fmt::Debug for DownloadRequest {
    /// Prints the type only: the id gives access to a customer's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadRequest")
            .field("file_type", &self.file_type)
            .field("is_local", &self.is_local())
            .finish_non_exhaustive()
    }
}
