//! One upload: received, parsed, validated, scanned, forwarded.

use axum::extract::Request;
use ccmessaging_client::{CallResponse, Deadline, UploadResponse};
use ccmessaging_core::{
    CheckedUpload, Content, Conversion, ConvertibleUpload, UploadRequest, ValidatedUpload,
};
use http::Method;
use tracing::Instrument as _;

use crate::body::receive;
use crate::extract::UploadFormat;
use crate::rejection::Rejection;
use crate::services::Services;
use crate::telemetry::UploadEvent;
use crate::telemetry::spans::span;
use crate::upstream::UpstreamCall;

/// Handles an upload and records its steps in `event`. The head is checked first, so that a request
/// that is rejected for it costs no reading.
pub(crate) async fn handle(
    services: &Services,
    request: Request,
    event: &mut UploadEvent<'_>,
) -> Result<CallResponse<UploadResponse>, Rejection> {
    let (head, body) = request.into_parts();
    let trace = event.request.record_head(&head.headers);
    if head.method != Method::POST {
        // The router answers GET.
        return Err(Rejection::MethodNotAllowed {
            allowed: "GET, POST",
        });
    }
    let format = UploadFormat::choose(&head.headers, head.uri.query(), &services.policy)?;
    event.format = Some(format.name());
    let credentials = services.credentials(&head.headers, &mut event.request)?;

    let platform_deadline = event.request.context.deadline;
    // Both are held until the end of the upload: the body is in memory as long.
    let reservation = services.admission.admit()?;
    let body = receive(body, &services.request, &reservation, platform_deadline)
        .instrument(span!("receive"))
        .await?;
    let _slot = services.admission.acquire_slot(platform_deadline).await?;
    event.received();

    let request = format.read(body, &services.policy)?;
    let upstream = UpstreamCall {
        services,
        credentials,
        trace,
        deadline: Deadline::after(services.upstream_timeout).min_with(platform_deadline),
    };
    Upload { upstream, event }.run(request).await
}

/// An upload whose body was received.
struct Upload<'a, 'e> {
    upstream: UpstreamCall<'a>,
    event: &'a mut UploadEvent<'e>,
}

impl Upload<'_, '_> {
    async fn run(
        mut self,
        request: UploadRequest,
    ) -> Result<CallResponse<UploadResponse>, Rejection> {
        let services = self.upstream.services;
        self.event.record_declared(request.declared());
        let checked = span!("validate").in_scope(|| request.check(&services.policy))?;
        let mut upload = match checked {
            CheckedUpload::Valid(upload) => {
                self.event.record_detected(upload.file_type());
                self.event.request.decoded_bytes = Some(upload.decoded_bytes());
                self.scan(upload.file()).await?;
                upload
            }
            CheckedUpload::Convertible(upload) => self.convert(upload).await?,
        };
        if let Some(level) = services.request.removal {
            (upload, self.event.removed) = upload.without_metadata(level)?;
        }
        if self.event.converted_from.is_some() || !self.event.removed.is_empty() {
            // The removed bytes may have separated two parts of a signature.
            self.scan(upload.file()).await?;
        }
        self.event.validated(upload.file());
        let payload = upload.into_payload();
        let prepare = |credentials: &_| services.client.upload(&payload, credentials);
        let sent = self.upstream.send(&mut self.event.request, prepare).await;
        let (response, credentials) = sent?;
        self.event.record_response(&response, &credentials);
        Ok(response)
    }

    /// Scans a file as it was received and converts it.
    async fn convert(&mut self, upload: ConvertibleUpload) -> Result<ValidatedUpload, Rejection> {
        self.scan(upload.file()).await?;
        let received_bytes = upload.file().len();
        let upload = upload.convert(&self.upstream.services.policy)?;
        self.event.record_detected(upload.file_type());
        self.event.request.decoded_bytes = Some(received_bytes);
        self.event.converted_from = upload.conversion().map(Conversion::source);
        Ok(upload)
    }

    async fn scan(&mut self, file: &(dyn Content + Sync)) -> Result<(), Rejection> {
        Ok(self.upstream.scan(file, &mut self.event.request).await?)
    }
}
