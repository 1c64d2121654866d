//! What the sender of a refused file can do about it.

use super::found::Found;
use crate::{Family, FileType};

/// The remedy for content that is `found` where `declared` was promised.
pub(super) fn hint(declared: FileType, found: &Found) -> Option<&'static str> {
    match found {
        Found::Empty => Some("send a file that has at least one byte"),
        Found::Binary => Some("save it as plain text in UTF-8, or declare the type that it is"),
        Found::Damaged { .. } => Some("save or export the file again"),
        Found::Unknown => None,
        Found::Format { name, media_type } => format_hint(declared, name, media_type),
    }
}

fn format_hint(declared: FileType, name: &str, media_type: &str) -> Option<&'static str> {
    if let Some(hint) = named_hint(name) {
        return Some(hint);
    }
    if let Some(actual) = FileType::ALL
        .into_iter()
        .find(|known| known.media_type() == media_type && name.eq_ignore_ascii_case(known.name()))
    {
        return Some(declare(actual));
    }
    match media_type {
        "video/quicktime" => Some("QuickTime .mov: convert to MP4"),
        "image/heic" | "image/heif" => {
            Some("HEIC photo: convert to JPG, or set the iPhone camera to 'Most Compatible'")
        }
        "audio/mp4" | "audio/m4a" | "audio/vnd.audible.aax" => {
            Some("M4A audio: convert to MP3, or to AAC in ADTS framing")
        }
        "video/3gpp" | "video/3gpp2" => Some("3GP film: convert to MP4"),
        "video/iso.segment" => Some("a streaming segment: join the segments to one MP4 file"),
        "text/html" => Some("open the file first: an error page may have been saved in its place"),
        "text/plain" if declared.family() != Family::Text => {
            Some("plain text: declare fileType \"txt\" or \"csv\", or send the file itself")
        }
        _ => by_top_level(media_type),
    }
}

fn named_hint(name: &str) -> Option<&'static str> {
    match name {
        "Base64 text" => Some("the file was encoded in Base64 twice: encode it once"),
        "EBCDIC text" => Some("convert the text to UTF-8"),
        "UTF-16 text without a byte order mark" => {
            Some("save the text as UTF-8, or as UTF-16 with a byte order mark")
        }
        _ => None,
    }
}

fn declare(actual: FileType) -> &'static str {
    match actual {
        FileType::Jpg => "declare fileType \"jpg\", or convert the file",
        FileType::Png => "declare fileType \"png\", or convert the file",
        FileType::Bmp => "declare fileType \"bmp\", or convert the file",
        FileType::Mp3 => "declare fileType \"mp3\", or convert the file",
        FileType::Aac => "declare fileType \"aac\", or convert the file",
        FileType::Mp4 => "declare fileType \"mp4\", or convert the file",
        FileType::Txt => "declare fileType \"txt\", or convert the file",
        FileType::Csv => "declare fileType \"csv\", or convert the file",
    }
}

fn by_top_level(media_type: &str) -> Option<&'static str> {
    match media_type.split('/').next()? {
        "image" => Some("convert the image to JPG or PNG"),
        "audio" => Some("convert the audio to MP3 or AAC"),
        "video" => Some("convert the film to MP4"),
        _ => Some("only JPG, PNG, BMP, MP3, AAC, MP4, TXT and CSV files can be sent"),
    }
}
