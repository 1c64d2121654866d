# Alarms with Cloud Eye's metrics of FunctionGraph and the dedicated API gateway, and with the log in LTS.

locals {
  function_dimension = {
    name  = "package-functionname"
    value = "${var.app}-${huaweicloud_fgs_function.gateway.name}"
  }
  alarms = {
    # Counts invocations in which the program failed or exceeded the timeout.
    errors = {
      namespace   = "SYS.FunctionGraph"
      metric      = "failcount"
      dimension   = local.function_dimension
      threshold   = 0
      description = "An invocation of the uploadFileStream gateway failed or exceeded the timeout. See docs/incidents.md, A gateway is down."
    }
    throttles = {
      namespace   = "SYS.FunctionGraph"
      metric      = "rejectcount"
      dimension   = local.function_dimension
      threshold   = 0
      description = "FunctionGraph rejected invocations of the uploadFileStream gateway. See docs/incidents.md, The gateway is overloaded."
    }
    # If the contact centre fails, the response has a status of 5xx, which FunctionGraph counts as a success. The
    # metric counts all APIs of the instance.
    server-errors = {
      namespace   = "SYS.APIC"
      metric      = "error_5xx"
      dimension   = { name = "instance_id", value = var.apig_instance_id }
      threshold   = 5
      description = "The API gateway instance responded with 5xx more than five times in five minutes. See docs/incidents.md, Uploads fail."
    }
  }
}

resource "huaweicloud_ces_alarmrule" "function" {
  for_each = local.alarms

  alarm_name           = "${var.name}-${each.key}"
  alarm_description    = each.value.description
  alarm_type           = "MULTI_INSTANCE"
  alarm_action_enabled = var.alarm_topic_urn != null

  metric {
    namespace = each.value.namespace
  }

  resources {
    dimensions {
      name  = each.value.dimension.name
      value = each.value.dimension.value
    }
  }

  condition {
    metric_name         = each.value.metric
    period              = 300
    filter              = "sum"
    comparison_operator = ">"
    value               = each.value.threshold
    unit                = "Count"
    count               = 1
    suppress_duration   = 3600
    alarm_level         = 2
  }

  dynamic "alarm_actions" {
    for_each = var.alarm_topic_urn[*]

    content {
      type              = "notification"
      notification_list = [alarm_actions.value]
    }
  }
}

# Failures that only the log names. LTS splits a line at quotes and colons, not at underscores, so each keyword is a
# whole value of the field outcome or reason_code.
locals {
  log_alarms = {
    contact-centre-fails = {
      keywords    = "(failed_by_upstream not 401 not 403) or upstream_unreachable or upstream_timeout or upstream_failed or upstream_invalid_answer"
      description = "See docs/incidents.md, The contact centre fails."
    }
    tls-fails = {
      keywords    = "upstream_tls or token_tls"
      description = "See docs/incidents.md, The TLS handshake fails."
    }
    no-access-token = {
      keywords    = "token_unavailable or app_key_refused"
      description = "See docs/incidents.md, No access token."
    }
    scan-unavailable = {
      keywords    = "scan_unavailable"
      description = "See docs/incidents.md, The malware scanner fails."
    }
  }
}

resource "huaweicloud_lts_keywords_alarm_rule" "log" {
  for_each = local.log_alarms

  name               = "${var.name}-${each.key}"
  description        = each.value.description
  alarm_level        = "CRITICAL"
  send_notifications = var.alarm_topic_urn != null && var.alarm_user_name != null

  keywords_requests {
    keywords               = each.value.keywords
    condition              = ">"
    number                 = 5
    log_group_id           = huaweicloud_lts_group.log.id
    log_stream_id          = huaweicloud_lts_stream.log.id
    search_time_range_unit = "minute"
    search_time_range      = 5
  }

  frequency {
    type            = "FIXED_RATE"
    fixed_rate_unit = "minute"
    fixed_rate      = 1
  }

  dynamic "notification_rule" {
    for_each = var.alarm_user_name == null ? [] : var.alarm_topic_urn[*]

    content {
      template_name = "keywords_template"
      user_name     = var.alarm_user_name
      language      = "en-us"

      topics {
        name      = element(split(":", notification_rule.value), -1)
        topic_urn = notification_rule.value
      }
    }
  }
}
