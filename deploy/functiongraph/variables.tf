variable "region" {
  description = "The region of the function and of the API gateway, such as cn-north-4."
  type        = string
}

variable "name" {
  description = "The name of the function, the API group and the log group."
  type        = string
  default     = "upload-file-stream"

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9-]{2,23}$", var.name))
    error_message = "The name must have 3 to 24 letters, digits and hyphens, a letter first."
  }
}

variable "app" {
  description = "The FunctionGraph application that the function belongs to."
  type        = string
  default     = "default"
}

variable "package" {
  description = "The zip that scripts/package.sh makes."
  type        = string
  default     = "../../target/package/upload-file-stream-x86_64.zip"

  validation {
    condition     = fileexists(var.package)
    error_message = "There is no such file: run scripts/package.sh first."
  }
}

variable "agency" {
  description = "The agency for access to other services; needed only if the function is given such access."
  type        = string
  default     = null
}

variable "vpc_id" {
  description = "The VPC in which the function finds the malware scanner; null for none. It needs a NAT gateway there to reach the contact centre."
  type        = string
  default     = null
}

variable "network_id" {
  description = "The subnet of vpc_id that the function is in."
  type        = string
  default     = null
}

variable "memory_megabytes" {
  description = "The function's memory. FunctionGraph gives processor time in proportion to it."
  type        = number
  default     = 512

  validation {
    condition     = contains([128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096], var.memory_megabytes)
    error_message = "The memory must be one of FunctionGraph's sizes from 128 to 4096."
  }
}

variable "timeout_seconds" {
  description = "When FunctionGraph and the API gateway give a request up. The API gateway waits for at most 60 seconds."
  type        = number
  default     = 30

  validation {
    condition     = var.timeout_seconds >= 3 && var.timeout_seconds <= 60
    error_message = "The timeout must be 3 to 60 seconds."
  }
}

variable "requests_per_instance" {
  description = "How many requests one instance serves at once; each holds its body in memory."
  type        = number
  default     = 10

  validation {
    condition     = var.requests_per_instance >= 1 && var.requests_per_instance <= 1000
    error_message = "It must be 1 to 1000."
  }
}

variable "max_instances" {
  description = "The most instances at once; -1 sets no limit, 0 disables the function."
  type        = number
  default     = 100

  validation {
    condition     = var.max_instances >= -1 && var.max_instances <= 1000
    error_message = "It must be -1 to 1000."
  }
}

variable "apig_instance_id" {
  description = "The dedicated API gateway instance that the trigger is made in."
  type        = string
}

variable "trigger_auth" {
  description = "Who may call the API: everybody (NONE), applications of the API gateway (APP), or users of the account (IAM). APP and IAM need signed requests, which clients of uploadFileStream do not send."
  type        = string
  default     = "NONE"

  validation {
    condition     = contains(["NONE", "APP", "IAM"], var.trigger_auth)
    error_message = "It must be NONE, APP or IAM."
  }
}

variable "log_retention_days" {
  description = "How long log lines are kept."
  type        = number
  default     = 30

  validation {
    condition     = var.log_retention_days >= 1 && var.log_retention_days <= 365
    error_message = "It must be 1 to 365 days."
  }
}

variable "alarm_topic_urn" {
  description = "The topic of the Simple Message Notification service that the alarms notify; null for none."
  type        = string
  default     = null
}

variable "alarm_user_name" {
  description = "The account's user that the log's alarms notify through alarm_topic_urn; null for alarms on LTS's console only."
  type        = string
  default     = null
}
