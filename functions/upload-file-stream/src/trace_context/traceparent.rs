//! The header `traceparent` (W3C Trace Context section 3.2).

use std::ops::Range;

/// `00-` + 32 digits + `-` + 16 digits + `-` + 2 digits.
const LENGTH: usize = 55;

const VERSION: Range<usize> = 0..2;
const TRACE_ID: Range<usize> = 3..35;
const PARENT_ID: Range<usize> = 36..52;
const FLAGS: Range<usize> = 53..LENGTH;
const DASHES: [usize; 3] = [2, 35, 52];

/// The only version that is known.
const KNOWN_VERSION: &str = "00";

/// The value that no version may have.
const FORBIDDEN_VERSION: &str = "ff";

/// The one flag whose meaning later versions keep: the caller records this trace.
const SAMPLED: u8 = 0x01;

/// A valid value, in the form of version 00.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Traceparent(String);

impl Traceparent {
    /// Reads a value of any version. Of a version that is not known, only the fields that every
    /// version has are read, and the value is handed on in the form of the known one
    /// (section 4.3.3).
    pub(super) fn parse(value: &[u8]) -> Option<Self> {
        let (fields, rest) = value.split_at_checked(LENGTH)?;
        let fields = std::str::from_utf8(fields).ok()?;
        let is_dashed = DASHES.iter().all(|&at| fields.as_bytes()[at] == b'-');
        let [version, trace_id, parent_id, flags] = [VERSION, TRACE_ID, PARENT_ID, FLAGS]
            .map(|range| fields.get(range).filter(|digits| is_lower_hex(digits)));
        let (version, trace_id, parent_id, flags) = (version?, trace_id?, parent_id?, flags?);
        if !is_dashed || version == FORBIDDEN_VERSION || is_zero(trace_id) || is_zero(parent_id) {
            return None;
        }
        match (version, rest.first()) {
            (KNOWN_VERSION, None) => Some(Self(fields.to_owned())),
            (KNOWN_VERSION, Some(_)) => None,
            (_, None | Some(b'-')) => {
                let sampled = u8::from_str_radix(flags, 16).ok()? & SAMPLED;
                Some(Self(format!(
                    "{KNOWN_VERSION}-{trace_id}-{parent_id}-{sampled:02x}"
                )))
            }
            (_, Some(_)) => None,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn trace_id(&self) -> &str {
        &self.0[TRACE_ID]
    }
}

fn is_lower_hex(digits: &str) -> bool {
    digits
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_zero(digits: &str) -> bool {
    digits.bytes().all(|byte| byte == b'0')
}
