//! The fields of a request's JSON body.

use serde_json::{Map, Value};

use super::Refusal;
use crate::answer::Code;

/// A request body that is a JSON object.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(body)
            .map(Self)
            .map_err(|_| Refusal::BadRequest)
    }

    /// The text of a mandatory field. Absent, null and empty count as missing.
    pub(super) fn text(&self, name: &str) -> Result<&str, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Err(Refusal::Coded(Code::MissingParameter)),
            Some(Value::String(text)) if text.is_empty() => {
                Err(Refusal::Coded(Code::MissingParameter))
            }
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(Refusal::Coded(Code::IncorrectParameter)),
        }
    }
}
