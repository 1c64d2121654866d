//! A running sandbox.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpListener;

use crate::call::Call;
use crate::desk::Desk;
use crate::faults::FaultPlan;
use crate::server::Server;
use crate::store::StoredFile;
use crate::tokens::{Customer, SESSION_TOKEN_LIFETIME};
use crate::upstream::Upstream;

/// The lifetime of an access token issued without HTTP, unless the sandbox's limit is shorter.
const ISSUED_LIFETIME: Duration = Duration::from_secs(600);

/// A running sandbox.
///
/// Dropping it stops the server and closes its connections at once.
#[must_use = "a sandbox stops when it is dropped"]
pub struct Sandbox {
    upstream: Arc<Upstream>,
    address: SocketAddr,
    /// Never read: dropping it stops the server.
    _server: Server,
}

impl fmt::Debug for Sandbox {
    /// Omits secrets, tokens and files.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    pub(crate) fn serve(
        upstream: Arc<Upstream>,
        listener: TcpListener,
        address: SocketAddr,
    ) -> Self {
        Self {
            _server: Server::start(Arc::clone(&upstream), listener),
            upstream,
            address,
        }
    }

    /// Returns the address on which the sandbox listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns `http://ADDRESS:PORT`, which replaces the documentation's `https://DOMAIN`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the URL of a call.
    #[must_use]
    pub fn url(&self, call: Call) -> String {
        format!("http://{}{}", self.address, call.path())
    }

    /// Returns the accepted app key.
    #[must_use]
    pub fn app_key(&self) -> &str {
        &self.upstream.settings.app_key
    }

    /// Returns the secret of the app key.
    #[must_use]
    pub fn app_secret(&self) -> &str {
        &self.upstream.settings.app_secret
    }

    /// Issues an access token as tokenByAkSk does, without HTTP; it does not count as a call.
    #[must_use]
    pub fn issue_access_token(&self) -> String {
        let longest = self.upstream.settings.access_token_lifetime;
        let expiry = self.upstream.now() + ISSUED_LIFETIME.min(longest);
        self.upstream.access_tokens.issue(expiry, ())
    }

    /// Issues a `ccmessaging-token` as applyToken does, without HTTP; it does not count as a call. The
    /// token belongs to the user `sandbox-user` of the channel `sandbox`.
    #[must_use]
    pub fn issue_session_token(&self) -> String {
        self.upstream.issue_session_token(default_customer())
    }

    /// Issues a `ccmessaging-token` of a user as applyToken does, without HTTP; it does not count as a
    /// call. The user's name is the identifier.
    #[must_use]
    pub fn issue_session_token_for(&self, user_id: &str, channel_id: &str) -> String {
        self.upstream.issue_session_token(Customer {
            user_id: user_id.to_owned(),
            user_name: user_id.to_owned(),
            channel_id: channel_id.to_owned(),
        })
    }

    /// Accepts `token` as a `ccmessaging-token` for an hour, for example because it is part of a
    /// recorded request. It belongs to the same user as [`issue_session_token`](Self::issue_session_token)'s.
    pub fn accept_session_token(&self, token: impl Into<String>) {
        let expiry = self.upstream.now() + SESSION_TOKEN_LIFETIME;
        let tokens = &self.upstream.session_tokens;
        tokens.accept(token.into(), expiry, default_customer());
    }

    /// Returns the desk of an agent, who reads and answers messages.
    #[must_use]
    pub fn desk(&self) -> Desk {
        Desk::new(Arc::clone(&self.upstream))
    }

    /// Revokes all issued access tokens.
    pub fn revoke_access_tokens(&self) {
        self.upstream.access_tokens.revoke_all();
    }

    /// Revokes all issued `ccmessaging-token`s.
    pub fn revoke_session_tokens(&self) {
        self.upstream.session_tokens.revoke_all();
    }

    /// Returns all files uploaded by customers, the oldest first.
    #[must_use]
    pub fn uploads(&self) -> Vec<StoredFile> {
        self.upstream.store.uploads()
    }

    /// Returns the content of the file stored under `object_key`.
    #[must_use]
    pub fn file(&self, object_key: &str) -> Option<Bytes> {
        Some(self.upstream.store.get(object_key)?.content)
    }

    /// Returns how many times a call was made, including rejected calls.
    #[must_use]
    pub fn calls(&self, call: Call) -> usize {
        self.upstream.counters.calls(call)
    }

    /// Returns how many requests arrived, including those with an unknown path or method.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.upstream.counters.requests()
    }

    /// Replaces the fault plan; `[]` removes all faults. The new rules start counting now. Calls in
    /// progress finish under the old plan.
    pub fn set_faults(&self, plan: impl Into<FaultPlan>) {
        self.upstream.faults.set(plan.into());
    }

    /// Returns the current fault plan.
    pub fn faults(&self) -> FaultPlan {
        self.upstream.faults.plan()
    }
}

fn default_customer() -> Customer {
    Customer {
        user_id: "sandbox-user".to_owned(),
        user_name: "Sandbox user".to_owned(),
        channel_id: "sandbox".to_owned(),
    }
}
