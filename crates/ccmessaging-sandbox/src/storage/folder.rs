//! Files in a folder, each with a small JSON file beside it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{ObjectKey, StoredFile};

/// The extension of the file that holds what is known about another.
const SIDECAR: &str = "json";

/// A folder with uploaded files.
#[derive(Clone, Debug)]
pub(super) struct Folder(Arc<Path>);

/// The JSON beside an uploaded file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sidecar {
    file_type: String,
    bytes_len: u64,
    sha256: String,
    stored_at_epoch_ms: u64,
}

impl Folder {
    /// Creates the folder if need be, and lists what is in it, the oldest first.
    pub(super) async fn open(path: PathBuf) -> io::Result<(Self, Vec<StoredFile>)> {
        off_thread(move || {
            fs::create_dir_all(&path)?;
            let folder = Self(path.into());
            let mut files = Vec::new();
            for entry in fs::read_dir(&folder.0)? {
                // What is not one of our sidecars is somebody else's and stays untouched.
                if let Some(key) = key_of_sidecar(&entry?.path()) {
                    files.push(folder.read_sidecar(key)?);
                }
            }
            files.sort_by(|a, b| (a.stored_at, &a.object_key).cmp(&(b.stored_at, &b.object_key)));
            Ok((folder, files))
        })
        .await
    }

    /// Writes a file and then its sidecar, so that a file is listed only when it is complete.
    pub(super) async fn write(
        &self,
        key: ObjectKey,
        entry: &StoredFile,
        content: Bytes,
    ) -> io::Result<()> {
        let sidecar = serde_json::to_vec_pretty(&Sidecar {
            file_type: entry.file_type.clone(),
            bytes_len: entry.bytes_len,
            sha256: entry.sha256.clone(),
            stored_at_epoch_ms: epoch_milliseconds(entry.stored_at),
        })?;
        let folder = self.clone();
        off_thread(move || {
            fs::write(folder.content_path(key), content)?;
            let path = folder.sidecar_path(key);
            let unfinished = path.with_extension("part");
            fs::write(&unfinished, sidecar)?;
            fs::rename(unfinished, path)
        })
        .await
    }

    /// Reads a file's content, if there is such a file.
    pub(super) async fn read(&self, key: ObjectKey) -> io::Result<Option<Bytes>> {
        let path = self.content_path(key);
        off_thread(move || match fs::read(path) {
            Ok(content) => Ok(Some(content.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    fn read_sidecar(&self, key: ObjectKey) -> io::Result<StoredFile> {
        let path = self.sidecar_path(key);
        let sidecar: Sidecar = serde_json::from_slice(&fs::read(&path)?).map_err(|error| {
            let problem = format!(
                "{} does not describe an uploaded file ({error}); remove it or restore it",
                path.display()
            );
            io::Error::new(ErrorKind::InvalidData, problem)
        })?;
        Ok(StoredFile {
            object_key: key.to_string(),
            file_type: sidecar.file_type,
            bytes_len: sidecar.bytes_len,
            sha256: sidecar.sha256,
            stored_at: UNIX_EPOCH
                .checked_add(Duration::from_millis(sidecar.stored_at_epoch_ms))
                .unwrap_or(UNIX_EPOCH),
        })
    }

    fn content_path(&self, key: ObjectKey) -> PathBuf {
        self.0.join(key.to_string())
    }

    fn sidecar_path(&self, key: ObjectKey) -> PathBuf {
        self.content_path(key).with_extension(SIDECAR)
    }
}

/// The key whose sidecar `path` is, if it is one.
fn key_of_sidecar(path: &Path) -> Option<ObjectKey> {
    if path.extension()? != SIDECAR {
        return None;
    }
    ObjectKey::parse(path.file_stem()?.to_str()?)
}

/// `time` as a sidecar keeps it, so that a restart changes nothing that a caller can see.
pub(super) fn whole_milliseconds(time: SystemTime) -> SystemTime {
    UNIX_EPOCH
        .checked_add(Duration::from_millis(epoch_milliseconds(time)))
        .unwrap_or(UNIX_EPOCH)
}

fn epoch_milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Runs file access where it cannot hold up the connections.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|stopped| Err(io::Error::other(stopped)))
}
