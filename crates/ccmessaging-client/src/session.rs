//! A customer's session: uploads that need no thought of tokens.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use ccmessaging_core::Payload;
use http::{HeaderMap, HeaderValue};

use crate::headers::is_usable_token;
use crate::{
    Attempts, CallError, Client, Credentials, Deadline, Download, Secret, SessionReply,
    SessionRequest, SystemClock, TokenCache, TokenError, UploadResponse, UpstreamResponse,
    refuses_token,
};

/// The lifetime of access tokens that is asked for: the longest that the service grants.
const TOKEN_LIFETIME: Duration = Duration::from_secs(3600);

/// The longest that a call may take, unless [`Session::with_timeout`] says otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(25);

/// An app key and the access tokens that it gets. Cloning it shares the token.
#[derive(Clone)]
pub struct App {
    /// The value of `x-app-key`.
    pub key: HeaderValue,
    /// The tokens.
    pub tokens: TokenCache,
}

/// One customer's session with the contact centre. It renews both tokens when they are refused, and
/// uses the newest session token that an answer carried.
pub struct Session {
    client: Client,
    app: App,
    token: HeaderValue,
    /// What a new session token is asked with; `None` if the token was given.
    request: Option<SessionRequest>,
    timeout: Duration,
    progress: Option<Arc<AtomicU64>>,
}

/// Why a session did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The contact centre refused the customer's session (`applyToken`).
    #[error("applyToken gives no session: status {status}, result code {}", code(.result_code.as_deref()))]
    NoSession {
        /// The HTTP status.
        status: u16,
        /// The result code, where the answer names one.
        result_code: Option<String>,
    },
    /// The contact centre refused the file.
    #[error("the contact centre refused the upload: status {status}, return code {}", code(.return_code.as_deref()))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The return code, where the answer names one.
        return_code: Option<String>,
    },
    /// There is no access token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// There was no usable answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A token or key holds characters that no header can carry; or the session token is empty or
    /// longer than 4 KiB.
    #[error(
        "{0} cannot be sent in a header: it is empty, too long, or holds other characters than visible ASCII"
    )]
    NotSendable(&'static str),
}

fn code(code: Option<&str>) -> &str {
    code.unwrap_or("none")
}

impl App {
    /// An app that obtains its access tokens from `client`'s token service.
    ///
    /// # Errors
    ///
    /// The key holds characters that no header can carry.
    pub fn new(
        client: &Client,
        key: impl Into<String>,
        secret: impl Into<String>,
    ) -> Result<Self, SessionError> {
        let (key, secret) = (Secret::new(key), Secret::new(secret));
        let header = key
            .to_header()
            .ok_or(SessionError::NotSendable("the app key"))?;
        let client = client.clone();
        let fetch = move |deadline| {
            let (client, key, secret) = (client.clone(), key.clone(), secret.clone());
            async move {
                client
                    .token_by_ak_sk(&key, &secret, TOKEN_LIFETIME, deadline)
                    .await
            }
        };
        Ok(Self {
            key: header,
            tokens: TokenCache::new(fetch, DEFAULT_TIMEOUT, Arc::new(SystemClock)),
        })
    }
}

impl Session {
    /// Opens a session for a customer (`applyToken`).
    ///
    /// # Errors
    ///
    /// There is no access token, or no session token.
    pub async fn open(
        client: &Client,
        app: App,
        customer: SessionRequest,
    ) -> Result<Self, SessionError> {
        let mut session = Self::resume(client, app, HeaderValue::from_static(""));
        session.request = Some(customer);
        session.apply().await?;
        Ok(session)
    }

    /// Takes over a session that exists, by its newest token.
    #[must_use]
    pub fn resume(client: &Client, app: App, token: HeaderValue) -> Self {
        Self {
            client: client.clone(),
            app,
            token,
            request: None,
            timeout: DEFAULT_TIMEOUT,
            progress: None,
        }
    }

    /// The same session, which counts in `bytes` how much of an upload's request body was handed to
    /// the socket; it begins at zero with every attempt.
    #[must_use]
    pub fn with_progress(self, bytes: Arc<AtomicU64>) -> Self {
        Self {
            progress: Some(bytes),
            ..self
        }
    }

    /// The same session with another limit for each call: 25 s by default.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Uploads a file and returns its object key. Where the contact centre refuses a token, that
    /// happens once more with new ones.
    ///
    /// # Errors
    ///
    /// The file or the session is refused, or there was no usable answer.
    pub async fn upload(&mut self, payload: &Payload) -> Result<String, SessionError> {
        let (mut result, generation) = self.upload_once(payload).await?;
        if refuses_token(&result) {
            // Whether there can be a newer one shows when it is asked for.
            let _ = self.app.tokens.refuse(generation);
            if self.request.is_some() {
                self.apply().await?;
            }
            result = self.upload_once(payload).await?.0;
        }
        let response = result?;
        let is_stored = response.is_stored();
        match response.answer {
            UploadResponse::Stored { object_key } if is_stored => Ok(object_key),
            answer => Err(SessionError::Refused {
                status: response.status.as_u16(),
                return_code: answer.return_code().map(str::to_owned),
            }),
        }
    }

    /// Downloads a file of at most `max_bytes` that this session uploaded; `None` where the contact
    /// centre does not hand it out.
    ///
    /// # Errors
    ///
    /// There was no usable answer.
    pub async fn download(
        &mut self,
        object_key: &str,
        file_type: &str,
        max_bytes: usize,
    ) -> Result<Option<Vec<u8>>, SessionError> {
        let deadline = Deadline::after(self.timeout);
        let (credentials, _) = self.credentials(deadline).await?;
        let Download {
            file,
            session_token,
        } = self
            .client
            .download(&credentials, object_key, file_type, max_bytes, deadline)
            .await?;
        if let Some(token) = session_token {
            self.token = token;
        }
        Ok(file)
    }

    async fn upload_once(
        &mut self,
        payload: &Payload,
    ) -> Result<(Result<UpstreamResponse, CallError>, u64), SessionError> {
        let deadline = Deadline::after(self.timeout);
        let (credentials, generation) = self.credentials(deadline).await?;
        let mut attempts = Attempts::default();
        if let Some(bytes) = &self.progress {
            attempts = attempts.with_progress(Arc::clone(bytes));
        }
        let headers = HeaderMap::new();
        let result = self
            .client
            .upload(&credentials, payload, &headers, deadline, &mut attempts)
            .await;
        if let Some(token) = attempts.session_token() {
            self.token = token.clone();
        }
        Ok((result, generation))
    }

    async fn credentials(&self, deadline: Deadline) -> Result<(Credentials, u64), TokenError> {
        let (authorization, generation) = self.app.tokens.authorization(deadline).await?;
        let credentials = Credentials {
            session_token: self.token.clone(),
            app_key: self.app.key.clone(),
            authorization,
        };
        Ok((credentials, generation))
    }

    async fn apply(&mut self) -> Result<(), SessionError> {
        let Some(customer) = &self.request else {
            return Ok(());
        };
        let deadline = Deadline::after(self.timeout);
        let (authorization, _) = self.app.tokens.authorization(deadline).await?;
        let reply = self
            .client
            .apply_token(&self.app.key, &authorization, customer, deadline)
            .await?;
        match reply {
            SessionReply::Token(token) => {
                self.token = token
                    .to_header()
                    .filter(is_usable_token)
                    .ok_or(SessionError::NotSendable("applyToken's token"))?;
                Ok(())
            }
            SessionReply::Refused {
                status,
                result_code,
            } => Err(SessionError::NoSession {
                status: status.as_u16(),
                result_code,
            }),
        }
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("app", &self.app)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
