// The reasons why a file is not uploaded.

/** The reason codes of the gateway's responses. */
export const GATEWAY_REASONS = `
  not_json not_json_object duplicate_field too_many_fields missing_field wrong_field_type unsupported_type
  unsupported_channel not_base64 media_type_mismatch empty_file too_large content_mismatch unsupported_content
  damaged_in_transit metadata_not_removable
  unknown_path method_not_allowed unsupported_media_type misdeclared_json unsupported_encoding
  unsupported_transfer_coding body_timeout body_incomplete malformed_event malformed_host malformed_request
  malformed_form headers_too_large uri_too_long missing_header repeated_header unauthorized app_key_refused
  token_unavailable overloaded internal_error upstream_unreachable upstream_timeout upstream_failed
  upstream_invalid_answer malware_found scan_unavailable
  ticket_missing ticket_invalid ticket_expired ticket_mismatch malformed_query unknown_field field_too_long invalid_value
  file_not_found download_failed`.trim().split(/\s+/);

/** What this package says itself; some are the gateway's words. */
export const OWN_REASONS = `
  empty_file unsupported_type content_mismatch too_large unreadable_file undecodable_photo rejected missing_token
  session_unavailable session_unreachable session_refused network timeout unconfirmed refused overloaded body_timeout not_stored
  invalid_request unexpected_answer page_fault`.trim().split(/\s+/);
