//! Uploaded files, kept in memory until the sandbox is dropped.

use std::time::SystemTime;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// An uploaded file, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredFile {
    /// The key that the upload's response returned: a random UUID in lower case.
    pub object_key: String,
    /// The `fileType`, as the caller spelled it.
    pub file_type: String,
    /// The size of the decoded file in bytes.
    pub bytes_len: u64,
    /// The SHA-256 of the decoded file, in lower-case hexadecimal digits.
    pub sha256: String,
    /// When the file arrived, by the sandbox's clock.
    pub stored_at: SystemTime,
}

/// The uploaded files in the order of their arrival.
#[derive(Default)]
pub(crate) struct Store(Mutex<Vec<(StoredFile, Bytes)>>);

impl Store {
    /// Stores `content` under a new key and returns the key.
    pub(crate) fn put(&self, file_type: &str, content: Bytes, now: SystemTime) -> String {
        let object_key = Uuid::new_v4().to_string();
        let file = StoredFile {
            object_key: object_key.clone(),
            file_type: file_type.to_owned(),
            bytes_len: content.len() as u64,
            sha256: HEXLOWER.encode(&Sha256::digest(&content)),
            stored_at: now,
        };
        self.0.lock().push((file, content));
        object_key
    }

    /// Returns the content stored under `object_key`.
    pub(crate) fn get(&self, object_key: &str) -> Option<Bytes> {
        let files = self.0.lock();
        let mut found = files
            .iter()
            .filter(|(file, _)| file.object_key == object_key);
        found.next().map(|(_, content)| content.clone())
    }

    /// Returns every file, the oldest first.
    pub(crate) fn list(&self) -> Vec<StoredFile> {
        self.0.lock().iter().map(|(file, _)| file.clone()).collect()
    }
}
