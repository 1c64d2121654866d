# The program's settings, named like its variables. Null leaves a setting unset.

variable "upstream_base_url" {
  description = "The contact centre's address, such as https://service.besclouds.com."
  type        = string

  validation {
    condition     = can(regex("^https?://[^\\s?#@]+$", var.upstream_base_url))
    error_message = "It must be a URL without user name, query and fragment."
  }
}

variable "upstream_allow_http" {
  description = "Whether the upstream may be unencrypted, for tests only."
  type        = bool
  default     = null
}

variable "upstream_ca_file" {
  description = "A PEM file with further certificates to trust, below a mounted file system."
  type        = string
  default     = null
}

variable "upstream_connect_timeout_ms" {
  description = "The longest wait for one connection with TLS."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.upstream_connect_timeout_ms, 1) >= 1 && coalesce(var.upstream_connect_timeout_ms, 1) <= 3600000
    error_message = "It must be 1 to 3600000 milliseconds."
  }
}

variable "upstream_timeout_ms" {
  description = "The longest that an upload to the upstream may take, repeats included."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.upstream_timeout_ms, 1) >= 1 && coalesce(var.upstream_timeout_ms, 1) <= 3600000
    error_message = "It must be 1 to 3600000 milliseconds."
  }
}

variable "app_key" {
  description = "The app key, if the gateway itself is to obtain access tokens."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^[!-~]+$", coalesce(var.app_key, "-")))
    error_message = "It must contain only visible ASCII characters."
  }
}

variable "app_secret" {
  description = "The app secret. It is passed as an encrypted environment variable and is part of the Terraform state."
  type        = string
  default     = null
  sensitive   = true
}

variable "app_secret_file" {
  description = "A file that holds the app secret, below a mounted file system."
  type        = string
  default     = null
}

variable "token_base_url" {
  description = "The address of tokenByAkSk, where it is not upstream_base_url."
  type        = string
  default     = null

  validation {
    condition     = var.token_base_url == null || can(regex("^https?://[^\\s?#@]+$", var.token_base_url))
    error_message = "It must be a URL without user name, query and fragment."
  }
}

variable "token_lifetime_seconds" {
  description = "The lifetime of access tokens to ask for."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.token_lifetime_seconds, 1) >= 1 && coalesce(var.token_lifetime_seconds, 1) <= 3600
    error_message = "It must be 1 to 3600 seconds."
  }
}

variable "caller_credentials" {
  description = "What happens to credentials that a caller sends although the gateway has its own."
  type        = string
  default     = null

  validation {
    condition     = contains(["ignored", "preferred"], coalesce(var.caller_credentials, "ignored"))
    error_message = "It must be ignored or preferred."
  }
}

variable "max_body_bytes" {
  description = "The largest request body."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.max_body_bytes, 1) >= 1 && coalesce(var.max_body_bytes, 1) <= 1073741824
    error_message = "It must be 1 to 1073741824 bytes."
  }
}

variable "max_image_bytes" {
  description = "The largest JPG, PNG or BMP file."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.max_image_bytes, 1) >= 1 && coalesce(var.max_image_bytes, 1) <= 1073741824
    error_message = "It must be 1 to 1073741824 bytes."
  }
}

variable "max_audio_bytes" {
  description = "The largest MP3 or AAC file."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.max_audio_bytes, 1) >= 1 && coalesce(var.max_audio_bytes, 1) <= 1073741824
    error_message = "It must be 1 to 1073741824 bytes."
  }
}

variable "max_video_bytes" {
  description = "The largest MP4 file."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.max_video_bytes, 1) >= 1 && coalesce(var.max_video_bytes, 1) <= 1073741824
    error_message = "It must be 1 to 1073741824 bytes."
  }
}

variable "max_text_bytes" {
  description = "The largest TXT or CSV file."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.max_text_bytes, 1) >= 1 && coalesce(var.max_text_bytes, 1) <= 1073741824
    error_message = "It must be 1 to 1073741824 bytes."
  }
}

variable "bmp_spelling" {
  description = "The fileType of a bitmap that the caller declared no type for."
  type        = string
  default     = null

  validation {
    condition     = contains(["bmp", "bpm"], coalesce(var.bmp_spelling, "bmp"))
    error_message = "It must be bmp or bpm."
  }
}

variable "strip_metadata" {
  description = "Which metadata is removed from JPG, PNG and MP4 files: off, location or all."
  type        = string
  default     = null

  validation {
    condition     = contains(["off", "location", "all"], coalesce(var.strip_metadata, "off"))
    error_message = "It must be off, location or all."
  }
}

variable "convert_media" {
  description = "Whether QuickTime movies are converted to MP4 and M4A audio to AAC: on or off."
  type        = string
  default     = null

  validation {
    condition     = contains(["on", "off"], coalesce(var.convert_media, "on"))
    error_message = "It must be on or off."
  }
}

variable "allowed_origins" {
  description = "The origins whose web pages may upload, separated by commas, such as https://shop.example.com; * for all."
  type        = string
  default     = null
}

variable "max_uploads_in_flight" {
  description = "How many uploads an instance sends to the contact centre at once; more are answered with 503."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.max_uploads_in_flight, 1) >= 1 && coalesce(var.max_uploads_in_flight, 1) <= 65536
    error_message = "It must be 1 to 65536."
  }
}

variable "max_body_memory_bytes" {
  description = "The memory of an instance for all request bodies. When it is full, the slowest body is evicted."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.max_body_memory_bytes, 1) >= 1 && coalesce(var.max_body_memory_bytes, 1) <= 1099511627776
    error_message = "It must be 1 to 1099511627776 bytes."
  }
}

variable "receive_timeout_ms" {
  description = "The longest time to receive a whole body or to send a whole response."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.receive_timeout_ms, 1) >= 1 && coalesce(var.receive_timeout_ms, 1) <= 3600000
    error_message = "It must be 1 to 3600000 milliseconds."
  }
}

variable "idle_timeout_ms" {
  description = "The longest wait for the next part of a body, and for a client to read a response."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.idle_timeout_ms, 1) >= 1 && coalesce(var.idle_timeout_ms, 1) <= 3600000
    error_message = "It must be 1 to 3600000 milliseconds."
  }
}

variable "min_body_bytes_per_second" {
  description = "The least average rate of a body once idle_timeout_ms has passed."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.min_body_bytes_per_second, 1) >= 1 && coalesce(var.min_body_bytes_per_second, 1) <= 1073741824
    error_message = "It must be 1 to 1073741824 bytes a second."
  }
}

variable "head_timeout_ms" {
  description = "The longest wait for a request's head, and how long an idle connection is kept."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.head_timeout_ms, 1) >= 1 && coalesce(var.head_timeout_ms, 1) <= 3600000
    error_message = "It must be 1 to 3600000 milliseconds."
  }
}

variable "max_connections" {
  description = "The number of open connections of an instance; a new one replaces the one that has been idle longest."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.max_connections, 1) >= 1 && coalesce(var.max_connections, 1) <= 65536
    error_message = "It must be 1 to 65536."
  }
}

variable "chat_calls" {
  description = "Which of download, send, sendAsync, poll and history are served, separated by commas without spaces; null for none."
  type        = string
  default     = null

  validation {
    condition     = alltrue([for call in split(",", coalesce(var.chat_calls, "poll")) : contains(["download", "send", "sendAsync", "poll", "history"], call)])
    error_message = "It must be a list of download, send, sendAsync, poll and history, separated by commas."
  }
}

variable "chat_identity" {
  description = "Who ensures that callers only use their own chat: signed or upstream."
  type        = string
  default     = null

  validation {
    condition     = contains(["signed", "upstream"], coalesce(var.chat_identity, "signed"))
    error_message = "It must be signed or upstream."
  }
}

variable "chat_ticket_key" {
  description = "The key of the tickets; two, separated by a comma, while it is replaced. It is passed as an encrypted environment variable and is part of the Terraform state."
  type        = string
  default     = null
  sensitive   = true
}

variable "chat_ticket_key_file" {
  description = "A file that holds the key of the tickets, below a mounted file system."
  type        = string
  default     = null
}

variable "max_download_bytes" {
  description = "The largest file that a caller can download."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.max_download_bytes, 1) >= 1 && coalesce(var.max_download_bytes, 1) <= 1073741824
    error_message = "It must be 1 to 1073741824 bytes."
  }
}

variable "max_chat_calls_in_flight" {
  description = "How many of the chat's calls an instance sends to the contact centre at once; more are answered with 503."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.max_chat_calls_in_flight, 1) >= 1 && coalesce(var.max_chat_calls_in_flight, 1) <= 65536
    error_message = "It must be 1 to 65536."
  }
}

variable "scan_clamd" {
  description = "Where clamd scans every file for malware, such as tcp://10.0.0.10:3310; null for no scan."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^tcp://[^\\s/?#@]+:[0-9]+$", coalesce(var.scan_clamd, "tcp://host:3310")))
    error_message = "It must be tcp://host:port."
  }
}

variable "scan_failure" {
  description = "The result for a file that cannot be scanned: refuse or allow."
  type        = string
  default     = null

  validation {
    condition     = contains(["refuse", "allow"], coalesce(var.scan_failure, "refuse"))
    error_message = "It must be refuse or allow."
  }
}

variable "scan_timeout_ms" {
  description = "The longest scan of one file."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.scan_timeout_ms, 1) >= 1 && coalesce(var.scan_timeout_ms, 1) <= 3600000
    error_message = "It must be 1 to 3600000 milliseconds."
  }
}

variable "log_level" {
  description = "The least important lines that are written."
  type        = string
  default     = null

  validation {
    condition     = contains(["info", "off", "error", "warn", "debug", "trace"], coalesce(var.log_level, "info"))
    error_message = "It must be info, off, error, warn, debug or trace."
  }
}

variable "log_format" {
  description = "How log lines are written."
  type        = string
  default     = null

  validation {
    condition     = contains(["json", "text"], coalesce(var.log_format, "json"))
    error_message = "It must be json or text."
  }
}

variable "log_sha256" {
  description = "Whether the log contains the SHA-256 of each forwarded file."
  type        = bool
  default     = null
}

variable "log_session_key" {
  description = "A random key of at least 16 characters for a hash of the session token in the log. It is passed as an encrypted environment variable and is part of the Terraform state."
  type        = string
  default     = null
  sensitive   = true
}
