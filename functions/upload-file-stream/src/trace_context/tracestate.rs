//! The header `tracestate` (W3C Trace Context section 3.3).

use http::HeaderValue;
use http::header::GetAll;

/// The most members of the list (section 3.3.1.1).
const MOST_MEMBERS: usize = 32;

/// The longest list that every system must hand on (section 3.3.1.5); a longer one is dropped
/// rather than cut, because the gateway cannot tell which members matter.
const LONGEST: usize = 512;

const LONGEST_SIMPLE_KEY: usize = 256;
const LONGEST_TENANT: usize = 241;
const LONGEST_SYSTEM: usize = 14;
const LONGEST_VALUE: usize = 256;

/// Joins the values of a request, which are one list however many headers it is spread over
/// (RFC 9110 section 5.3): `None` unless all of it is valid and within the limits.
pub(super) fn read(values: GetAll<'_, HeaderValue>) -> Option<HeaderValue> {
    let mut keys: Vec<&str> = Vec::new();
    let mut joined = String::new();
    for value in values {
        // Visible ASCII, space and tab.
        for member in value.to_str().ok()?.split(',') {
            let member = member.trim_matches([' ', '\t']);
            // Empty members are allowed and mean nothing (section 3.3.1.2).
            if member.is_empty() {
                continue;
            }
            let (key, value) = member.split_once('=')?;
            if keys.len() == MOST_MEMBERS || keys.contains(&key) || !is_key(key) || !is_value(value)
            {
                return None;
            }
            keys.push(key);
            if !joined.is_empty() {
                joined.push(',');
            }
            joined.push_str(member);
        }
    }
    if joined.is_empty() || joined.len() > LONGEST {
        return None;
    }
    HeaderValue::try_from(joined).ok()
}

/// `simple-key / tenant-id "@" system-id` (section 3.3.1.3.1).
fn is_key(key: &str) -> bool {
    match key.split_once('@') {
        None => begins_with_letter(key) && is_key_part(key, LONGEST_SIMPLE_KEY),
        Some((tenant, system)) => {
            is_key_part(tenant, LONGEST_TENANT)
                && tenant.starts_with(|first: char| first.is_ascii_alphanumeric())
                && begins_with_letter(system)
                && is_key_part(system, LONGEST_SYSTEM)
        }
    }
}

fn begins_with_letter(part: &str) -> bool {
    part.starts_with(|first: char| first.is_ascii_lowercase())
}

fn is_key_part(part: &str, longest: usize) -> bool {
    part.len() <= longest
        && part
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/'))
}

/// Printable ASCII without comma and equals sign, not ending in a space (section 3.3.1.3.2). That
/// it does not end in one, the trimming of the member has seen to.
fn is_value(value: &str) -> bool {
    (1..=LONGEST_VALUE).contains(&value.len())
        && value
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'='))
}
