# Alarms with Cloud Eye's metrics of FunctionGraph and the dedicated API gateway.

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
