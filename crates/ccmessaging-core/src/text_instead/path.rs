//! Recognises the path of a file.

use crate::conversion::Conversion;
use crate::file_type::{Family, FileType};

/// The longest path of Linux.
const MAX_BYTES: usize = 4096;

/// The beginnings of URLs of files in browsers and phones.
const SCHEMES: [&str; 5] = [
    "file://",
    "content://",
    "ph://",
    "assets-library://",
    "blob:",
];

const ROOTS: [&str; 5] = ["/", "./", "../", "~/", r"\\"];

/// Returns whether a text is one path or file name and nothing else. The Base64 of a small JPG resembles one.
pub(super) fn is_path(text: &[u8]) -> bool {
    if text.len() > MAX_BYTES {
        return false;
    }
    let Ok(text) = std::str::from_utf8(text.trim_ascii()) else {
        return false;
    };
    if text.contains(char::is_control) {
        return false;
    }
    // An argument of curl.
    let path = text.strip_prefix('@').unwrap_or(text);
    let has_space = path.contains(char::is_whitespace);
    let has_drive =
        matches!(path.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic());
    let is_rooted = has_drive || ROOTS.iter().any(|root| path.starts_with(root));
    if SCHEMES.iter().any(|scheme| path.starts_with(scheme)) {
        return !has_space;
    }
    if path.starts_with("//") {
        return false;
    }
    let separators = path.matches(['/', '\\']).count();
    (is_rooted && names_binary_file(path))
        || (!has_space && (names_binary_file(path) || (is_rooted && separators >= 2)))
}

/// Returns whether the extension is that of an image, a recording or a video.
fn names_binary_file(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(stem, extension)| {
        let file_type = FileType::from_extension(extension);
        let is_binary = file_type.is_some_and(|it| it.family() != Family::Text);
        !stem.is_empty() && (is_binary || Conversion::from_extension(extension).is_some())
    })
}
