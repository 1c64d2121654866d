//! A file that was read and validated.

use std::path::Path;

use ccmessaging_core::{Declared, FileType, Payload, Policy, UploadRequest};
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

/// A file ready to be sent.
pub(super) struct SendFile {
    /// The type as it is sent.
    pub(super) spelling: String,
    /// The file's size in bytes.
    pub(super) bytes: usize,
    /// Its SHA-256 in lower-case hexadecimal digits.
    pub(super) sha256: String,
    /// The request's body.
    pub(super) payload: Payload,
}

impl SendFile {
    /// Reads and validates a file, of the declared type or else the one that its extension or its
    /// content tells.
    ///
    /// # Errors
    ///
    /// The reason for which the file is not sent, in one sentence.
    pub(super) fn read(
        path: &Path,
        declared: Option<&str>,
        policy: &Policy,
    ) -> Result<Self, String> {
        let content = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
        let sha256 = sha256(&content);
        let declared = declared.map_or_else(|| by_extension(path).into(), Declared::from);
        let upload = UploadRequest::from_file(content, declared)
            .validate(policy)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            spelling: upload.spelling().to_owned(),
            bytes: upload.decoded_bytes(),
            sha256,
            payload: upload.into_payload(),
        })
    }
}

fn by_extension(path: &Path) -> Option<FileType> {
    path.extension()?.to_str()?.parse().ok()
}

/// The SHA-256 of some content in lower-case hexadecimal digits.
pub(super) fn sha256(content: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(content))
}
