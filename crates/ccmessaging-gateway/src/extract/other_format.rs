//! Names and media types of formats that are neither the API's nor text. A text in a part that has one was put in
//! place of the file: an error page, an error in JSON.

use ccmessaging_core::sniff::Found;
use ccmessaging_core::{Conversion, Declared, Family, FileType, Policy};

/// The extensions of formats that are never text. `xls` and `doc` are not among them, because many programs give
/// these names to HTML or text with tabs, nor is `ts`, which is also TypeScript.
const EXTENSIONS: [&[&str]; 5] = [
    &[
        "heic", "heif", "hif", "avif", "webp", "gif", "tif", "tiff", "jfif", "jpe", "jp2", "jxl",
        "psd", "ico", "cr2", "cr3", "nef", "arw", "dng", "orf", "rw2", "dcm",
    ],
    &[
        "m4a", "m4b", "wav", "ogg", "oga", "opus", "flac", "amr", "awb", "wma", "aif", "aiff",
        "caf", "mka", "weba", "mid", "ac3",
    ],
    &[
        "mov", "qt", "m4v", "3gp", "3g2", "avi", "mkv", "webm", "wmv", "flv", "mpg", "mpeg", "ogv",
        "m2ts",
    ],
    &[
        "pdf", "docx", "xlsx", "xlsm", "pptx", "ppt", "odt", "ods", "odp",
    ],
    &[
        "zip", "rar", "7z", "gz", "tgz", "bz2", "xz", "zst", "tar", "jar", "apk", "exe", "dll",
    ],
];

/// Media types of texts among those of images, recordings and videos. Browsers and libraries send TypeScript as a
/// transport stream, and subtitles (`.sub`) as an image.
const TEXTS: [&str; 20] = [
    "image/svg+xml",
    "image/vnd.dvb.subtitle",
    "image/vnd.dxf",
    "image/x-dxf",
    "image/x-eps",
    "image/x-portable-anymap",
    "image/x-portable-bitmap",
    "image/x-portable-graymap",
    "image/x-portable-pixmap",
    "image/x-xbitmap",
    "image/x-xpixmap",
    "audio/mpegurl",
    "audio/x-mpegurl",
    "audio/x-pn-realaudio",
    "audio/x-scpls",
    "video/mp2t",
    "video/vnd.dlna.mpeg-tts",
    "video/vnd.mpegurl",
    "video/x-ms-asf",
    "video/x-ms-wvx",
];

/// Media types of images, recordings and videos of unsupported formats, without `x-`.
const MEDIA_FORMATS: [&str; 36] = [
    "image/heic",
    "image/heic-sequence",
    "image/heif",
    "image/heif-sequence",
    "image/avif",
    "image/webp",
    "image/gif",
    "image/tiff",
    "image/jp2",
    "image/jxl",
    "image/svg+xml",
    "image/icon",
    "image/vnd.microsoft.icon",
    "image/adobe-dng",
    "audio/wav",
    "audio/wave",
    "audio/vnd.wave",
    "audio/ogg",
    "audio/opus",
    "audio/flac",
    "audio/amr",
    "audio/amr-wb",
    "audio/webm",
    "audio/ms-wma",
    "audio/aiff",
    "audio/caf",
    "audio/3gpp",
    "video/webm",
    "video/matroska",
    "video/msvideo",
    "video/3gpp",
    "video/3gpp2",
    "video/mpeg",
    "video/ogg",
    "video/ms-wmv",
    "video/flv",
];

/// The beginnings of other media types, and what files with them are called.
const MEDIA_TYPES: [(&str, &str); 6] = [
    ("image/", "image"),
    ("audio/", "audio"),
    ("video/", "video"),
    ("application/pdf", "pdf"),
    ("application/zip", "zip"),
    ("application/x-zip-compressed", "zip"),
];

/// Returns the format with a file name extension.
pub(super) fn of_extension(extension: &str) -> Option<&'static str> {
    let mut known = EXTENSIONS.into_iter().flatten().copied();
    known.find(|known| known.eq_ignore_ascii_case(extension))
}

/// Returns the format with a media type, which may have parameters.
pub(super) fn of_media_type(media_type: &str) -> Option<&'static str> {
    let (essence, _) = media_type.split_once(';').unwrap_or((media_type, ""));
    let essence = essence.trim().to_ascii_lowercase();
    if TEXTS.contains(&&essence[..]) {
        return None;
    }
    let mut known = MEDIA_TYPES.into_iter();
    known
        .find(|(start, _)| essence.starts_with(start))
        .map(|(_, name)| name)
}

/// Returns what to do with a file of an unsupported format, by its media type, which may begin with `x-`. Another
/// media type may be a rare name of a supported format.
pub(super) fn hint(media_type: &str) -> Option<&'static str> {
    let conversion = Conversion::from_media_type(media_type).map(|it| it.media_types()[0]);
    let registered = media_type.to_ascii_lowercase().replacen("/x-", "/", 1);
    let known = || MEDIA_FORMATS.into_iter().find(|it| *it == registered);
    let found = Found::Format {
        name: "".into(),
        media_type: conversion.or_else(known)?,
    };
    found.hint(None)
}

/// Returns whether a declaration permits only files that are not text.
pub(super) fn excludes_text(declared: &Declared) -> bool {
    let is_text = |file_type: FileType| file_type.family() == Family::Text;
    match declared {
        Declared::Other(_) => true,
        declared => declared.file_type().is_some_and(|it| !is_text(it)),
    }
}

/// Returns the extension of a file name. Programs name temporary copies `.tmp`, and any file of the media type
/// `application/octet-stream` `.bin`: these say nothing.
pub(super) fn extension(name: &str) -> Option<&str> {
    let (_, extension) = name.rsplit_once('.')?;
    let says_nothing = ["", "tmp", "bin"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(extension));
    (!says_nothing).then_some(extension)
}

/// Returns whether a file name is that of a piece of a file: `film.mp4.part1`, `film.mp4.001`, or a browser's unfinished
/// download. Logs are numbered, too, so texts with a number are whole files.
pub(super) fn names_piece(name: &str, policy: &Policy) -> bool {
    let Some((whole, end)) = name.rsplit_once('.') else {
        return false;
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let end = end.to_ascii_lowercase();
    let is_piece = end == "crdownload" || end.strip_prefix("part").is_some_and(is_number);
    let is_numbered = end.len() == 3 && is_number(&end);
    let Some(extension) = extension(whole) else {
        return false;
    };
    match policy.type_of_extension(extension) {
        Some(file_type) => is_piece || (is_numbered && file_type.family() != Family::Text),
        None => (is_piece || is_numbered) && of_extension(extension).is_some(),
    }
}
