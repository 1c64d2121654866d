//! A file that was read and validated.

use std::path::Path;

use ccmessaging_core::{BmpSpelling, Declared, FileType, Payload, Policy, UploadRequest};
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
        let request = match declared.or_else(|| spelling_by_extension(path, policy)) {
            Some(spelling) => UploadRequest::from_file(content, spelling),
            None => UploadRequest::from_file(content, Declared::Nothing),
        };
        let upload = request
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

/// The newest documentation's spelling of the type that an extension names, or the older one of a
/// bitmap where the configuration asks for it.
fn spelling_by_extension(path: &Path, policy: &Policy) -> Option<&'static str> {
    let file_type = FileType::from_spelling(path.extension()?.to_str()?)?;
    Some(match (file_type, policy.bmp_spelling) {
        (FileType::Bmp, BmpSpelling::Bpm) => "bpm",
        _ => file_type.name(),
    })
}

/// The SHA-256 of some content in lower-case hexadecimal digits.
pub(super) fn sha256(content: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(content))
}
