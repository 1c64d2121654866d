//! Customers' sessions: uploads and downloads without handling tokens.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ccmessaging_core::Payload;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::calls::DEFAULT_TIMEOUT;
use crate::error::{is_transient_status, with_causes};
use crate::headers::is_usable_token;
use crate::headers::retry_after;
use crate::{
    CallError, Client, Credentials, Deadline, Progress, Secret, SessionReply, SessionRequest,
    SystemClock, TokenCache, TokenError, UploadResponse,
};

/// The requested lifetime of access tokens: the longest that the service grants.
const TOKEN_LIFETIME: Duration = Duration::from_secs(3600);

/// An app key and its access tokens. Clones share the token.
#[derive(Clone)]
#[non_exhaustive]
pub struct App {
    /// The value of `x-app-key`.
    pub key: HeaderValue,
    /// The access tokens.
    pub tokens: TokenCache,
}

/// One customer's session with the contact centre. It renews both tokens when they are refused, and
/// uses the newest session token of all responses.
///
/// ```
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use ccmessaging_client::{App, Client, ClientConfig, Session, SessionRequest};
/// use ccmessaging_core::{Policy, UploadRequest};
///
/// let sandbox = ccmessaging_sandbox::Sandbox::builder().start().await?;
/// let client = Client::new(&ClientConfig::new(sandbox.base_url().parse()?))?;
/// let app = App::new(&client, sandbox.app_key(), sandbox.app_secret())?;
/// let mut customer = SessionRequest::new("the web channel's configuration ID", "42");
/// customer.user_name = "Ada".into();
/// let mut session = Session::open(&client, app.clone(), customer).await?;
/// let file = UploadRequest::from_file("hello", "txt").validate(&Policy::default())?;
/// let object_key = session.upload(&file.into_payload()).await?;
///
/// // Another process can continue the session with its newest token.
/// let mut resumed = Session::resume(&client, app, session.token().clone());
/// let file = resumed.download(&object_key, "txt", 1024).await?;
/// assert_eq!(file.as_deref(), Some(&b"hello"[..]));
/// # Ok(())
/// # }
/// ```
pub struct Session {
    client: Client,
    app: App,
    token: HeaderValue,
    /// The request for a new session token; `None` if the token was given.
    request: Option<SessionRequest>,
    timeout: Duration,
    headers: HeaderMap,
    progress: Progress,
}

/// A session could not be opened, or a call of a session failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The contact centre refused to open a session (`applyToken`).
    #[error("applyToken returned no session: status {status}, result code {}", code(.result_code.as_deref()))]
    NoSession {
        /// The HTTP status.
        status: u16,
        /// The result code, if the response has one.
        result_code: Option<String>,
    },
    /// The contact centre refused the session token or the access token, and new ones if they could
    /// be obtained. A resumed session ends this way.
    #[error("the contact centre rejected the session token: status {status}; open a new one")]
    TokenRefused {
        /// The HTTP status: 401 or 403.
        status: u16,
    },
    /// The contact centre refused the file.
    #[error("the contact centre rejected the upload: status {status}, return code {}", code(.return_code.as_deref()))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The return code, if the response has one.
        return_code: Option<String>,
        /// How long the response asks to wait before the next call (`Retry-After`).
        retry_after: Option<Duration>,
    },
    /// The contact centre refused to return a file.
    #[error("the contact centre rejected the download: status {status}, return code {}", code(.return_code.as_deref()))]
    DownloadRefused {
        /// The HTTP status.
        status: u16,
        /// The return code, if the response has one.
        return_code: Option<String>,
    },
    /// No access token could be obtained.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The response is missing or unusable.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A token or key has characters that a header cannot carry; or the session token is empty or
    /// longer than 4 KiB.
    #[error(
        "{0} cannot be sent in a header: it is empty, too long, or contains characters other than visible ASCII"
    )]
    NotSendable(&'static str),
}

fn code(code: Option<&str>) -> &str {
    code.unwrap_or("none")
}

impl SessionError {
    /// Returns whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Token(error) => error.is_transient(),
            Self::Call(error) => error.is_transient(),
            Self::Refused { status, .. } => {
                StatusCode::from_u16(*status).is_ok_and(is_transient_status)
            }
            Self::NoSession { .. }
            | Self::TokenRefused { .. }
            | Self::DownloadRefused { .. }
            | Self::NotSendable(_) => false,
        }
    }

    /// Returns how long the service asks to wait before the next call (`Retry-After`).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Token(error) => error.retry_after(),
            Self::Call(error) => error.retry_after(),
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Returns the sentence followed by its chain of causes, for a log.
    #[must_use]
    pub fn causes(&self) -> String {
        with_causes(self)
    }
}

impl App {
    /// Creates an app from the value of `x-app-key` and its access tokens.
    #[must_use]
    pub const fn with_tokens(key: HeaderValue, tokens: TokenCache) -> Self {
        Self { key, tokens }
    }

    /// Creates an app that obtains its access tokens from `client`'s token service.
    ///
    /// # Errors
    ///
    /// The key has characters that a header cannot carry.
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
    /// No access token or no session token could be obtained.
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

    /// Continues a session by its newest token. It cannot be renewed: once the contact centre refuses
    /// the token, calls return [`SessionError::TokenRefused`].
    #[must_use]
    pub fn resume(client: &Client, app: App, token: HeaderValue) -> Self {
        Self {
            client: client.clone(),
            app,
            token,
            request: None,
            timeout: DEFAULT_TIMEOUT,
            headers: HeaderMap::new(),
            progress: Progress::default(),
        }
    }

    /// Counts attempts and bytes of the session's uploads in `progress`.
    #[must_use]
    pub fn with_progress(self, progress: &Progress) -> Self {
        Self {
            progress: progress.clone(),
            ..self
        }
    }

    /// Adds headers to each upload, such as a trace context. The credentials replace headers of the
    /// same name.
    #[must_use]
    pub fn with_headers(self, headers: HeaderMap) -> Self {
        Self { headers, ..self }
    }

    /// Sets the limit for each call with its retries: 25 s by default.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Returns the newest session token, for [`resume`](Self::resume) elsewhere.
    #[must_use]
    pub fn token(&self) -> &HeaderValue {
        &self.token
    }

    /// Uploads a file and returns its object key. If the contact centre refuses a token, the upload is
    /// sent once more with new ones.
    ///
    /// # Errors
    ///
    /// The file or the session is refused, or the response is unusable.
    pub async fn upload(&mut self, payload: &Payload) -> Result<String, SessionError> {
        let (progress, headers) = (&self.progress.clone(), &self.headers.clone());
        let response = self
            .call(|client, credentials, deadline| async move {
                let upload = client.upload(payload, &credentials);
                let upload = upload.deadline(deadline).progress(progress);
                let response = upload.headers(headers.clone()).send().await?;
                Ok(Received {
                    session_token: response.session_token.clone(),
                    refusal: response.refuses_token().then_some(response.status),
                    response,
                })
            })
            .await?;
        let is_stored = response.is_stored();
        match response.result {
            UploadResponse::Stored { object_key } if is_stored => Ok(object_key),
            result => Err(SessionError::Refused {
                status: response.status.as_u16(),
                return_code: result.return_code().map(str::to_owned),
                retry_after: retry_after(&response.headers),
            }),
        }
    }

    /// Downloads a file of at most `max_bytes` that this session uploaded; `None` if the contact
    /// centre reports that there is no such file. If it refuses a token, the call is made once more
    /// with new ones.
    ///
    /// # Errors
    ///
    /// The download or the session is refused, or the response is unusable.
    pub async fn download(
        &mut self,
        object_key: &str,
        file_type: &str,
        max_bytes: usize,
    ) -> Result<Option<Vec<u8>>, SessionError> {
        let download = self
            .call(|client, credentials, deadline| async move {
                let response = client
                    .download(&credentials, object_key, file_type, max_bytes, deadline)
                    .await?;
                Ok(Received {
                    session_token: response.session_token.clone(),
                    refusal: response.refuses_token().then_some(response.status),
                    response,
                })
            })
            .await?;
        if download.file.is_none() && !download.is_absent() {
            return Err(SessionError::DownloadRefused {
                status: download.status.as_u16(),
                return_code: download.return_code,
            });
        }
        Ok(download.file)
    }

    /// Makes a call with the session's tokens, and once more with new ones if they are refused.
    async fn call<T, F>(
        &mut self,
        call: impl Fn(Client, Credentials, Deadline) -> F,
    ) -> Result<T, SessionError>
    where
        F: Future<Output = Result<Received<T>, CallError>>,
    {
        let mut may_renew = true;
        loop {
            let deadline = Deadline::after(self.timeout);
            let (credentials, generation) = self.credentials(deadline).await?;
            let result = call(self.client.clone(), credentials, deadline).await;
            let (token, refusal) = match &result {
                Ok(received) => (received.session_token.as_ref(), received.refusal),
                Err(error) => {
                    let status = error.status().filter(|_| error.refuses_token());
                    (error.session_token(), status)
                }
            };
            if let Some(token) = token {
                self.token.clone_from(token);
            }
            match refusal {
                None => return Ok(result?.response),
                Some(status) if !may_renew => {
                    let status = status.as_u16();
                    return Err(SessionError::TokenRefused { status });
                }
                Some(_) => self.renew(generation).await?,
            }
            may_renew = false;
        }
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

    /// Replaces both tokens after one of them was refused: the response does not say which.
    async fn renew(&mut self, generation: u64) -> Result<(), SessionError> {
        tracing::debug!("the contact centre refused a token; renewing both");
        // Without a newer access token, the next call shows whether the old one is still accepted.
        let _ = self.app.tokens.refuse(generation);
        if self.request.is_some() {
            self.apply().await?;
        }
        Ok(())
    }

    /// Requests a new session token, with a new access token if the cached one is refused.
    async fn apply(&mut self) -> Result<(), SessionError> {
        let Some(customer) = &self.request else {
            return Ok(());
        };
        let deadline = Deadline::after(self.timeout);
        let mut may_renew = true;
        loop {
            let (authorization, generation) = self.app.tokens.authorization(deadline).await?;
            let result = self
                .client
                .apply_token(&self.app.key, &authorization, customer, deadline)
                .await;
            let is_refused = match &result {
                Ok(reply) => reply.refuses_token(),
                Err(error) => error.refuses_token(),
            };
            if may_renew && is_refused && self.app.tokens.refuse(generation) {
                may_renew = false;
                continue;
            }
            return match result? {
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
            };
        }
    }
}

/// A response, with what all responses of a session have.
struct Received<T> {
    response: T,
    session_token: Option<HeaderValue>,
    /// The status, if the response refuses a token.
    refusal: Option<StatusCode>,
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
