locals {
  upload_path = "/apiaccess/ccmessaging/uploadFileStream"

  # The names of calls in chat_calls, and in their paths.
  chat_names = {
    download  = "downloadFileStream"
    send      = "send"
    sendAsync = "sendAsync"
    poll      = "poll"
    history   = "queryHistoryChatMessage"
  }
  chat_calls = var.chat_calls == null ? [] : compact(split(",", var.chat_calls))
  chat_paths = [for call in local.chat_calls : "/apiaccess/ccmessaging/${local.chat_names[call]}"]

  # Settings that are null are omitted, so that the program's default applies.
  settings = { for name, value in {
    UPSTREAM_BASE_URL           = var.upstream_base_url
    UPSTREAM_ALLOW_HTTP         = var.upstream_allow_http
    UPSTREAM_CA_FILE            = var.upstream_ca_file
    UPSTREAM_CONNECT_TIMEOUT_MS = var.upstream_connect_timeout_ms
    UPSTREAM_TIMEOUT_MS         = var.upstream_timeout_ms
    APP_KEY                     = var.app_key
    APP_SECRET_FILE             = var.app_secret_file
    TOKEN_BASE_URL              = var.token_base_url
    TOKEN_LIFETIME_SECONDS      = var.token_lifetime_seconds
    CALLER_CREDENTIALS          = var.caller_credentials
    MAX_BODY_BYTES              = var.max_body_bytes
    MAX_IMAGE_BYTES             = var.max_image_bytes
    MAX_AUDIO_BYTES             = var.max_audio_bytes
    MAX_VIDEO_BYTES             = var.max_video_bytes
    MAX_TEXT_BYTES              = var.max_text_bytes
    BMP_SPELLING                = var.bmp_spelling
    STRIP_METADATA              = var.strip_metadata
    CONVERT_MEDIA               = var.convert_media
    ALLOWED_ORIGINS             = var.allowed_origins
    MAX_UPLOADS_IN_FLIGHT       = var.max_uploads_in_flight
    MAX_BODY_MEMORY_BYTES       = var.max_body_memory_bytes
    RECEIVE_TIMEOUT_MS          = var.receive_timeout_ms
    IDLE_TIMEOUT_MS             = var.idle_timeout_ms
    MIN_BODY_BYTES_PER_SECOND   = var.min_body_bytes_per_second
    HEAD_TIMEOUT_MS             = var.head_timeout_ms
    MAX_CONNECTIONS             = var.max_connections
    CHAT_CALLS                  = var.chat_calls
    CHAT_IDENTITY               = var.chat_identity
    CHAT_TICKET_KEY_FILE        = var.chat_ticket_key_file
    MAX_DOWNLOAD_BYTES          = var.max_download_bytes
    MAX_CHAT_CALLS_IN_FLIGHT    = var.max_chat_calls_in_flight
    SCAN_CLAMD                  = var.scan_clamd
    SCAN_FAILURE                = var.scan_failure
    SCAN_TIMEOUT_MS             = var.scan_timeout_ms
    LOG_LEVEL                   = var.log_level
    LOG_FORMAT                  = var.log_format
    LOG_SHA256                  = var.log_sha256
  } : name => tostring(value) if value != null }

  secrets = merge(
    var.app_secret == null ? {} : { APP_SECRET = var.app_secret },
    var.chat_ticket_key == null ? {} : { CHAT_TICKET_KEY = var.chat_ticket_key },
    var.log_session_key == null ? {} : { LOG_SESSION_KEY = var.log_session_key },
  )

  # The domain that the API gateway assigned to the group. Its form differs between regions.
  gateway_domain = one(data.huaweicloud_apig_groups.uploads.groups).sl_domain
}

resource "huaweicloud_fgs_function" "gateway" {
  name                  = var.name
  description           = "Validates file uploads and hands them to the contact centre."
  app                   = var.app
  functiongraph_version = "v2"
  agency                = var.agency

  # An HTTP function: the platform starts the file bootstrap, which listens on 127.0.0.1:8000.
  runtime       = "http"
  handler       = "bootstrap"
  code_type     = "zip"
  code_filename = basename(var.package)
  func_code     = filebase64(var.package)

  memory_size      = var.memory_megabytes
  timeout          = var.timeout_seconds
  concurrency_num  = var.requests_per_instance
  max_instance_num = tostring(var.max_instances)

  # The network of the malware scanner, if there is one.
  vpc_id     = var.vpc_id
  network_id = var.network_id

  user_data           = jsonencode(local.settings)
  encrypted_user_data = length(local.secrets) == 0 ? null : jsonencode(local.secrets)

  # Without it, the log group and stream below may be ignored.
  enable_lts_log  = true
  log_group_id    = huaweicloud_lts_group.log.id
  log_group_name  = huaweicloud_lts_group.log.group_name
  log_stream_id   = huaweicloud_lts_stream.log.id
  log_stream_name = huaweicloud_lts_stream.log.stream_name

  lifecycle {
    precondition {
      condition     = (var.app_key != null) == (var.app_secret != null || var.app_secret_file != null)
      error_message = "app_key and its secret go together: set app_key and one of app_secret and app_secret_file, or none of them."
    }
    precondition {
      condition     = var.app_secret == null || var.app_secret_file == null
      error_message = "Set only one of app_secret and app_secret_file."
    }
    precondition {
      condition     = length(local.chat_calls) == 0 || var.app_key == null || var.chat_identity != null
      error_message = "chat_calls with app_key needs chat_identity."
    }
    precondition {
      condition     = length(local.chat_calls) == 0 || (var.chat_identity == "signed") == (var.chat_ticket_key != null || var.chat_ticket_key_file != null)
      error_message = "chat_identity signed needs chat_ticket_key or chat_ticket_key_file; other identities have none."
    }
    precondition {
      condition     = (var.vpc_id != null) == (var.network_id != null)
      error_message = "vpc_id and network_id go together."
    }
    precondition {
      condition     = var.vpc_id == null || var.agency != null
      error_message = "A function in a VPC needs an agency that may use it."
    }
    precondition {
      condition     = var.scan_clamd == null || var.vpc_id != null
      error_message = "scan_clamd is an address inside a VPC, so it needs vpc_id and network_id."
    }
    precondition {
      condition     = length(jsonencode(local.settings)) <= 4096
      error_message = "FunctionGraph takes at most 4096 characters of settings."
    }
  }
}

resource "huaweicloud_apig_group" "uploads" {
  instance_id = var.apig_instance_id
  name        = var.name
  description = "The uploadFileStream gateway."
}

data "huaweicloud_apig_groups" "uploads" {
  instance_id = var.apig_instance_id
  group_id    = huaweicloud_apig_group.uploads.id
}

# One trigger for each path.
resource "huaweicloud_fgs_function_trigger" "http" {
  for_each = toset(concat([local.upload_path], local.chat_paths))

  function_urn = huaweicloud_fgs_function.gateway.urn
  type         = "DEDICATEDGATEWAY"
  status       = "ACTIVE"

  event_data = jsonencode({
    instance_id = var.apig_instance_id
    group_id    = huaweicloud_apig_group.uploads.id
    name        = replace(each.value == local.upload_path ? var.name : "${var.name}_${basename(each.value)}", "-", "_")
    env_name    = "RELEASE"
    env_id      = "DEFAULT_ENVIRONMENT_RELEASE_ID"
    auth        = var.trigger_auth
    type        = 1
    protocol    = "HTTPS"
    # The function also handles other methods, including browsers' preflight requests (OPTIONS).
    req_method   = "ANY"
    path         = each.value
    match_mode   = "NORMAL"
    sl_domain    = local.gateway_domain
    backend_type = "FUNCTION"
    func_info = {
      timeout = var.timeout_seconds * 1000
    }
  })
}

moved {
  from = huaweicloud_fgs_function_trigger.http
  to   = huaweicloud_fgs_function_trigger.http["/apiaccess/ccmessaging/uploadFileStream"]
}

resource "huaweicloud_lts_group" "log" {
  group_name  = var.name
  ttl_in_days = var.log_retention_days
}

resource "huaweicloud_lts_stream" "log" {
  group_id    = huaweicloud_lts_group.log.id
  stream_name = var.name
}
