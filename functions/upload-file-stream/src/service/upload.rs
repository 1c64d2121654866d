//! The way of one upload: received, parsed, validated, forwarded, answered.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use ccmessaging_core::{Payload, UpstreamAnswer};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};

use super::body::BodyReader;
use super::lanes::Lane;
use super::record::Record;
use super::streaming::Streamed;
use super::{Arrival, Gateway};
use crate::credentials::CallerCredentials;
use crate::upstream::{CCMESSAGING_TOKEN, Forwarded, UpstreamError};
use crate::{Deadline, Refusal, TraceContext};

/// Answers a request on the upload's path.
pub(super) async fn handle(
    State(gateway): State<Arc<Gateway>>,
    Extension(arrival): Extension<Arrival>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let trace = TraceContext::from_headers(&head.headers);
    let mut record = Record::start(&gateway, &arrival, trace);
    let result = gateway.upload(&head, body, &arrival, &mut record).await;
    let retries = record.end(&result);
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
        body: Body,
        arrival: &Arrival,
        record: &mut Record<'_>,
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

        let mut body = BodyReader::new(body, &self.request, arrival.deadline);
        let request = if self.may_stream(&lane, &body, arrival) {
            match self.stream(lane, &mut body, &caller, record).await? {
                Streamed::Not(request) => {
                    // Where reading and parsing go together, all of it counts as receiving.
                    record.received();
                    request
                }
                Streamed::Answered(answer) => return Ok(answer),
            }
        } else {
            body.limit(self.request.max_body_bytes)?;
            let body = body.whole(Bytes::new()).await?;
            record.received();
            lane.read(body).await?
        };
        record.parsed(&request);
        let upload = request.validate(&self.policy)?;
        record.validated(&upload);
        let payload = upload.into_payload();
        let deadline = Deadline::after(self.upstream_timeout).or_earlier(arrival.deadline);
        self.forward(&caller, &payload, deadline, record).await
    }

    /// Sends the upload; where the upstream refuses the gateway's own access token, once more with
    /// a new one.
    async fn forward(
        &self,
        caller: &CallerCredentials,
        payload: &Payload,
        deadline: Deadline,
        record: &mut Record<'_>,
    ) -> Result<Forwarded, Refusal> {
        let resolved = self.credentials.resolve(caller, deadline).await?;
        let trace = record.trace.as_ref();
        let retries = &mut record.retries;
        let mut result = self
            .upstream
            .upload(&resolved.credentials, payload, trace, deadline, retries)
            .await;
        if refuses_token(&result) && self.credentials.renew(&resolved) {
            let renewed = self.credentials.resolve(caller, deadline).await?;
            result = self
                .upstream
                .upload(&renewed.credentials, payload, trace, deadline, retries)
                .await;
        }
        Ok(result?)
    }
}

/// An expired or wrong access token: 401, whatever comes with it, or the API fabric's 403, whose
/// JSON has no return code.
pub(super) fn refuses_token(result: &Result<Forwarded, UpstreamError>) -> bool {
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
