//! Which form of a download a caller prefers: the contact centre's JSON, or the file.

use http::HeaderMap;
use http::header::ACCEPT;

/// Returns whether `Accept` names the type of a file and does not name JSON. Without the header, and for
/// `*/*` alone, the response is JSON, as the contact centre's.
pub(super) fn prefers_file(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    let mut names_file = false;
    for range in values.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        if parts.any(is_excluded) {
            continue;
        }
        match name.as_str() {
            "application/json" => return false,
            "application/*" | "*/*" => {}
            _ => names_file |= name.contains('/'),
        }
    }
    names_file
}

/// Whether a media range's parameter is `q=0` (RFC 9110 section 12.4.2).
fn is_excluded(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("q")
            && value
                .trim()
                .parse::<f32>()
                .is_ok_and(|quality| quality <= 0.0)
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn prefers(accept: &'static str) -> bool {
        let accept = HeaderValue::from_static(accept);
        prefers_file(&HeaderMap::from_iter([(ACCEPT, accept)]))
    }

    #[test]
    fn json_is_the_default() {
        assert!(!prefers_file(&HeaderMap::new()));
        for accept in [
            "",
            "*/*",
            "application/json",
            "application/json, text/plain, */*",
            "application/json, application/octet-stream",
            "application/*, */*;q=0.1",
            "application/json;q=0.9, application/pdf",
            "image/png;q=0, application/json;q=0",
            "image/png;q=0",
            "jpg",
        ] {
            assert!(!prefers(accept), "{accept}");
        }
    }

    #[test]
    fn a_type_without_json_selects_the_file() {
        for accept in [
            "application/octet-stream",
            "image/*",
            "IMAGE/PNG",
            "application/pdf, */*;q=0.1",
            "image/png, */*",
            "image/png;q=0.5, application/*",
            "application/json; Q=0, application/pdf;q=0.001",
            "text/html,application/xhtml+xml,image/webp,*/*;q=0.8",
        ] {
            assert!(prefers(accept), "{accept}");
        }
    }
}
