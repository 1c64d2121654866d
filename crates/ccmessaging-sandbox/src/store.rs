//! Files of customers and agents, kept in memory until the sandbox is dropped.

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

/// Where a file comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Uploaded in a session of this customer.
    Customer { user_id: String, channel_id: String },
    /// Sent by an agent from the agent's computer.
    Agent,
    /// The contact centre's multimedia library.
    Library,
}

/// A stored file with its content.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) file: StoredFile,
    pub(crate) content: Bytes,
    pub(crate) origin: Origin,
}

/// All files in the order of their arrival.
#[derive(Default)]
pub(crate) struct Store(Mutex<Vec<Entry>>);

impl Store {
    /// Stores `content` under a new key and returns the key.
    pub(crate) fn put(
        &self,
        origin: Origin,
        file_type: &str,
        content: Bytes,
        now: SystemTime,
    ) -> String {
        let object_key = Uuid::new_v4().to_string();
        let file = StoredFile {
            object_key: object_key.clone(),
            file_type: file_type.to_owned(),
            bytes_len: content.len() as u64,
            sha256: HEXLOWER.encode(&Sha256::digest(&content)),
            stored_at: now,
        };
        self.0.lock().push(Entry {
            file,
            content,
            origin,
        });
        object_key
    }

    /// Returns the file stored under `object_key`.
    pub(crate) fn get(&self, object_key: &str) -> Option<Entry> {
        let entries = self.0.lock();
        let mut found = entries
            .iter()
            .filter(|entry| entry.file.object_key == object_key);
        found.next().cloned()
    }

    /// Returns every file that a customer uploaded, the oldest first.
    pub(crate) fn uploads(&self) -> Vec<StoredFile> {
        let entries = self.0.lock();
        let uploads = entries
            .iter()
            .filter(|entry| matches!(entry.origin, Origin::Customer { .. }));
        uploads.map(|entry| entry.file.clone()).collect()
    }
}
