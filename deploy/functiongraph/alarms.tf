# The same alarms as in the AWS deployment, with Cloud Eye's metrics of FunctionGraph.

locals {
  alarms = {
    # Counts invocations in which the program failed or exceeded the timeout.
    errors = {
      metric      = "failcount"
      description = "An invocation of the uploadFileStream gateway failed or exceeded the timeout. See docs/incidents.md, UploadFileStreamDown."
    }
    throttles = {
      metric      = "rejectcount"
      description = "FunctionGraph rejected invocations of the uploadFileStream gateway. See docs/incidents.md, UploadFileStreamOverloaded."
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
    namespace = "SYS.FunctionGraph"
  }

  resources {
    dimensions {
      name  = "package-functionname"
      value = "${var.app}-${huaweicloud_fgs_function.gateway.name}"
    }
  }

  condition {
    metric_name         = each.value.metric
    period              = 300
    filter              = "sum"
    comparison_operator = ">"
    value               = 0
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
