//! Which form of a download a caller prefers: the contact centre's JSON, or the file.

use http::HeaderMap;
use http::header::ACCEPT;

/// The quality of a media range in thousandths (RFC 9110 section 12.4.2).
type Quality = u16;

const FULL_QUALITY: Quality = 1000;

/// Returns whether `Accept` prefers some type to JSON. Without the header, or if it prefers neither, the
/// response is JSON, as the contact centre's.
pub(super) fn prefers_file(headers: &HeaderMap) -> bool {
    let mut json = [None; 3];
    let mut file = 0;
    let values = headers.get_all(ACCEPT).iter();
    let ranges = values.filter_map(|value| value.to_str().ok());
    for range in ranges.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(quality).unwrap_or(FULL_QUALITY);
        // The most specific range that includes JSON determines its quality.
        match essence.as_str() {
            "application/json" => json[0] = Some(quality),
            "application/*" => json[1] = Some(quality),
            "*/*" => json[2] = Some(quality),
            _ if essence.contains('/') => file = file.max(quality),
            _ => {}
        }
    }
    file > json.into_iter().flatten().next().unwrap_or(0)
}

/// Parses `q=0.5`; `None` for other parameters. An invalid value counts as 1.
fn quality(parameter: &str) -> Option<Quality> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let value: f32 = value.trim().parse().unwrap_or(1.0);
    // In range, so that the conversion neither truncates nor wraps.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 1000"
    )]
    let quality = (value.clamp(0.0, 1.0) * f32::from(FULL_QUALITY)).round() as Quality;
    Some(quality)
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
            "image/png, */*",
            "image/png;q=0.5, application/*",
            "image/png;q=0, application/json;q=0",
            "image/png;q=0",
            "jpg",
        ] {
            assert!(!prefers(accept), "{accept}");
        }
    }

    #[test]
    fn another_type_that_is_preferred_selects_the_file() {
        for accept in [
            "application/octet-stream",
            "image/*",
            "IMAGE/PNG",
            "application/pdf, */*;q=0.1",
            "application/json;q=0.9, application/pdf",
            "application/json; Q=0, application/pdf;q=0.001",
            "*/*, application/json;q=0.2, image/png;q=0.5",
            "text/html,application/xhtml+xml,image/webp,*/*;q=0.8",
        ] {
            assert!(prefers(accept), "{accept}");
        }
    }
}
