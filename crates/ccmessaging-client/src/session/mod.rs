//! Customers' sessions: files and messages without handling tokens.

mod app;
mod builder;
mod chat;
mod error;
mod messages;
mod tokens;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ccmessaging_core::Payload;
use http::{HeaderMap, HeaderValue};

use crate::calls::DEFAULT_TIMEOUT;
use crate::{Client, Credentials, SessionRequest, UploadResponse};
use tokens::SessionToken;

pub use app::App;
pub use builder::SessionBuilder;
pub use chat::ChatOptions;
pub use error::SessionError;
pub use messages::Messages;

/// One customer's session with the contact centre. It renews the tokens when they are rejected, and
/// uses the newest session token of all responses. Clones share the session, so that one task can send
/// messages while another receives them. A call whose token is rejected waits for the others under way before
/// it is repeated, because their responses may contain a newer token.
///
/// A renewed session token belongs to a new session, and a chat to one session. If the chat was started through
/// this session or a clone, the renewal starts it again: with `CONNECT`, and with `TRANS2AGENT` if a person was
/// asked for. So a robot may greet the customer once more.
///
/// ```
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use ccmessaging_client::{App, Client, ClientConfig, Session, SessionRequest};
/// use ccmessaging_core::chat::DownloadRequest;
/// use ccmessaging_core::{FileType, Policy, UploadRequest};
///
/// let sandbox = ccmessaging_sandbox::Sandbox::builder().start().await?;
/// let client = Client::new(&ClientConfig::new(sandbox.base_url().parse()?))?;
/// let app = App::new(&client, sandbox.app_key(), sandbox.app_secret())?;
/// let mut customer = SessionRequest::new("the web channel's configuration ID", "42");
/// customer.user_name = "Ada".into();
/// let session = Session::builder(&client, app.clone()).customer(customer).open().await?;
/// let file = UploadRequest::from_file("hello", "txt").validate(&Policy::default())?;
/// let object_key = session.upload(&file.into_payload()).await?;
///
/// // Another process can continue the session with its newest token.
/// let resumed = Session::builder(&client, app).resume(session.token());
/// let request = DownloadRequest::local(&object_key, FileType::Txt)?;
/// assert_eq!(resumed.download(&request, 1024).await?, "hello");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Session {
    client: Client,
    app: App,
    token: Arc<SessionToken>,
    /// The customer, for a new session token and for messages; `None` if the session was resumed without.
    customer: Option<SessionRequest>,
    chat: ChatOptions,
    timeout: Duration,
    headers: HeaderMap,
}

impl Session {
    /// Prepares a session with an app's access tokens.
    pub fn builder(client: &Client, app: App) -> SessionBuilder {
        SessionBuilder(Self {
            client: client.clone(),
            app,
            token: Arc::new(SessionToken::new(HeaderValue::from_static(""))),
            customer: None,
            chat: ChatOptions::default(),
            timeout: DEFAULT_TIMEOUT,
            headers: HeaderMap::new(),
        })
    }

    /// Returns the same session with another limit for each call.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Returns the newest session token, for [`resume`](SessionBuilder::resume) elsewhere.
    #[must_use]
    pub fn token(&self) -> HeaderValue {
        self.token.get()
    }

    /// Uploads a file and returns its object key. If the contact centre rejects a token, the upload is
    /// sent once more with new ones.
    ///
    /// # Errors
    ///
    /// The file or the session is rejected, or the response is unusable.
    pub async fn upload(&self, payload: &Payload) -> Result<String, SessionError> {
        let call = |credentials: &Credentials| self.client.upload(payload, credentials);
        let response = self.call(call).await?;
        let is_stored = response.is_stored();
        let (return_desc, retry_after) = (response.description(), response.retry_after());
        match response.result {
            UploadResponse::Stored { object_key } if is_stored => Ok(object_key),
            result => Err(SessionError::Rejected {
                status: response.status,
                return_code: result.return_code().map(str::to_owned),
                return_desc,
                request_id: response.request_id,
                retry_after,
            }),
        }
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
