//! Recognises the documented JSON under the media type of a file.

use std::borrow::Cow;
use std::fmt;

use ccmessaging_core::Field;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};

/// The most letters in which a misspelt name differs from the documented one.
const MAX_TYPOS: usize = 2;

/// Returns whether a body seems to be an upload in JSON whose `Content-Type` was forgotten: `fetch` sends
/// a string as `text/plain`. Names may be misspelt and fields missing; the JSON may even break off.
pub(super) fn resembles_upload(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    if !text.trim_ascii_start().starts_with(b"{") {
        return false;
    }
    let mut names = Names::default();
    // Invalid JSON with these names is not a text file either.
    let _ = serde_json::Deserializer::from_slice(text).deserialize_map(&mut names);
    names.has_file || (names.has_type && names.has_channel)
}

/// The documented names that an object has.
#[derive(Default)]
struct Names {
    has_type: bool,
    has_file: bool,
    has_channel: bool,
}

impl<'de> Visitor<'de> for &mut Names {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let name = folded(&name);
            self.has_type |= is_like(&name, Field::FileType);
            self.has_file |= is_like(&name, Field::FileStream);
            self.has_channel |= is_like(&name, Field::Channel);
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

/// Returns a name without the differences between `fileStream`, `file_stream` and `File-Stream`.
fn folded(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Returns whether a folded name is that of a field, perhaps misspelt.
fn is_like(name: &str, field: Field) -> bool {
    let documented = folded(field.name());
    name.len().abs_diff(documented.len()) <= MAX_TYPOS
        && strsim::osa_distance(name, &documented) <= MAX_TYPOS
}
