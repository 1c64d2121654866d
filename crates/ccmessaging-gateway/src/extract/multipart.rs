//! Parses the parts of a form (`multipart/form-data`, RFC 7578 and RFC 2046 section 5.1).
//!
//! The body is in memory, so contents are slices of it. Nothing is guessed: a part with two names or
//! two headers of a kind is rejected, because the next reader might choose the other.

use bytes::Bytes;
use ccmessaging_core::Excerpt;
use httparse::Header;
use memchr::memmem;

use super::error::FormError;
use super::parameters::{self, Syntax};

/// The longest boundary (RFC 2046 section 5.1.1).
const LONGEST_BOUNDARY: usize = 70;

/// The maximum number of headers of a part. Two or three are usual.
const MAX_HEADERS: usize = 32;

/// How far the end of a boundary's line is looked for.
const MAX_PADDING: usize = 16;

/// What JavaScript's `String()` makes of a form.
const PRINTED: [&[u8]; 2] = [b"[object FormData]", b"[object Object]"];

/// How the Base64 of a form begins.
const DASHES_IN_BASE64: &[u8] = b"LS0";

const CONTENT_DISPOSITION: &str = "Content-Disposition";
const CONTENT_TYPE: &str = "Content-Type";
/// Deprecated in forms (RFC 7578 section 4.7), but older libraries send it.
const CONTENT_TRANSFER_ENCODING: &str = "Content-Transfer-Encoding";

/// Returns the boundary in a form's `Content-Type`.
pub(super) fn boundary(content_type: &[u8]) -> Result<String, FormError> {
    let (_, parameters) = parameters::split(content_type);
    let mut boundaries = parameters.filter(|parameter| parameter.is("boundary"));
    let (Some(boundary), None) = (boundaries.next(), boundaries.next()) else {
        return Err(FormError::NoBoundary);
    };
    let is_permitted = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    let value = &boundary.value[..];
    if !(1..=LONGEST_BOUNDARY).contains(&value.len()) || !value.iter().all(|&it| is_permitted(it)) {
        return Err(FormError::NoBoundary);
    }
    match boundary.syntax {
        Syntax::Token => Ok(String::from_utf8_lossy(value).into_owned()),
        // Any character may be escaped (RFC 9110 section 5.6.4); no boundary contains a backslash.
        Syntax::Quoted => Ok(String::from_utf8_lossy(value).replace('\\', "")),
        Syntax::Unquoted => Err(FormError::UnquotedBoundary),
        Syntax::Malformed => Err(FormError::NoBoundary),
    }
}

/// A part of a form.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) media_type: Option<String>,
    pub(super) transfer_encoding: Option<String>,
    pub(super) content: Bytes,
}

/// The parts of a form, in order.
pub(super) struct Parts {
    body: Bytes,
    /// The line break and the dashes that precede every boundary but the first, and the boundary.
    delimiter: String,
    /// Where the last boundary ends; `None` before the first one.
    at: Option<usize>,
}

impl Parts {
    pub(super) fn new(body: Bytes, boundary: &str) -> Self {
        Self {
            body,
            delimiter: format!("\r\n--{boundary}"),
            at: None,
        }
    }

    /// Parses the next part; `None` after the last boundary, so that a form that was cut off is never
    /// mistaken for a complete one.
    pub(super) fn next(&mut self) -> Result<Option<Part>, FormError> {
        let after_boundary = match self.at {
            Some(at) => at,
            None => self.first().ok_or_else(|| self.explain())?,
        };
        let rest = &self.body[after_boundary..];
        if rest.starts_with(b"--") {
            return Ok(None);
        }
        let padding = rest.iter().take_while(|byte| b" \t".contains(byte));
        let line_end = after_boundary + padding.count();
        if !self.body[line_end..].starts_with(b"\r\n") {
            return Err(self.explain());
        }
        let headers_start = line_end + 2;
        if self.body[headers_start..].starts_with(b"\r\n") {
            return Err(FormError::UnnamedPart);
        }
        let headers_end = memmem::find(&self.body[headers_start..], b"\r\n\r\n")
            .ok_or_else(|| self.explain_head(headers_start))?;
        let start = headers_start + headers_end + 4;
        let length = memmem::find(&self.body[start..], self.delimiter.as_bytes());
        let head = &self.body[headers_start..start];
        let part = Part::parse(head, || {
            let length = length.ok_or_else(|| self.explain())?;
            Ok(self.body.slice(start..start + length))
        })?;
        self.at = Some(start + part.content.len() + self.delimiter.len());
        Ok(Some(part))
    }

    /// Returns where the first boundary ends; text may precede it.
    fn first(&self) -> Option<usize> {
        let boundary = &self.delimiter.as_bytes()[2..];
        Some(memmem::find(&self.body, boundary)? + boundary.len())
    }

    /// Returns why the headers from `start` on do not end.
    fn explain_head(&self, start: usize) -> FormError {
        if memmem::find(&self.body[start..], b"\n\n").is_some() {
            FormError::LineFeeds
        } else {
            self.explain()
        }
    }

    /// Returns why a boundary was not found where it should be.
    fn explain(&self) -> FormError {
        let boundary = &self.delimiter.as_bytes()[2..];
        let inner = boundary.strip_prefix(b"--'");
        let inner = inner.and_then(|inner| inner.strip_suffix(b"'"));
        if inner.is_some_and(|inner| memmem::find(&self.body, inner).is_some()) {
            return FormError::SingleQuotes;
        }
        let is_line_feed = |at: usize| {
            let after = self.body[at + boundary.len()..].iter().take(MAX_PADDING);
            let before = self.body[..at].strip_suffix(b"\n");
            after.copied().find(|byte| !b" \t-".contains(byte)) == Some(b'\n')
                || before.is_some_and(|before| !before.ends_with(b"\r"))
        };
        if memmem::find_iter(&self.body, boundary).any(is_line_feed) {
            FormError::LineFeeds
        } else if self.body.trim_ascii_start().starts_with(b"{") {
            FormError::Json
        } else if self.body.starts_with(DASHES_IN_BASE64) {
            FormError::Base64
        } else if self.body.trim_ascii().is_empty() {
            FormError::Empty
        } else if PRINTED.contains(&self.body.trim_ascii()) {
            FormError::Printed
        } else if let Some(found) = first_boundary(&self.body)
            && found != &boundary[2..]
        {
            let excerpt = |boundary| Excerpt::new(&String::from_utf8_lossy(boundary));
            FormError::OtherBoundary {
                declared: excerpt(&boundary[2..]),
                found: excerpt(found),
            }
        } else if memmem::find(&self.body, boundary).is_none() && !boundary.starts_with(&self.body)
        {
            FormError::NoForm
        } else if memmem::find(&self.body, &[boundary, b"--"].concat()).is_none() {
            FormError::Unclosed
        } else {
            FormError::Incomplete
        }
    }
}

/// Returns the boundary with which a form begins, whatever `Content-Type` says: the header of a part follows it.
fn first_boundary(body: &[u8]) -> Option<&[u8]> {
    const HEADER: &[u8] = b"content-";

    let window = &body[..body.len().min(LONGEST_BOUNDARY + MAX_PADDING)];
    let end = memchr::memchr(b'\n', window)?;
    let header = body.get(end + 1..end + 1 + HEADER.len())?;
    let boundary = body[..end].trim_ascii_end().strip_prefix(b"--")?;
    header.eq_ignore_ascii_case(HEADER).then_some(boundary)
}

impl Part {
    /// Parses a part by its headers, with the blank line after them.
    fn parse(
        head: &[u8],
        content: impl FnOnce() -> Result<Bytes, FormError>,
    ) -> Result<Self, FormError> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let headers = match httparse::parse_headers(head, &mut headers) {
            Ok(httparse::Status::Complete((length, headers))) if length == head.len() => headers,
            // The parser takes two line feeds for the end, too, but the content would begin there.
            Ok(_) => return Err(FormError::LineFeeds),
            Err(_) if is_folded(head) => return Err(FormError::FoldedHeader),
            Err(_) => return Err(FormError::MalformedHeaders),
        };
        let disposition = unique(headers, CONTENT_DISPOSITION)?.unwrap_or_default();
        let (_, parameters) = parameters::split(disposition);
        let (mut name, mut file_name, mut extended) = (None, None, None);
        for parameter in parameters {
            for (known, value) in [
                ("name", &mut name),
                ("filename", &mut file_name),
                ("filename*", &mut extended),
            ] {
                if parameter.is(known) && value.replace(parameter.value.clone()).is_some() {
                    return Err(FormError::RepeatedParameter { name: known });
                }
            }
        }
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let name = name.and_then(|name| String::from_utf8(name.into_owned()).ok());
        let media_type = unique(headers, CONTENT_TYPE)?.map(text);
        let transfer_encoding = unique(headers, CONTENT_TRANSFER_ENCODING)?.map(text);
        Ok(Self {
            name: name.ok_or(FormError::UnnamedPart)?,
            // RFC 7578 section 4.2 forbids the extended form, which some libraries send alone.
            file_name: file_name.or(extended).map(|name| text(&name)),
            media_type,
            transfer_encoding,
            content: content()?,
        })
    }
}

/// Returns whether a header continues in a line that begins with white space.
fn is_folded(head: &[u8]) -> bool {
    let is_continuation = |at: usize| matches!(head.get(at + 1), Some(b' ' | b'\t'));
    memchr::memchr_iter(b'\n', head).any(is_continuation)
}

/// Returns the value of a header that may occur only once.
fn unique<'h>(headers: &[Header<'h>], name: &'static str) -> Result<Option<&'h [u8]>, FormError> {
    let mut values = headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case(name))
        .map(|header| header.value);
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        _ => Err(FormError::RepeatedHeader { name }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The names and contents of all parts.
    fn parse(body: Vec<u8>) -> Result<Vec<(String, Bytes)>, FormError> {
        let mut parts = Parts::new(Bytes::from(body), "b");
        let mut found = Vec::new();
        while let Some(part) = parts.next()? {
            found.push((part.name, part.content));
        }
        Ok(found)
    }

    proptest! {
        #[test]
        fn contents_are_found_as_they_were_written(
            preamble in "([a-z ]{0,9}\r\n)?",
            contents in proptest::collection::vec("[a\r\n\0-]{0,12}", 0..5),
            padding in "[ \t]{0,2}",
        ) {
            prop_assume!(contents.iter().all(|content| !format!("\r\n{content}").contains("\r\n--b")));
            let parts = contents.iter().enumerate().map(|(number, content)| {
                let head = format!("--b{padding}\r\nContent-Disposition: form-data; name={number}");
                format!("{head}\r\n\r\n{content}\r\n")
            });
            let body = [preamble].into_iter().chain(parts).chain(["--b--".to_owned()]);
            let body: String = body.collect();
            let expected: Vec<_> = contents
                .into_iter()
                .enumerate()
                .map(|(number, content)| (number.to_string(), Bytes::from(content)))
                .collect();
            prop_assert_eq!(parse(body.into_bytes()), Ok(expected));
        }

        #[test]
        fn no_bytes_make_it_panic(body in "(--b|\r|\n|\r\n|-|:|;|\"|=|name|Content-Disposition:|\t|x){0,40}") {
            let _ = parse(body.into_bytes());
        }
    }
}
