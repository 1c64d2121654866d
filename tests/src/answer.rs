//! An answer of the gateway.

use http::HeaderMap;
use serde_json::Value;

/// An answer of the gateway, through whichever door.
#[derive(Debug)]
pub struct Answer {
    /// Its HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as it came.
    pub text: String,
}

impl Answer {
    /// The body, which must be JSON.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("the answer must be JSON ({error}): {}", self.text))
    }

    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Asserts that the gateway itself refused: status, return code, and a sentence that contains
    /// each of `words`.
    ///
    /// # Panics
    ///
    /// If anything differs.
    pub fn assert_refused(&self, status: u16, return_code: &str, words: &[&str]) {
        let json = self.json();
        assert_eq!(self.status, status, "{json}");
        assert_eq!(json["returnCode"], return_code, "{json}");
        assert_eq!(self.header("content-type"), Some("application/json"));
        let sentence = json["returnDesc"].as_str().expect("a sentence");
        for word in words {
            assert!(sentence.contains(word), "{word:?} is not in {sentence:?}");
        }
        let members = json.as_object().map(serde_json::Map::len);
        assert_eq!(members, Some(2), "{json}");
    }
}
