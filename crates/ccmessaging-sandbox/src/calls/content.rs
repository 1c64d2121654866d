//! The `content` of a message from a customer.

use super::Rejection;
use crate::chat::{Content, MessageFile};
use crate::file_types::{Family, is_same_type, normalized};
use crate::store::{Entry, Origin};
use crate::tokens::Customer;
use crate::upstream::Upstream;

/// The documented size of a text: 1 KB.
const MAX_TEXT_BYTES: usize = 1024;

/// How IMAGE, AUDIO and VIDEO name their file. The editions of the documentation differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaForm {
    /// The object key, as the pages of `send` say.
    Key,
    /// `objectKey,type`, as the pages of `sendAsync` say, or the object key, as an English guide says.
    KeyAndType,
}

/// Parses the content of a message of `media_type`, and checks that `customer` has uploaded its file.
pub(super) fn parse(
    upstream: &Upstream,
    customer: &Customer,
    media_type: &str,
    content: &str,
    form: MediaForm,
) -> Result<Content, Rejection> {
    let family = match media_type {
        "TEXT" | "WEBCARD" => return text(content),
        "FILE" => return named_file(upstream, customer, content),
        "IMAGE" | "FILE_IMAGE" => Family::Image,
        "AUDIO" => Family::Audio,
        "VIDEO" | "FILE_VIDEO" => Family::Video,
        _ => return Err(Rejection::Explained("mediaType is unknown")),
    };
    let (object_key, file_type) = match content.split_once(',') {
        Some((object_key, file_type)) => (object_key, Some(file_type)),
        None => (content, None),
    };
    let is_documented = match media_type {
        "FILE_IMAGE" => file_type == Some("jpg"),
        "FILE_VIDEO" => file_type == Some("mp4"),
        _ => file_type.is_none() || form == MediaForm::KeyAndType,
    };
    if !is_documented {
        return Err(Rejection::Explained(
            "content is not in the format of this mediaType",
        ));
    }
    let entry = uploaded(upstream, customer, object_key)?;
    if Family::of(&entry.file.file_type) != family {
        return Err(Rejection::Explained("mediaType is not that of the file"));
    }
    // FILE_IMAGE always has the literal jpg, also for a PNG file.
    if !media_type.starts_with("FILE_") {
        check_type(&entry, file_type)?;
    }
    Ok(file(entry, None))
}

fn text(content: &str) -> Result<Content, Rejection> {
    if content.len() > MAX_TEXT_BYTES {
        return Err(Rejection::Explained("content has more than 1024 bytes"));
    }
    Ok(Content::Text(content.to_owned()))
}

/// Parses `fileName,fileSizeInBytes,objectKey,fileType`.
fn named_file(
    upstream: &Upstream,
    customer: &Customer,
    content: &str,
) -> Result<Content, Rejection> {
    let parts: Vec<&str> = content.split(',').collect();
    let [name, size, object_key, file_type] = parts[..] else {
        return Err(Rejection::Explained(
            "content is not fileName,fileSizeInBytes,objectKey,fileType",
        ));
    };
    if name.is_empty() {
        return Err(Rejection::Explained("the file name in content is empty"));
    }
    let entry = uploaded(upstream, customer, object_key)?;
    if size.parse() != Ok(entry.file.bytes_len) {
        return Err(Rejection::Explained(
            "the size in content is not that of the file",
        ));
    }
    check_type(&entry, Some(file_type))?;
    Ok(file(entry, Some(name.to_owned())))
}

/// Returns the file with this key, if the customer uploaded it.
fn uploaded(
    upstream: &Upstream,
    customer: &Customer,
    object_key: &str,
) -> Result<Entry, Rejection> {
    let owner = Origin::Customer {
        user_id: customer.user_id.clone(),
        channel_id: customer.channel_id.clone(),
    };
    let entry = upstream.store.get(object_key);
    entry
        .filter(|entry| entry.origin == owner)
        .ok_or(Rejection::Explained(
            "the object key in content is not that of a file of this session",
        ))
}

fn check_type(entry: &Entry, file_type: Option<&str>) -> Result<(), Rejection> {
    match file_type {
        Some(file_type) if !is_same_type(file_type, &entry.file.file_type) => Err(
            Rejection::Explained("the file type in content is not that of the file"),
        ),
        _ => Ok(()),
    }
}

fn file(entry: Entry, name: Option<String>) -> Content {
    Content::File(MessageFile {
        object_key: entry.file.object_key,
        name,
        file_type: normalized(&entry.file.file_type),
        size: entry.file.bytes_len,
        in_library: false,
    })
}
