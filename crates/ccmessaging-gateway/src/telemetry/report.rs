//! Reports each event once, when it is dropped: to its span, the log, the metrics and CloudWatch.

use super::chat_event::ChatEvent;
use super::metrics::{Metrics, upload_labels};
use super::request_event::RequestEvent;
use super::upload_event::UploadEvent;
use super::{cloudwatch, log};
use crate::outcome::OVERLOADED;

impl Drop for UploadEvent<'_> {
    fn drop(&mut self) {
        let telemetry = self.request.telemetry;
        record_outcome(&self.request);
        log::write(self);
        count_upload(&telemetry.metrics, self);
        telemetry.write_cloudwatch(self.request.context, |namespace, fetches| {
            cloudwatch::line(namespace, self, fetches)
        });
    }
}

impl Drop for ChatEvent<'_> {
    fn drop(&mut self) {
        let telemetry = self.request.telemetry;
        record_outcome(&self.request);
        log::write_chat_call(self);
        count_chat_call(&telemetry.metrics, self);
        telemetry.write_cloudwatch(self.request.context, |namespace, fetches| {
            cloudwatch::chat_line(namespace, self, fetches)
        });
    }
}

fn record_outcome(request: &RequestEvent<'_>) {
    request.span.record("outcome", request.outcome().name());
}

fn count_upload(metrics: &Metrics, upload: &UploadEvent<'_>) {
    let labels = upload_labels(
        upload.request.outcome().name(),
        upload.format_name(),
        upload.file_type_name(),
    );
    metrics.uploads.get_or_create(&labels).inc();
    metrics.in_flight.dec();
    if let Some(reason_code) = upload.request.log_reason_code {
        metrics.count_rejection(reason_code);
        if reason_code == OVERLOADED {
            metrics.overloaded.inc();
        }
    }
    count_scan(metrics, &upload.request);
    if let Some(result) = upload.upstream_result {
        let labels = [
            ("status", result.status),
            ("return_code", result.return_code),
        ];
        metrics.upstream_results.get_or_create(&labels).inc();
    }
    let file_bytes = upload.request.decoded_bytes.unwrap_or_default();
    metrics.file_bytes.inc_by(file_bytes as u64);
    if let Some(source) = upload.converted_from {
        let labels = [("from", source)];
        metrics.conversions.get_or_create(&labels).inc();
    }
    for kind in &upload.removed {
        let labels = [("kind", kind.name())];
        metrics.metadata_removed.get_or_create(&labels).inc();
    }
    let attempts = upload.request.progress.attempts();
    metrics.upstream_attempts.inc_by(attempts.into());
    let phases = upload.phases();
    for (phase, time) in [
        ("receive", Some(phases.receive)),
        ("validate", phases.validate),
        ("scan", phases.scan),
        ("upstream", phases.upstream),
    ] {
        if let Some(time) = time {
            let histogram = metrics.durations.get_or_create(&[("phase", phase)]);
            histogram.observe(time.as_secs_f64());
        }
    }
}

fn count_chat_call(metrics: &Metrics, event: &ChatEvent<'_>) {
    let call = ("call", event.call.name());
    let labels = [call, ("outcome", event.request.outcome().name())];
    metrics.chat_calls.get_or_create(&labels).inc();
    metrics.chat_calls_in_flight.dec();
    let duration = metrics.chat_durations.get_or_create(&[call]);
    duration.observe(event.request.elapsed().as_secs_f64());
    if let Some(reason_code) = event.request.log_reason_code {
        let labels = [("reason_code", reason_code)];
        metrics.chat_rejections.get_or_create(&labels).inc();
    }
    count_scan(metrics, &event.request);
}

fn count_scan(metrics: &Metrics, request: &RequestEvent<'_>) {
    if let Some(scan) = &request.scan {
        let labels = [("result", scan.result.name())];
        metrics.scans.get_or_create(&labels).inc();
    }
}
