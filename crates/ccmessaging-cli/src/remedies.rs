//! Remedies for failed calls of the API.

use ccmessaging_client::{CallError, CallErrorKind, SessionError, TokenError};

pub(crate) const CHECK_PATH: &str = "check the path in UPSTREAM_BASE_URL: it is the part before \
     /apiaccess, and most deployments have none";
const CHECK_UPSTREAM: &str = "check that UPSTREAM_BASE_URL is the contact centre's API; a proxy, a \
     gateway or a web page may respond instead";
pub(crate) const CHECK_CHANNEL: &str = "check --channel-id (the web channel's configuration ID), and \
     that the account has the contact centre service and the app key the right to its messaging API";
pub(crate) const CHECK_TOKEN: &str = "a session token is valid for an hour: get a new one, or omit it \
     to call applyToken; the app key needs the right to the contact centre's messaging API";
pub(crate) const ASK_OPERATOR: &str =
    "try again later; if it keeps failing, ask the contact centre's operator";

/// Returns the remedy for a missing access token.
pub(crate) fn for_token(error: &TokenError) -> &'static str {
    match error {
        TokenError::KeyRejected { .. } => {
            "check APP_KEY and APP_SECRET: both belong to one app on the API Fabric, and a secret may \
             have been replaced there"
        }
        TokenError::SecretUnreadable { .. } => {
            "check the file or secret that holds the app secret, and the right to read it"
        }
        _ => {
            "check TOKEN_BASE_URL (UPSTREAM_BASE_URL if it is not set): host, port and path; some \
             deployments have tokenByAkSk on port 28070"
        }
    }
}

/// Returns the remedy for a failed call.
pub(crate) fn for_call(error: &CallError) -> &'static str {
    match error.kind() {
        CallErrorKind::UnexpectedResponse { status, .. } => {
            for_status(status.as_u16()).unwrap_or(CHECK_UPSTREAM)
        }
        CallErrorKind::TimedOut => "try again later; UPSTREAM_TIMEOUT_MS sets the longest wait",
        CallErrorKind::Tls(_) => {
            "`ccmessaging doctor` says what is wrong; UPSTREAM_CA_FILE adds certificates \
             to the public ones"
        }
        CallErrorKind::Connect(_)
        | CallErrorKind::ConnectionClosed(_)
        | CallErrorKind::IncompleteResponse(_) => {
            "try again later; if it keeps failing, look for a proxy or a load balancer in between"
        }
        _ => CHECK_UPSTREAM,
    }
}

/// Returns the remedy for a failed upload; `None` if the error is self-explanatory.
pub(crate) fn for_session(error: &SessionError) -> Option<&'static str> {
    match error {
        SessionError::NoSession { status, .. } => {
            Some(for_status(status.as_u16()).unwrap_or(CHECK_CHANNEL))
        }
        SessionError::TokenRejected { .. } => Some(CHECK_TOKEN),
        SessionError::Rejected { status, .. } | SessionError::ChatRejected { status, .. } => {
            for_status(status.as_u16())
        }
        SessionError::Token(TokenError::Unavailable { .. }) => {
            Some("`ccmessaging doctor` checks the connection to the token service step by step")
        }
        SessionError::Token(error) => Some(for_token(error)),
        SessionError::Call(error) => Some(for_call(error)),
        _ => None,
    }
}

fn for_status(status: u16) -> Option<&'static str> {
    match status {
        401 | 403 => Some(CHECK_TOKEN),
        404 => Some(CHECK_PATH),
        413 => Some("send a smaller file: the contact centre's limits are below the gateway's"),
        429 => Some("the contact centre limits the rate of calls: wait a minute, then send again"),
        500.. => Some(ASK_OPERATOR),
        _ => None,
    }
}
