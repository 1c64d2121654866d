//! Parameters of a header's value, such as `; boundary=b` or `; name="file"; filename="photo.jpg"`.

use std::borrow::Cow;

/// A parameter.
pub(super) struct Parameter<'a> {
    pub(super) name: &'a [u8],
    /// The value without quotes.
    pub(super) value: Cow<'a, [u8]>,
    pub(super) syntax: Syntax,
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Without quotes, and needing none.
    Token,
    /// In quotes.
    Quoted,
    /// Without the quotes that it needs.
    Unquoted,
    /// Missing, or with one quote, or with other characters after the quotes.
    Malformed,
}

impl Parameter<'_> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// Splits a header's value into what stands before the first semicolon, and the parameters after it.
/// White space around semicolons and empty parameters are permitted (RFC 9110 section 5.6.6).
pub(super) fn split(value: &[u8]) -> (&[u8], impl Iterator<Item = Parameter<'_>>) {
    let end = memchr::memchr(b';', value).unwrap_or(value.len());
    let mut rest = &value[end..];
    let parameters = std::iter::from_fn(move || {
        loop {
            rest = rest.trim_ascii_start().strip_prefix(b";")?;
            let (parameter, after) = next(rest);
            rest = after;
            if let Some(parameter) = parameter {
                return Some(parameter);
            }
        }
    });
    (value[..end].trim_ascii(), parameters)
}

/// Reads one parameter, `None` if it is empty; and returns what follows it.
fn next(text: &[u8]) -> (Option<Parameter<'_>>, &[u8]) {
    let end = memchr::memchr(b';', text).unwrap_or(text.len());
    let equals = memchr::memchr(b'=', &text[..end]).unwrap_or(end);
    let name = text[..equals].trim_ascii();
    let value = text.get(equals + 1..).unwrap_or_default();
    if equals < end
        && let Some(quoted) = value.trim_ascii_start().strip_prefix(b"\"")
    {
        let closed = unquoted(quoted);
        let is_closed = closed.is_some();
        let (value, after) = closed.unwrap_or((Cow::Borrowed(quoted), quoted));
        let end = memchr::memchr(b';', after).unwrap_or(after.len());
        let syntax = if is_closed && after[..end].trim_ascii().is_empty() {
            Syntax::Quoted
        } else {
            Syntax::Malformed
        };
        let parameter = Parameter {
            name,
            value,
            syntax,
        };
        return (Some(parameter), &after[end..]);
    }
    let value = text.get(equals + 1..end).unwrap_or_default().trim_ascii();
    let is_token = !value.is_empty() && value.iter().all(|&byte| is_token(byte));
    let syntax = if is_token {
        Syntax::Token
    } else {
        Syntax::Unquoted
    };
    let parameter = Parameter {
        name,
        value: Cow::Borrowed(value),
        syntax,
    };
    (
        Some(parameter).filter(|_| equals < end || !name.is_empty()),
        &text[end..],
    )
}

/// Reads a value after its opening quote. Returns it and what follows the closing quote, if there is one.
/// A backslash only escapes a quote, because browsers once sent paths of Windows.
fn unquoted(text: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let mut end = 0;
    loop {
        end += memchr::memchr(b'"', &text[end..])?;
        if !text[..end].ends_with(b"\\") {
            break;
        }
        end += 1;
    }
    let value = &text[..end];
    let value = if memchr::memmem::find(value, b"\\\"").is_some() {
        let pieces: Vec<&[u8]> = value.split(|&byte| byte == b'"').collect();
        let (last, first) = pieces.split_last().unwrap_or((&value, &[]));
        let first = first
            .iter()
            .map(|piece| piece.strip_suffix(b"\\").unwrap_or(piece));
        Cow::Owned(first.chain([*last]).collect::<Vec<_>>().join(&b'"'))
    } else {
        Cow::Borrowed(value)
    };
    Some((value, &text[end + 1..]))
}

/// Returns whether a byte may be part of a token (RFC 9110 section 5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_in_every_permitted_form() {
        type Expected<'a> = &'a [(&'a str, &'a str, bool)];
        let cases: [(&[u8], Expected<'_>); 9] = [
            (b"a/b", &[]),
            (b"a/b;", &[]),
            (b"a/b;\tx=1", &[("x", "1", true)]),
            (b"a/b;; ;x=1 ;", &[("x", "1", true)]),
            (
                b"a/b;x=\"1;2\";y=3",
                &[("x", "1;2", true), ("y", "3", true)],
            ),
            (
                br#"a;x="a\"b";y="C:\d\p.jpg""#,
                &[("x", "a\"b", true), ("y", r"C:\d\p.jpg", true)],
            ),
            (b"a;x=\"1", &[("x", "1", false)]),
            (b"a;x=\"1\"2;y", &[("x", "1", false), ("y", "", false)]),
            (b"a; x=1=2", &[("x", "1=2", false)]),
        ];
        for (value, expected) in cases {
            let (_, found) = split(value);
            let found: Vec<_> = found
                .map(|parameter| {
                    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    let is_valid = matches!(parameter.syntax, Syntax::Token | Syntax::Quoted);
                    (text(parameter.name), text(&parameter.value), is_valid)
                })
                .collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|&(name, value, is_valid)| (name.to_owned(), value.to_owned(), is_valid))
                .collect();
            assert_eq!(found, expected, "{}", String::from_utf8_lossy(value));
        }
    }
}
