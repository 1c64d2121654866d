//! The request `poll`, whose fields are in the query.

use std::fmt;

use super::check::{self, CHANNEL, MAX_USER_CHARACTERS};
use super::error::ChatError;
use super::field::ChatField;
use super::query;
use crate::error::Absence;
use crate::excerpt::Excerpt;

const FIELDS: &[ChatField] = &[
    ChatField::ReceiverId,
    ChatField::Channel,
    ChatField::IsNeedRead,
];

/// A validated request of `poll`.
#[derive(Clone, PartialEq, Eq)]
pub struct PollRequest {
    user_id: String,
    is_need_read: Option<bool>,
}

impl PollRequest {
    /// Creates a request for a user's messages.
    ///
    /// # Errors
    ///
    /// The id is empty or has more than 32 characters.
    pub fn new(user_id: impl Into<String>) -> Result<Self, ChatError> {
        let field = ChatField::ReceiverId;
        Ok(Self {
            user_id: check::id(field, user_id.into(), MAX_USER_CHARACTERS)?,
            is_need_read: None,
        })
    }

    /// Sets whether read receipts are polled too.
    #[must_use]
    pub fn with_read_receipts(self, is_need_read: bool) -> Self {
        Self {
            is_need_read: Some(is_need_read),
            ..self
        }
    }

    /// Parses and validates a query, without the question mark.
    ///
    /// # Errors
    ///
    /// The query is not percent-encoded UTF-8, has other fields than the documented ones or one of them
    /// twice, or a field has a value that the call does not document.
    ///
    /// ```
    /// use ccmessaging_core::chat::PollRequest;
    ///
    /// let request = PollRequest::from_query("receiverId=4%202&channel=WEB")?;
    /// assert_eq!(request.user_id(), "4 2");
    /// assert_eq!(request.to_query(), "receiverId=4%202&channel=WEB");
    /// # Ok::<_, ccmessaging_core::chat::ChatError>(())
    /// ```
    pub fn from_query(query: &str) -> Result<Self, ChatError> {
        let mut values: [Option<String>; FIELDS.len()] = Default::default();
        for (name, value) in query::decode(query)? {
            let Some(index) = FIELDS.iter().position(|field| field.name() == name) else {
                return Err(ChatError::UnknownField {
                    name: Excerpt::new(&name),
                    known: FIELDS,
                });
            };
            if values[index].replace(value).is_some() {
                let name = Excerpt::new(&name);
                return Err(ChatError::DuplicateField { name });
            }
        }
        let [user_id, channel, is_need_read] = values;
        let missing = |field| ChatError::Missing {
            field,
            absence: Absence::Absent,
        };
        let user_id = user_id.ok_or_else(|| missing(ChatField::ReceiverId))?;
        let mut request = Self::new(user_id)?;
        let channel = channel.ok_or_else(|| missing(ChatField::Channel))?;
        if channel != CHANNEL {
            return Err(if channel.is_empty() {
                ChatError::Missing {
                    field: ChatField::Channel,
                    absence: Absence::Empty,
                }
            } else {
                check::unsupported(ChatField::Channel, &channel)
            });
        }
        request.is_need_read = match is_need_read.as_deref() {
            None => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(other) => return Err(check::unsupported(ChatField::IsNeedRead, other)),
        };
        Ok(request)
    }

    /// Returns the user whose messages are polled.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// Returns whether read receipts are polled too, if the request says so.
    #[must_use]
    pub fn is_need_read(&self) -> Option<bool> {
        self.is_need_read
    }

    /// Returns the query to send, without the question mark.
    #[must_use]
    pub fn to_query(&self) -> String {
        let user_id = query::encode(&self.user_id);
        let is_need_read = match self.is_need_read {
            None => "",
            Some(true) => "&isNeedRead=true",
            Some(false) => "&isNeedRead=false",
        };
        format!("receiverId={user_id}&channel={CHANNEL}{is_need_read}")
    }
}

impl fmt::Debug for PollRequest {
    /// Prints no id, which is a customer's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollRequest").finish_non_exhaustive()
    }
}
