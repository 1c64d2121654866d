//! A running sandbox.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpListener;

use crate::call::Call;
use crate::faults::FaultPlan;
use crate::server::Server;
use crate::storage::{StoredFile, parse_key};
use crate::upstream::Upstream;

/// The life of an access token that is issued without HTTP: the usual 600 seconds, unless the
/// sandbox's longest is shorter.
const ISSUED_LIFETIME: Duration = Duration::from_secs(600);

/// A running sandbox: a server on its own address, and what happened in it.
///
/// Dropping it stops the server at once, connections included; [`Sandbox::shutdown`] lets calls that
/// are under way finish first.
#[derive(Debug)]
#[must_use = "a sandbox stops when it is dropped"]
pub struct Sandbox {
    upstream: Arc<Upstream>,
    address: SocketAddr,
    server: Server,
}

impl Sandbox {
    pub(crate) fn serve(
        upstream: Arc<Upstream>,
        listener: TcpListener,
        address: SocketAddr,
    ) -> Self {
        Self {
            server: Server::start(Arc::clone(&upstream), listener),
            upstream,
            address,
        }
    }

    /// The address on which the sandbox listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://ADDRESS:PORT`, without a slash at the end. It takes the place of `https://DOMAIN` in
    /// the documentation.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URL of a call.
    #[must_use]
    pub fn url(&self, call: Call) -> String {
        format!("http://{}{}", self.address, call.path())
    }

    /// The app key that is accepted.
    #[must_use]
    pub fn app_key(&self) -> &str {
        &self.upstream.settings.app_key
    }

    /// The app secret that goes with the key, for the configuration of what is tested.
    #[must_use]
    pub fn app_secret(&self) -> &str {
        &self.upstream.settings.app_secret
    }

    /// Issues an access token as tokenByAkSk would, without HTTP and without counting as a call.
    #[must_use]
    pub fn issue_access_token(&self) -> String {
        let longest = self.upstream.settings.access_token_lifetime;
        self.upstream
            .access_tokens
            .issue(self.upstream.now(), ISSUED_LIFETIME.min(longest))
    }

    /// Issues a `ccmessaging-token` as applyToken would, without HTTP and without counting as a call.
    #[must_use]
    pub fn issue_session_token(&self) -> String {
        self.upstream.session_tokens.issue(self.upstream.now())
    }

    /// Makes a `ccmessaging-token` of one's own choice valid from now on for the usual lifetime: for
    /// requests that were written down beforehand.
    pub fn accept_session_token(&self, token: impl Into<String>) {
        let now = self.upstream.now();
        self.upstream.session_tokens.accept(token.into(), now);
    }

    /// Makes every access token that was issued so far invalid.
    pub fn revoke_access_tokens(&self) {
        self.upstream.access_tokens.revoke_all();
    }

    /// Makes every `ccmessaging-token` that was issued so far invalid.
    pub fn revoke_session_tokens(&self) {
        self.upstream.session_tokens.revoke_all();
    }

    /// Every uploaded file, the oldest first; with [`Storage::Folder`](crate::Storage::Folder) also
    /// those that earlier sandboxes left there.
    #[must_use]
    pub fn uploads(&self) -> Vec<StoredFile> {
        self.upstream.store.list()
    }

    /// The content of an uploaded file; `None` if there is none under `object_key`, or if it can no
    /// longer be read.
    pub async fn file(&self, object_key: &str) -> Option<Bytes> {
        let key = parse_key(object_key)?;
        self.upstream.store.get(key).await.ok().flatten()
    }

    /// How many times a call was made, whatever came of it.
    #[must_use]
    pub fn calls(&self, call: Call) -> usize {
        self.upstream.counters.calls(call)
    }

    /// How many requests came in, those for unknown paths and with other methods included.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.upstream.counters.requests()
    }

    /// Puts `plan` in force in place of the present one; `[]` ends all faults. Its rules count calls
    /// from here on. Calls already under way finish as the old plan wants.
    pub fn set_faults(&self, plan: impl Into<FaultPlan>) {
        self.upstream.faults.set(plan.into());
    }

    /// The plan in force.
    pub fn faults(&self) -> FaultPlan {
        self.upstream.faults.plan()
    }

    /// Stops accepting connections, lets calls that are under way finish for up to five seconds, and
    /// ends.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
    }
}
