//! One upload: received, parsed, validated, scanned, forwarded.

use axum::extract::Request;
use ccmessaging_client::{Deadline, UpstreamResponse};
use ccmessaging_core::{
    CheckedUpload, Content, Conversion, ConvertibleUpload, Payload, UploadRequest, ValidatedUpload,
};
use http::{HeaderMap, Method};
use tracing::Instrument as _;

use crate::body::receive;
use crate::credentials::CallerCredentials;
use crate::extract::UploadFormat;
use crate::gateway::Gateway;
use crate::rejection::Rejection;
use crate::telemetry::UploadEvent;
use crate::telemetry::spans::{self, span};

/// An upload whose body was received.
struct Upload<'a, 'e> {
    gateway: &'a Gateway,
    caller: CallerCredentials,
    /// The trace headers to forward.
    trace: HeaderMap,
    event: &'a mut UploadEvent<'e>,
    /// When the upstream must have answered, scan included.
    deadline: Deadline,
}

impl Gateway {
    /// Handles an upload and records its steps in `event`. The head is checked first, so that a request
    /// that is rejected for it costs no reading.
    pub(crate) async fn upload(
        &self,
        request: Request,
        event: &mut UploadEvent<'_>,
    ) -> Result<UpstreamResponse, Rejection> {
        let (head, body) = request.into_parts();
        let trace = event.request.record_head(&head.headers);
        if head.method != Method::POST {
            // The router answers GET.
            return Err(Rejection::MethodNotAllowed {
                allowed: "GET, POST",
            });
        }
        let format = UploadFormat::choose(&head.headers, head.uri.query(), &self.policy)?;
        event.format = Some(format.name());
        let caller = self.caller(&head.headers, &mut event.request)?;

        let platform_deadline = event.request.context.deadline;
        // Both are held until the end of the upload: the body is in memory as long.
        let reservation = self.admission.admit()?;
        let body = receive(body, &self.request, &reservation, platform_deadline)
            .instrument(span!("receive"))
            .await?;
        let _slot = self.admission.acquire_slot(platform_deadline).await?;
        event.received();

        let request = format.read(body, &self.policy)?;
        let upload = Upload {
            gateway: self,
            caller,
            trace,
            event,
            deadline: Deadline::after(self.upstream_timeout).min_with(platform_deadline),
        };
        upload.run(request).await
    }
}

impl Upload<'_, '_> {
    async fn run(mut self, request: UploadRequest) -> Result<UpstreamResponse, Rejection> {
        self.event.record_declared(request.declared());
        let checked = span!("validate").in_scope(|| request.check(&self.gateway.policy))?;
        let mut upload = match checked {
            CheckedUpload::Valid(upload) => {
                self.event.record_detected(upload.file_type());
                self.event.request.decoded_bytes = Some(upload.decoded_bytes());
                self.scan(upload.file()).await?;
                upload
            }
            CheckedUpload::Convertible(upload) => self.convert(upload).await?,
        };
        if let Some(level) = self.gateway.request.removal {
            (upload, self.event.removed) = upload.without_metadata(level)?;
        }
        if self.event.converted_from.is_some() || !self.event.removed.is_empty() {
            // The removed bytes may have separated two parts of a signature.
            self.scan(upload.file()).await?;
        }
        self.event.validated(upload.file());
        self.send(&upload.into_payload()).await
    }

    /// Scans a file as it was received and converts it.
    async fn convert(&mut self, upload: ConvertibleUpload) -> Result<ValidatedUpload, Rejection> {
        self.scan(&upload.file()).await?;
        let received_bytes = upload.file().len();
        let upload = upload.convert(&self.gateway.policy)?;
        self.event.record_detected(upload.file_type());
        self.event.request.decoded_bytes = Some(received_bytes);
        self.event.converted_from = upload.conversion().map(Conversion::source);
        Ok(upload)
    }

    async fn scan(&mut self, file: &(impl Content + Sync)) -> Result<(), Rejection> {
        if let Some(scanner) = &self.gateway.scanner {
            let report = &mut self.event.request.scan;
            let scan = scanner.scan(file, self.deadline, report);
            scan.instrument(span!("scan")).await?;
        }
        Ok(())
    }

    /// Sends the upload; if the upstream rejects the gateway's own access token, once more with a new
    /// one.
    async fn send(self, payload: &Payload) -> Result<UpstreamResponse, Rejection> {
        let credentials = &self.gateway.credentials;
        let mut may_renew = true;
        loop {
            let mut resolved = credentials
                .resolve(&self.caller, self.deadline)
                .instrument(span!("token"))
                .await?;
            if let Some(token) = &self.event.request.session_token {
                resolved.credentials.session_token.clone_from(token);
            }
            let span = span!("upstream", otel.kind = "client");
            let result = self
                .gateway
                .client
                .upload(payload, &resolved.credentials)
                .headers(spans::trace_headers(&span, &self.trace))
                .deadline(self.deadline)
                .progress(&self.event.progress)
                .send()
                .instrument(span)
                .await;
            let (session_token, is_refused) = match &result {
                Ok(response) => (response.session_token.as_ref(), response.rejects_token()),
                Err(error) => (error.session_token(), error.rejects_token()),
            };
            if let Some(token) = session_token {
                self.event.request.session_token = Some(token.clone());
            }
            if !(may_renew && is_refused && credentials.renew(&resolved)) {
                let response = result?;
                self.event.record_response(&response, &resolved.credentials);
                return Ok(response);
            }
            may_renew = false;
        }
    }
}
