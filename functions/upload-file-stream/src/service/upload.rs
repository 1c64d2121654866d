//! The way of one upload: received, parsed, validated, forwarded, answered.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use ccmessaging_core::{Payload, UploadRequest, UpstreamAnswer};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};

use super::body::RequestBody;
use super::lanes::Lane;
use super::log::Record;
use super::{Arrival, Gateway};
use crate::credentials::CallerCredentials;
use crate::upstream::{CCMESSAGING_TOKEN, Forwarded, Retries, UpstreamError};
use crate::{Deadline, Refusal};

/// Answers a request on the upload's path.
pub(super) async fn handle(
    State(gateway): State<Arc<Gateway>>,
    Extension(arrival): Extension<Arrival>,
    request: Request,
) -> Response {
    let mut record = Record::start();
    let (head, body) = request.into_parts();
    let mut body = RequestBody::of(&head, body, gateway.request);
    let mut retries = Retries::default();
    let result = gateway
        .upload(&head, &mut body, &arrival, &mut record, &mut retries)
        .await;
    record.attempts = retries.attempts();
    record.write(&arrival, gateway.credentials.mode(), &result);
    if result.is_err() {
        body.discard(arrival.deadline).await;
    }
    let mut response = result.into_response();
    // The caller needs the newest session token, whatever became of the upload.
    if let Some(token) = retries.into_rotated_token() {
        let headers = response.headers_mut();
        headers.entry(CCMESSAGING_TOKEN).or_insert(token);
    }
    response
}

impl Gateway {
    /// Checks the head first: a request that is refused for it costs no reading.
    async fn upload(
        &self,
        head: &Parts,
        body: &mut RequestBody,
        arrival: &Arrival,
        record: &mut Record,
        retries: &mut Retries,
    ) -> Result<Forwarded, Refusal> {
        if head.method != Method::POST {
            return Err(Refusal::MethodNotAllowed { allowed: "POST" });
        }
        let lane = Lane::choose(&head.headers)?;
        record.lane = Some(lane.name());
        let caller = CallerCredentials::from_headers(&head.headers)?;
        self.credentials.check(&caller)?;
        // Before the body is read: the slots bound the memory that bodies take.
        let _slot = self.slots.try_acquire().map_err(|_| Refusal::Full)?;

        let body = body.receive(arrival.deadline).await?;
        record.received();
        let request = lane.read(body).await?;
        let payload = self.validate(request, record)?;
        record.validated();
        let deadline = Deadline::after(self.upstream_timeout).or_earlier(arrival.deadline);
        self.forward(&caller, &payload, deadline, retries).await
    }

    fn validate(&self, request: UploadRequest, record: &mut Record) -> Result<Payload, Refusal> {
        let upload = request.validate(&self.policy)?;
        record.file_type = Some(upload.file_type());
        record.decoded_bytes = Some(upload.decoded_bytes());
        Ok(upload.into_payload())
    }

    /// Sends the upload; where the upstream refuses the gateway's own access token, once more with
    /// a new one.
    async fn forward(
        &self,
        caller: &CallerCredentials,
        payload: &Payload,
        deadline: Deadline,
        retries: &mut Retries,
    ) -> Result<Forwarded, Refusal> {
        let resolved = self.credentials.resolve(caller, deadline).await?;
        let mut result = self
            .upstream
            .upload(&resolved.credentials, payload, deadline, retries)
            .await;
        if refuses_token(&result) && self.credentials.renew(&resolved) {
            let renewed = self.credentials.resolve(caller, deadline).await?;
            result = self
                .upstream
                .upload(&renewed.credentials, payload, deadline, retries)
                .await;
        }
        Ok(result?)
    }
}

/// An expired or wrong access token: 401, whatever comes with it, or the API fabric's 403, whose
/// JSON has no return code.
fn refuses_token(result: &Result<Forwarded, UpstreamError>) -> bool {
    match result {
        Ok(forwarded) => match forwarded.status {
            StatusCode::UNAUTHORIZED => true,
            StatusCode::FORBIDDEN => forwarded.answer == UpstreamAnswer::Other,
            _ => false,
        },
        Err(UpstreamError::Undocumented { status, .. }) => *status == StatusCode::UNAUTHORIZED,
        Err(_) => false,
    }
}

impl IntoResponse for Forwarded {
    /// The upstream's answer, unchanged.
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}
