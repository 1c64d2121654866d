//! Where uploaded files go.

mod folder;
mod key;

pub(crate) use key::ObjectKey;

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::SystemTime;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::sync::lock;
use folder::Folder;

/// Where the sandbox keeps what is uploaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Storage {
    /// In memory, until the sandbox is dropped.
    #[default]
    Memory,
    /// In this folder, which is created if need be. A file is named after its object key, and
    /// `<object key>.json` beside it holds its [`StoredFile`]. A later sandbox with the same folder
    /// finds them again.
    Folder(PathBuf),
}

/// What the sandbox knows about an uploaded file, apart from its content.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredFile {
    /// The key that the upload was answered with: a random UUID in lower case.
    pub object_key: String,
    /// The `fileType`, as the caller spelled it.
    pub file_type: String,
    /// The size of the file (not of its Base64), in bytes.
    pub bytes_len: u64,
    /// The SHA-256 of the file, in lower-case hexadecimal digits.
    pub sha256: String,
    /// When the file arrived, by the sandbox's clock; whole milliseconds.
    pub stored_at: SystemTime,
}

/// The uploaded files, in the order of their arrival.
pub(crate) struct Store {
    index: Mutex<Vec<StoredFile>>,
    contents: Contents,
}

enum Contents {
    Memory(Mutex<HashMap<ObjectKey, Bytes>>),
    Folder(Folder),
}

impl Store {
    /// Opens the storage and finds what earlier sandboxes left in it.
    pub(crate) async fn open(storage: Storage) -> io::Result<Self> {
        let (index, contents) = match storage {
            Storage::Memory => (Vec::new(), Contents::Memory(Mutex::default())),
            Storage::Folder(path) => {
                let (folder, index) = Folder::open(path).await?;
                (index, Contents::Folder(folder))
            }
        };
        Ok(Self {
            index: Mutex::new(index),
            contents,
        })
    }

    /// Keeps `file` under a new key.
    pub(crate) async fn put(
        &self,
        file_type: &str,
        file: Bytes,
        now: SystemTime,
    ) -> io::Result<ObjectKey> {
        let key = ObjectKey::random();
        let entry = StoredFile {
            object_key: key.to_string(),
            file_type: file_type.to_owned(),
            bytes_len: file.len() as u64,
            sha256: HEXLOWER.encode(&Sha256::digest(&file)),
            stored_at: folder::whole_milliseconds(now),
        };
        match &self.contents {
            Contents::Memory(files) => {
                lock(files).insert(key, file);
            }
            Contents::Folder(folder) => folder.write(key, &entry, file).await?,
        }
        lock(&self.index).push(entry);
        Ok(key)
    }

    /// The content of a file, if there is one under `key`.
    pub(crate) async fn get(&self, key: ObjectKey) -> io::Result<Option<Bytes>> {
        match &self.contents {
            Contents::Memory(files) => Ok(lock(files).get(&key).cloned()),
            Contents::Folder(folder) => folder.read(key).await,
        }
    }

    /// Every file, the oldest first.
    pub(crate) fn list(&self) -> Vec<StoredFile> {
        lock(&self.index).clone()
    }
}
