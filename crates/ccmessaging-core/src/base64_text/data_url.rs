//! The `data:` URL prefix that `FileReader.readAsDataURL` puts in front of a file.

use super::{Base64Error, Base64Problem};

const SCHEME: &str = "data:";
const MARKER: &str = ";base64";

/// The number of bytes in which the comma must be found. A media type and its parameters are short (RFC 6838 section 4.2
/// allows 127 characters per name); this leaves room for a file name.
const LONGEST_PREFIX: usize = 2048;

/// The `data:` URL prefix (RFC 2397) of a text, if it has one.
pub(crate) struct DataUrl<'a> {
    /// The media type that the prefix names, without parameters; `None` if it names none, as in
    /// `data:png;base64,` of an app that builds the prefix by hand.
    pub(crate) media_type: Option<&'a str>,
    /// Where the Base64 text begins.
    pub(crate) data_start: usize,
}

impl<'a> DataUrl<'a> {
    /// Looks for the prefix at the very beginning of `text`, after white space.
    pub(crate) fn split(text: &'a [u8]) -> Result<Self, Base64Error> {
        let start = text
            .iter()
            .position(|byte| !byte.is_ascii_whitespace())
            .unwrap_or(0);
        let rest = &text[start..];
        let is_url = rest
            .get(..SCHEME.len())
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME.as_bytes()));
        if !is_url {
            return Ok(Self {
                media_type: None,
                data_start: 0,
            });
        }
        let not_base64 = Base64Error::new(start, Base64Problem::DataUrlNotBase64);
        let window = &rest[..rest.len().min(LONGEST_PREFIX)];
        let comma = memchr::memchr(b',', window).ok_or(not_base64)?;
        let header = std::str::from_utf8(&rest[SCHEME.len()..comma]).map_err(|_| not_base64)?;
        let marker = header.len().checked_sub(MARKER.len()).ok_or(not_base64)?;
        if !header.is_char_boundary(marker) || !header[marker..].eq_ignore_ascii_case(MARKER) {
            return Err(not_base64);
        }
        let media_type = header[..marker]
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        Ok(Self {
            media_type: Some(media_type).filter(|media_type| is_media_type(media_type)),
            data_start: start + comma + 1,
        })
    }
}

/// Returns whether a text is a type and a subtype (RFC 6838 section 4.2).
fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !name.is_empty() && name.bytes().all(is_part)
    };
    text.split_once('/')
        .is_some_and(|(media_type, subtype)| is_name(media_type) && is_name(subtype))
}
