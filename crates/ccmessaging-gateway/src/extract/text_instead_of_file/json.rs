//! Recognises the documented JSON where a file is expected.

use std::borrow::Cow;
use std::fmt;

use ccmessaging_core::Field;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::extract::folded;

/// The most letters in which a misspelt name differs from the documented one.
const MAX_TYPOS: usize = 2;

/// In how many objects an upload may be wrapped.
const MAX_DEPTH: u8 = 1;

/// Returns whether a text seems to be an upload in JSON, as `fetch` sends a string whose `Content-Type`
/// was forgotten. Names may be misspelt and fields missing; the JSON may even break off. Some programs wrap
/// the upload in another object, or encode it twice.
pub(super) fn resembles_upload(text: &[u8]) -> bool {
    let mut names = Names::default();
    if text.trim_ascii_start().starts_with(b"\"{") {
        if let Ok(inner) = serde_json::from_slice::<String>(text) {
            names.read(inner.as_bytes());
        }
    } else {
        names.read(text);
    }
    names.are_of_upload()
}

/// The documented names that an object has.
#[derive(Default)]
struct Names {
    has_type: bool,
    /// `fileStream`, or a member that is an upload.
    has_file: bool,
    has_channel: bool,
    /// In how many objects the object is.
    depth: u8,
}

impl Names {
    /// Reads the names of a text that is an object.
    fn read(&mut self, text: &[u8]) {
        if text.trim_ascii_start().starts_with(b"{") {
            // Invalid JSON with these names is not a text file either.
            let _ = serde_json::Deserializer::from_slice(text).deserialize_map(self);
        }
    }

    fn are_of_upload(&self) -> bool {
        self.has_file || (self.has_type && self.has_channel)
    }
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
            self.has_channel |= is_like(&name, Field::Channel);
            let may_be_file = is_like(&name, Field::FileStream);
            // A description of the API contains the name, too, but deeper and without a text.
            self.has_file |= may_be_file && self.depth == 0;
            let value = map.next_value::<&RawValue>()?.get();
            self.has_file |= may_be_file && value.starts_with('"');
            if self.depth < MAX_DEPTH {
                let mut member = Names {
                    depth: self.depth + 1,
                    ..Names::default()
                };
                member.read(value.as_bytes());
                self.has_file |= member.are_of_upload();
            }
        }
        Ok(())
    }
}

/// Returns whether a folded name is that of a field, perhaps misspelt.
pub(super) fn is_like(name: &str, field: Field) -> bool {
    let documented = folded(field.name());
    name.len().abs_diff(documented.len()) <= MAX_TYPOS
        && strsim::osa_distance(name, &documented) <= MAX_TYPOS
}
