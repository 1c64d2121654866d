//! The reason codes in the log and the metrics.

use crate::outcome::OVERLOADED;

/// The log's reason code if the TLS handshake with the contact centre failed.
pub(crate) const UPSTREAM_TLS: &str = "upstream_tls";

/// The log's reason code if the TLS handshake with the token service failed.
pub(crate) const TOKEN_TLS: &str = "token_tls";

/// Every reason code of the metric of rejected uploads. Malformed requests are rejected before they are counted.
pub(crate) const LOG_REASON_CODES: [&str; 39] = [
    "app_key_refused",
    "body_incomplete",
    "body_timeout",
    "content_mismatch",
    "damaged_in_transit",
    "duplicate_field",
    "empty_file",
    "internal_error",
    "malformed_form",
    "malware_found",
    "media_type_mismatch",
    "metadata_not_removable",
    "method_not_allowed",
    "misdeclared_json",
    "missing_field",
    "missing_header",
    "not_base64",
    "not_json",
    "not_json_object",
    OVERLOADED,
    "repeated_header",
    "scan_unavailable",
    TOKEN_TLS,
    "token_unavailable",
    "too_large",
    "too_many_fields",
    "unauthorized",
    "unknown_path",
    "unsupported_channel",
    "unsupported_content",
    "unsupported_encoding",
    "unsupported_media_type",
    "unsupported_type",
    "upstream_failed",
    "upstream_invalid_answer",
    "upstream_timeout",
    UPSTREAM_TLS,
    "upstream_unreachable",
    "wrong_field_type",
];

/// Every reason code of the metric of rejected calls. Malformed requests are rejected before they are
/// counted.
pub(crate) const CHAT_LOG_REASON_CODES: [&str; 38] = [
    "app_key_refused",
    "body_incomplete",
    "body_timeout",
    "download_failed",
    "duplicate_field",
    "field_too_long",
    "file_not_found",
    "internal_error",
    "invalid_value",
    "malformed_query",
    "malware_found",
    "method_not_allowed",
    "missing_field",
    "missing_header",
    "not_json",
    "not_json_object",
    OVERLOADED,
    "repeated_header",
    "scan_unavailable",
    "ticket_expired",
    "ticket_invalid",
    "ticket_mismatch",
    "ticket_missing",
    TOKEN_TLS,
    "token_unavailable",
    "too_large",
    "unauthorized",
    "unknown_field",
    "unsupported_channel",
    "unsupported_encoding",
    "unsupported_media_type",
    "unsupported_type",
    "upstream_failed",
    "upstream_invalid_answer",
    "upstream_timeout",
    UPSTREAM_TLS,
    "upstream_unreachable",
    "wrong_field_type",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Returns the reason codes that a schema of the API's description documents, as far as metrics count
    /// them, and those of the log.
    fn documented(schema: &str) -> BTreeSet<String> {
        /// The reason codes of malformed requests, which no metric counts.
        const MALFORMED: [&str; 5] = [
            "headers_too_large",
            "malformed_event",
            "malformed_host",
            "unsupported_transfer_coding",
            "uri_too_long",
        ];
        let openapi: serde_json::Value = serde_json::from_str(crate::OPENAPI_JSON).expect("JSON");
        let codes = &openapi["components"]["schemas"][schema]["properties"]["reasonCode"];
        let codes = codes["enum"].as_array().expect("an enumeration").iter();
        let codes = codes.filter_map(serde_json::Value::as_str);
        codes
            .filter(|code| !MALFORMED.contains(code))
            .chain([UPSTREAM_TLS, TOKEN_TLS])
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn every_documented_reason_code_has_a_series() {
        let documented_of_uploads = documented("Rejection");
        assert_eq!(
            documented_of_uploads,
            LOG_REASON_CODES.map(str::to_owned).into()
        );
        let mut documented_of_calls = documented("ChatRejection");
        // Counted for all paths together.
        assert!(documented_of_calls.remove("unknown_path"));
        assert_eq!(
            documented_of_calls,
            CHAT_LOG_REASON_CODES.map(str::to_owned).into()
        );
    }
}
