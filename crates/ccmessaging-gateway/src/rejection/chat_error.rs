//! Errors of tickets and of downloads.

/// Why a ticket does not permit a call. No message quotes the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum TicketError {
    /// The header is missing or empty.
    #[error("the header x-chat-ticket is missing; send the ticket that your backend issues")]
    Missing,
    /// It is not a JWT with HS256, has another signature, or lacks a claim.
    #[error(
        "invalid x-chat-ticket; send a JWT (HS256) with sub, aud and exp, signed by your backend"
    )]
    Invalid,
    /// The time in `nbf` is in the future.
    #[error("the ticket is not valid yet; correct the clock of the server that signs it")]
    NotYetValid,
    /// The time in `exp` has passed.
    #[error("the ticket has expired; get a new one from your backend")]
    Expired,
    /// The call names another user or channel.
    #[error("{field} is not the one in the ticket; send the value that your backend signed")]
    Mismatch {
        /// The parameter of the call.
        field: &'static str,
    },
}

/// Why a file is not delivered. `Display` is the sentence for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum DownloadError {
    /// The malware scan found something.
    #[error("the malware scan found something in the file; it cannot be downloaded")]
    Malware,
    /// The scan has no verdict, and `SCAN_FAILURE` is `refuse`.
    #[error("the file could not be scanned for malware; try again later")]
    NotScanned,
    /// The file is over the gateway's limit, or the platform's.
    #[error("the file has more than {limit_bytes} bytes; ask the sender for a smaller one")]
    TooLarge {
        /// The limit, in decoded bytes.
        limit_bytes: usize,
    },
    /// The contact centre has no such file.
    #[error(
        "the contact centre has no such file; send the fileId and fileType that belong to the message"
    )]
    NotFound,
    /// The contact centre did not deliver the file.
    #[error(
        "the contact centre did not deliver the file (resultCode {code}); it may have expired, be larger than 2 MB, or have another fileType"
    )]
    NotDelivered {
        /// Its result code.
        code: String,
    },
    /// The response is not as documented.
    #[error("the contact centre's response is not as documented; try again later")]
    Undocumented,
}
