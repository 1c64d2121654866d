//! The services that uploads and the chat's calls share.

use std::sync::Arc;
use std::time::Duration;

use ccmessaging_client::Client;
use ccmessaging_core::Policy;
use http::HeaderMap;

use crate::admission::Admission;
use crate::config::RequestConfig;
use crate::credentials::{
    CallCredentials, CallerCredentials, CredentialsError, GatewayCredentials,
};
use crate::scan::Scanner;
use crate::telemetry::{RequestEvent, Telemetry};

/// What uploads and the chat's calls need, created once for all requests.
#[derive(Clone, Debug)]
pub(crate) struct Services {
    pub(crate) client: Client,
    pub(crate) credentials: GatewayCredentials,
    pub(crate) policy: Policy,
    pub(crate) scanner: Option<Arc<Scanner>>,
    pub(crate) request: RequestConfig,
    pub(crate) upstream_timeout: Duration,
    pub(crate) admission: Arc<Admission>,
    pub(crate) telemetry: Arc<Telemetry>,
}

impl Services {
    /// Reads the caller's credentials from a request's headers, records its session, and decides whose
    /// credentials the call is sent with.
    pub(crate) fn credentials(
        &self,
        headers: &HeaderMap,
        event: &mut RequestEvent<'_>,
    ) -> Result<CallCredentials, CredentialsError> {
        let caller = CallerCredentials::from_headers(headers)?;
        event.set_session(caller.session_token());
        self.credentials.choose(&caller)
    }
}
