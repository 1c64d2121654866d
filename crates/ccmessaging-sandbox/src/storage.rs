//! Where uploaded files go.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::fs;
use uuid::Uuid;

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
    /// When the file arrived, by the sandbox's clock.
    pub stored_at: SystemTime,
}

/// The name of an uploaded file (UUID version 4, RFC 9562, section 5.4). Because it can only be a
/// UUID, it is a safe file name: no text from a request ever becomes part of a path.
pub(crate) type ObjectKey = Uuid;

/// Reads a key as the sandbox writes it. The other notations of a UUID (upper case, braces, no
/// hyphens) are not keys, so that one file has one name.
pub(crate) fn parse_key(text: &str) -> Option<ObjectKey> {
    let key = Uuid::try_parse(text).ok()?;
    (key.to_string() == text).then_some(key)
}

/// The uploaded files, in the order of their arrival.
pub(crate) struct Store {
    index: Mutex<Vec<StoredFile>>,
    contents: Contents,
}

enum Contents {
    Memory(Mutex<HashMap<ObjectKey, Bytes>>),
    Folder(PathBuf),
}

impl Store {
    /// Opens the storage and finds what earlier sandboxes left in it.
    pub(crate) async fn open(storage: Storage) -> io::Result<Self> {
        let (index, contents) = match storage {
            Storage::Memory => (Vec::new(), Contents::Memory(Mutex::default())),
            Storage::Folder(folder) => (read_index(&folder).await?, Contents::Folder(folder)),
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
        let key = Uuid::new_v4();
        let entry = StoredFile {
            object_key: key.to_string(),
            file_type: file_type.to_owned(),
            bytes_len: file.len() as u64,
            sha256: HEXLOWER.encode(&Sha256::digest(&file)),
            stored_at: now,
        };
        match &self.contents {
            Contents::Memory(files) => {
                files.lock().insert(key, file);
            }
            Contents::Folder(folder) => write(folder, &entry, &file).await?,
        }
        self.index.lock().push(entry);
        Ok(key)
    }

    /// The content of a file, if there is one under `key`.
    pub(crate) async fn get(&self, key: ObjectKey) -> io::Result<Option<Bytes>> {
        match &self.contents {
            Contents::Memory(files) => Ok(files.lock().get(&key).cloned()),
            Contents::Folder(folder) => match fs::read(folder.join(key.to_string())).await {
                Ok(content) => Ok(Some(content.into())),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            },
        }
    }

    /// Every file, the oldest first.
    pub(crate) fn list(&self) -> Vec<StoredFile> {
        self.index.lock().clone()
    }
}

/// Creates the folder if need be, and lists what is in it, the oldest first.
async fn read_index(folder: &Path) -> io::Result<Vec<StoredFile>> {
    fs::create_dir_all(folder).await?;
    let mut index = Vec::new();
    let mut entries = fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        // Every other file is somebody else's: it stays untouched and unlisted.
        if let Some(key) = described_key(&entry.path()) {
            index.push(read_entry(&entry.path(), key).await?);
        }
    }
    index.sort_by(|a, b| (a.stored_at, &a.object_key).cmp(&(b.stored_at, &b.object_key)));
    Ok(index)
}

/// The key of the file that the JSON file at `path` describes.
fn described_key(path: &Path) -> Option<ObjectKey> {
    if path.extension()? != "json" {
        return None;
    }
    parse_key(path.file_stem()?.to_str()?)
}

async fn read_entry(path: &Path, key: ObjectKey) -> io::Result<StoredFile> {
    let entry = serde_json::from_slice(&fs::read(path).await?).map_err(|error| {
        let problem = format!(
            "{} does not describe an uploaded file ({error}); remove it or restore it",
            path.display()
        );
        io::Error::new(ErrorKind::InvalidData, problem)
    })?;
    Ok(StoredFile {
        object_key: key.to_string(),
        ..entry
    })
}

/// Writes a file and then its description, so that a file is listed only when it is complete.
async fn write(folder: &Path, entry: &StoredFile, content: &[u8]) -> io::Result<()> {
    let path = folder.join(&entry.object_key);
    let unfinished = path.with_extension("part");
    fs::write(&path, content).await?;
    fs::write(&unfinished, serde_json::to_vec_pretty(entry)?).await?;
    fs::rename(unfinished, path.with_extension("json")).await
}
