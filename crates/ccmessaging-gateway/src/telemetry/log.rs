//! The log: the line of each upload, and the line of a panic.

use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::time::Duration;

use http::StatusCode;
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use super::chat_event::ChatEvent;
use super::log_queue::{LogGuard, LogQueue};
#[cfg(feature = "otlp")]
use super::otlp::Exporter;
use super::upload_event::UploadEvent;
use crate::config::{Config, LogFormat};
use crate::scan::ScanResult;

/// The target of this crate's lines.
const TARGET: &str = env!("CARGO_CRATE_NAME");

/// Writes log lines to `output`, such as [`io::stdout`], where both platforms collect them: the gateway's and
/// those with the target `program` from the configured level on.
///
/// A thread writes the lines, so that an output that is not read blocks nothing: further lines are lost
/// then, and counted in a metric. On Lambda, lines are written synchronously, because the
/// platform stops the process between two invocations.
///
/// Other crates are limited to warnings: their debug lines may contain headers and bodies. A
/// subscriber that the application has installed before stays in place.
///
/// With the feature `otlp`, it also exports traces if `OTEL_EXPORTER_OTLP_ENDPOINT` is set.
///
/// # Errors
///
/// The thread or the exporter cannot be started.
pub fn init_logging<W>(config: &Config, program: &str, output: fn() -> W) -> io::Result<LogGuard>
where
    W: Write + Send + 'static,
{
    let level = config.log.level;
    let targets = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target(TARGET, level)
        .with_target(program, level);
    let queue = (!config.is_lambda)
        .then(|| LogQueue::start(output()))
        .transpose()?;
    let writer = match &queue {
        Some(queue) => BoxMakeWriter::new(queue.clone()),
        None => BoxMakeWriter::new(output),
    };
    let lines = fmt::layer().with_writer(writer);
    let lines = match config.log.format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Text => lines.boxed(),
    };
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(targets));
    #[cfg(feature = "otlp")]
    let exporter = Exporter::start().map_err(io::Error::other)?;
    #[cfg(feature = "otlp")]
    let subscriber = subscriber.with(exporter.as_ref().map(Exporter::layer));
    let _ = subscriber.try_init();
    Ok(LogGuard {
        #[cfg(feature = "otlp")]
        _exporter: exporter,
        queue,
    })
}

/// Writes a line at the level of the event's outcome. `fields` are those that uploads and the chat's calls do not
/// have in common. Fields that are `None` are omitted; the function's README describes all of them.
macro_rules! write_line {
    ($event:ident, $message:literal, $fields:tt) => {
        // The level of a line is a constant of its call site.
        match $event.request.outcome().level($event.request.reason_code) {
            Level::ERROR => write_line!(ERROR, $event, $message, $fields),
            Level::WARN => write_line!(WARN, $event, $message, $fields),
            _ => write_line!(INFO, $event, $message, $fields),
        }
    };
    ($level:ident, $event:ident, $message:literal, { $($fields:tt)* }) => {{
        let request = &$event.request;
        let scan = request.scan.as_ref().map(|scan| &scan.result);
        tracing::event!(
            target: TARGET,
            Level::$level,
            request_id = request.context.request_id,
            caller_request_id = request.caller_request_id,
            trace_id = request.trace_id,
            session = request.session,
            next_session = request.next_session(),
            platform = %request.context.platform,
            mode = request.mode,
            decoded_bytes = request.decoded_bytes,
            scan = scan.map(ScanResult::name),
            malware = scan.and_then(ScanResult::malware),
            scan_error = scan.and_then(ScanResult::error),
            outcome = request.outcome().name(),
            status = request.status.as_ref().map(StatusCode::as_u16),
            upstream_status = request.upstream_status.as_ref().map(StatusCode::as_u16),
            attempts = request.progress.attempts(),
            $($fields)*
            reason_code = request.log_reason_code,
            reason = request.reason,
            $message
        )
    }};
}

/// Writes the line of an upload.
pub(super) fn write(event: &UploadEvent<'_>) {
    let phases = event.phases();
    write_line!(event, "upload", {
        format = event.format,
        file_type = event.declared,
        detected_type = event.detected.as_deref(),
        converted_from = event.converted_from,
        metadata_removed = event.removed_kinds(),
        file_sha256 = event.file_sha256,
        return_code = event.request.return_code,
        upstream_request_id = event.upstream_request_id,
        upstream_desc = event.upstream_desc,
        object_key = event.object_key,
        receive_ms = milliseconds(phases.receive),
        validate_ms = phases.validate.map(milliseconds),
        scan_ms = phases.scan.map(milliseconds),
        upstream_ms = phases.upstream.map(milliseconds),
    });
}

/// Writes the line of one of the chat's calls.
pub(super) fn write_chat_call(event: &ChatEvent<'_>) {
    write_line!(event, "chat call", {
        call = event.call.name(),
        form = event.form,
        result_code = event.request.return_code,
        total_ms = milliseconds(event.request.elapsed()),
    });
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Replaces the process's panic hook: a panic writes one log line with its location instead of the
/// message and the backtrace. A message may quote a customer's file or a token.
///
/// The program `bootstrap` calls this at its start; an application that embeds the gateway may.
pub fn report_panics() {
    panic::set_hook(Box::new(report));
}

fn report(info: &PanicHookInfo<'_>) {
    let location = info.location().map(tracing::field::display);
    tracing::error!(location, "panic");
}
