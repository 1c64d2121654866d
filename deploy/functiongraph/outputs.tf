output "upload_url" {
  description = "The address of uploadFileStream. Clients change only the domain."
  value       = "https://${local.gateway_domain}${local.upload_path}"
}

output "function_urn" {
  description = "The function, for the console and the API."
  value       = huaweicloud_fgs_function.gateway.urn
}

output "log_stream" {
  description = "Where the log lines are, as GROUP/STREAM of the Log Tank Service."
  value       = "${huaweicloud_lts_group.log.group_name}/${huaweicloud_lts_stream.log.stream_name}"
}

output "curl" {
  description = "Uploads photo.png; set SESSION_TOKEN, APP_KEY and ACCESS_TOKEN first. A gateway with credentials of its own needs SESSION_TOKEN only."
  value       = <<-EOT
    printf '{"fileType":"png","channel":"WEB","fileStream":"%s"}' "$(base64 < photo.png | tr -d '\n')" |
      curl --data-binary @- -H 'Content-Type: application/json' \
        -H "ccmessaging-token: $SESSION_TOKEN" -H "x-app-key: $APP_KEY" -H "Authorization: Bearer $ACCESS_TOKEN" \
        https://${local.gateway_domain}${local.upload_path}
  EOT
}
