//! Configuration of the chat's calls.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use ccmessaging_client::{ChatCall, ChatCallKind};

use super::settings;
use super::vars::Vars;
use super::{ConfigError, ManagedConfig, SecretSource};

/// The chat's calls that the gateway serves in addition to uploads.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChatConfig {
    /// `CHAT_CALLS`: the calls; at least one.
    pub calls: BTreeSet<ChatCallKind>,
    /// How the gateway ensures that a caller only uses its own chat.
    pub identity: Identity,
    /// `MAX_DOWNLOAD_BYTES`: the largest file that is downloaded, decoded.
    pub max_download_bytes: usize,
    /// `MAX_CHAT_CALLS_IN_FLIGHT`: how many calls are sent to the upstream at once.
    pub max_calls_in_flight: NonZeroUsize,
    /// The memory for files that are downloaded, until they are sent.
    pub download_memory_bytes: usize,
    /// The memory for responses with messages, until they are sent.
    pub message_memory_bytes: usize,
}

/// How the gateway ensures that a caller only uses its own chat. Another variant is a breaking change on
/// purpose: tools that check a deployment must know each.
#[derive(Clone, Debug)]
pub enum Identity {
    /// Each call needs a ticket that is signed with this key, or with one of several.
    Signed(SecretSource),
    /// The contact centre compares the identifiers with the session token; or the caller has the
    /// contact centre's credentials, which give access to every chat.
    Upstream,
}

/// The values of `CHAT_IDENTITY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdentityPolicy {
    Signed,
    Upstream,
}

impl ChatConfig {
    /// Reads the chat's settings; `None` without `CHAT_CALLS`. `memory_bytes` is the memory for each kind of
    /// response.
    pub(super) fn from_vars(
        vars: &Vars,
        managed: Option<&ManagedConfig>,
        memory_bytes: usize,
    ) -> Result<Option<Self>, ConfigError> {
        // Read even if not needed, so that an invalid value is always reported.
        let max_download_bytes = vars.get(&settings::MAX_DOWNLOAD_BYTES)?;
        let max_calls_in_flight = vars.get(&settings::MAX_CHAT_CALLS_IN_FLIGHT)?;
        let policy = vars.optional(&settings::CHAT_IDENTITY)?;
        let key = SecretSource::from_vars(
            vars,
            &settings::CHAT_TICKET_KEY,
            &settings::CHAT_TICKET_KEY_FILE,
            &settings::CHAT_TICKET_KEY_ARN,
        )?;
        let Some(calls) = vars.optional(&settings::CHAT_CALLS)? else {
            return Ok(None);
        };
        let identity = match (policy, key) {
            (Some(IdentityPolicy::Signed), Some((_, key))) => Identity::Signed(key),
            (Some(IdentityPolicy::Signed), None) => {
                return Err(ConfigError::missing(
                    settings::CHAT_TICKET_KEY.setting.name,
                    "CHAT_IDENTITY is signed: also set CHAT_TICKET_KEY, CHAT_TICKET_KEY_FILE or CHAT_TICKET_KEY_ARN",
                ));
            }
            (_, Some((name, _))) => {
                return Err(ConfigError::invalid(
                    name,
                    "CHAT_IDENTITY is not signed: set it to signed, or remove the key",
                ));
            }
            (Some(IdentityPolicy::Upstream), None) => Identity::Upstream,
            // The caller has the app secret's access token, which opens every chat.
            (None, None) if managed.is_none() => Identity::Upstream,
            (None, None) => {
                return Err(ConfigError::missing(
                    settings::CHAT_IDENTITY.setting.name,
                    "CHAT_CALLS and APP_KEY are set: set it to signed, so that callers need tickets, or to upstream if the contact centre refuses the identifiers of others (check with doctor --chat)",
                ));
            }
        };
        let has_download = calls.contains(&ChatCallKind::Download);
        let has_messages = [ChatCallKind::Poll, ChatCallKind::History]
            .iter()
            .any(|kind| calls.contains(kind));
        if has_messages && memory_bytes < ChatCall::MAX_MESSAGES_BYTES {
            return Err(ConfigError::invalid(
                settings::MAX_BODY_MEMORY_BYTES.setting.name,
                "CHAT_CALLS has poll or history: set it to at least 4194304, so that a quarter of it can hold messages",
            ));
        }
        if has_download && memory_bytes < download_memory(max_download_bytes) {
            return Err(ConfigError::invalid(
                settings::MAX_DOWNLOAD_BYTES.setting.name,
                "such a file must fit into a quarter of MAX_BODY_MEMORY_BYTES in Base64 and decoded: set it to at most 10 % of that",
            ));
        }
        Ok(Some(Self {
            download_memory_bytes: if has_download { memory_bytes } else { 0 },
            message_memory_bytes: if has_messages { memory_bytes } else { 0 },
            calls,
            identity,
            max_download_bytes,
            max_calls_in_flight,
        }))
    }
}

/// The memory for a download of so many bytes: the response in Base64 and the decoded file.
fn download_memory(bytes: usize) -> usize {
    const SURROUNDING_BYTES: usize = 16 * 1024;
    bytes
        .div_ceil(3)
        .saturating_mul(7)
        .saturating_add(SURROUNDING_BYTES)
}
