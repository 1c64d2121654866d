//! A customer's session with the upstream: its token, however often that is replaced.

use std::time::Duration;

use ccmessaging_core::{Payload, UpstreamAnswer};
use http::{HeaderMap, HeaderValue, StatusCode};
use upload_file_stream::Deadline;
use upload_file_stream::credentials::sensitive;
use upload_file_stream::upstream::{
    CCMESSAGING_TOKEN, Forwarded, Retries, Session as Applied, SessionRequest, TokenError,
    Upstream, UpstreamCredentials, UpstreamError,
};

use super::file::{SendFile, sha256};
use crate::deployment::Deployment;
use crate::failure::Failure;
use crate::identity::{AppIdentity, SessionOptions};

/// A session that is open.
pub(super) struct Session {
    upstream: Upstream,
    identity: AppIdentity,
    /// The newest session token.
    token: HeaderValue,
    /// What a new token is asked with; `None` if the token was given.
    request: Option<SessionRequest>,
    timeout: Duration,
}

/// Why an upload did not succeed.
pub(super) enum SessionError {
    /// The upstream said no.
    Refused(String),
    /// No usable answer.
    Failed(String),
}

impl From<UpstreamError> for SessionError {
    fn from(error: UpstreamError) -> Self {
        Self::Failed(error.causes())
    }
}

impl From<TokenError> for SessionError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::KeyRefused { .. } => Self::Refused(error.to_string()),
            TokenError::Unavailable { .. } | TokenError::SecretUnreadable { .. } => {
                Self::Failed(error.to_string())
            }
        }
    }
}

impl Session {
    /// Opens a session: with the token that was given, or one from applyToken.
    pub(super) async fn open(
        deployment: &Deployment,
        options: &SessionOptions,
    ) -> Result<Self, Failure> {
        let config = &deployment.config;
        let managed = config.managed.as_ref().ok_or_else(|| {
            Failure::new("APP_KEY is not set: set it, and APP_SECRET or APP_SECRET_FILE")
        })?;
        let upstream =
            Upstream::new(&config.upstream).map_err(|error| Failure::from_error(&error))?;
        let identity = AppIdentity::new(managed, &upstream);
        let mut session = Self {
            upstream,
            identity,
            token: HeaderValue::from_static(""),
            request: None,
            timeout: config.upstream.timeout,
        };
        if let Some(token) = options.token() {
            session.token = token.0.clone();
            return Ok(session);
        }
        let request = options.request(deployment.sandbox.is_some());
        session.request = Some(request.ok_or_else(|| {
            Failure::new("applyToken needs the web channel's configuration ID: give --channel-id")
        })?);
        session.apply().await.map_err(|error| match error {
            SessionError::Refused(reason) | SessionError::Failed(reason) => {
                Failure::new(format!("{reason}; nothing was sent"))
            }
        })?;
        Ok(session)
    }

    /// Uploads a file and gives its object key. Where the upstream refuses the tokens, that happens
    /// once more with new ones.
    pub(super) async fn upload(&mut self, payload: &Payload) -> Result<String, SessionError> {
        let (mut forwarded, generation) = self.upload_once(payload).await?;
        if refuses_tokens(&forwarded) {
            self.identity.refuse(generation);
            if self.request.is_some() {
                self.apply().await?;
            }
            forwarded = self.upload_once(payload).await?.0;
        }
        let status = forwarded.status.as_u16();
        match forwarded.answer {
            UpstreamAnswer::Stored { object_key } => Ok(object_key),
            UpstreamAnswer::Refused { return_code } => Err(SessionError::Refused(format!(
                "the contact centre answered with return code {return_code} (status {status})"
            ))),
            UpstreamAnswer::Other => Err(SessionError::Refused(format!(
                "the contact centre answered with status {status}"
            ))),
        }
    }

    /// Downloads a file again and compares it; the error says in what it differs.
    pub(super) async fn verify(&mut self, object_key: &str, file: &SendFile) -> Result<(), String> {
        let deadline = Deadline::after(self.timeout);
        let (credentials, _) = self
            .credentials(deadline)
            .await
            .map_err(|error| error.to_string())?;
        let download = self
            .upstream
            .download(
                &credentials,
                object_key,
                &file.spelling,
                file.bytes,
                deadline,
            )
            .await
            .map_err(|error| error.causes())?;
        if let Some(token) = download.session_token {
            self.replace_token(token);
        }
        match download.file {
            None => Err("the contact centre does not hand it out again".to_owned()),
            Some(content) if sha256(&content) == file.sha256 => Ok(()),
            Some(content) => Err(format!(
                "it came back different: {} bytes instead of {}, or other ones",
                content.len(),
                file.bytes
            )),
        }
    }

    async fn upload_once(&mut self, payload: &Payload) -> Result<(Forwarded, u64), SessionError> {
        let deadline = Deadline::after(self.timeout);
        let (credentials, generation) = self.credentials(deadline).await?;
        let mut retries = Retries::default();
        let mut forwarded = self
            .upstream
            .upload(&credentials, payload, None, deadline, &mut retries)
            .await?;
        if let Some(token) = take_token(&mut forwarded.headers) {
            self.replace_token(token);
        }
        Ok((forwarded, generation))
    }

    async fn credentials(
        &self,
        deadline: Deadline,
    ) -> Result<(UpstreamCredentials, u64), TokenError> {
        let (authorization, generation) = self.identity.authorization(deadline).await?;
        let credentials = UpstreamCredentials {
            session_token: self.token.clone(),
            app_key: self.identity.app_key().clone(),
            authorization,
        };
        Ok((credentials, generation))
    }

    /// Asks applyToken for a token.
    async fn apply(&mut self) -> Result<(), SessionError> {
        let Some(request) = &self.request else {
            return Ok(());
        };
        let deadline = Deadline::after(self.timeout);
        let (authorization, _) = self.identity.authorization(deadline).await?;
        let applied = self
            .upstream
            .apply_token(self.identity.app_key(), &authorization, request, deadline)
            .await?;
        match applied {
            Applied::Token(token) => {
                self.token = sensitive(token.expose()).ok_or_else(|| {
                    SessionError::Failed("applyToken gave a token that no header can carry".into())
                })?;
                Ok(())
            }
            Applied::Refused {
                status,
                result_code,
            } => Err(SessionError::Refused(format!(
                "applyToken gives no session: status {}, result code {}",
                status.as_u16(),
                result_code.as_deref().unwrap_or("none")
            ))),
        }
    }

    fn replace_token(&mut self, mut token: HeaderValue) {
        token.set_sensitive(true);
        self.token = token;
    }
}

fn take_token(headers: &mut HeaderMap) -> Option<HeaderValue> {
    headers.remove(CCMESSAGING_TOKEN)
}

/// An expired or wrong token: 401, or the API fabric's 403, whose JSON has no return code.
fn refuses_tokens(forwarded: &Forwarded) -> bool {
    match forwarded.status {
        StatusCode::UNAUTHORIZED => true,
        StatusCode::FORBIDDEN => forwarded.answer == UpstreamAnswer::Other,
        _ => false,
    }
}
