//! Setting a sandbox up.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::answer::Spelling;
use crate::call::Exchange;
use crate::clock::ManualClock;
use crate::faults::{ActiveFaults, FaultPlan};
use crate::limits::SizeLimits;
use crate::sandbox::Sandbox;
use crate::storage::{Storage, Store};
use crate::tokens::{AccessTokens, RotationPolicy, SessionTokens};
use crate::upstream::{Counters, Settings, Upstream};

/// The longest life of an access token: what `X-Token-Expire` may ask for at most.
const MAX_ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(3600);
/// The documented life of a `ccmessaging-token`.
const SESSION_TOKEN_LIFETIME: Duration = Duration::from_secs(3600);
/// No session token needs to live longer than a day; the bound keeps every expiry date representable.
const MAX_SESSION_TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 3600);
/// 16 MiB: an 8 MiB file in Base64 with a third to spare, twice the largest documented example.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Settings of a [`Sandbox`] that has not started yet.
///
/// Every setting has a default that works: a free port of the loopback interface, the key and secret
/// `sandbox-app-key` and `sandbox-app-secret`, storage in memory, no faults.
#[derive(Debug)]
#[must_use = "a sandbox does nothing until it is started"]
pub struct SandboxBuilder {
    settings: Settings,
    session_token_lifetime: Duration,
    rotation: RotationPolicy,
    storage: Storage,
    listen: SocketAddr,
    faults: FaultPlan,
    fault_seed: u64,
}

impl Sandbox {
    /// A builder with the default settings.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder {
            settings: Settings {
                app_key: "sandbox-app-key".to_owned(),
                app_secret: "sandbox-app-secret".to_owned(),
                access_token_lifetime: MAX_ACCESS_TOKEN_LIFETIME,
                limits: SizeLimits::default(),
                max_body_bytes: MAX_BODY_BYTES,
                spelling: Spelling::default(),
                clock: None,
                observer: None,
            },
            session_token_lifetime: SESSION_TOKEN_LIFETIME,
            rotation: RotationPolicy::default(),
            storage: Storage::default(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            faults: FaultPlan::default(),
            fault_seed: 0,
        }
    }
}

impl SandboxBuilder {
    /// The only app key that is accepted.
    pub fn app_key(mut self, app_key: impl Into<String>) -> Self {
        self.settings.app_key = app_key.into();
        self
    }

    /// The app secret that goes with the key.
    pub fn app_secret(mut self, app_secret: impl Into<String>) -> Self {
        self.settings.app_secret = app_secret.into();
        self
    }

    /// The longest that an access token lives, in whole seconds from 1 to 3600 (the default).
    ///
    /// A caller's `X-Token-Expire` is honoured up to this; a caller without one gets 600 seconds, or
    /// this if it is less.
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.access_token_lifetime = lifetime;
        self
    }

    /// How long a `ccmessaging-token` lives, from 1 second to a day: an hour by default.
    pub fn session_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.session_token_lifetime = lifetime;
        self
    }

    /// When a `ccmessaging-token` is replaced: never by default.
    pub fn rotate_session_token(mut self, policy: RotationPolicy) -> Self {
        self.rotation = policy;
        self
    }

    /// The largest file of each family, or of all if one number is given; a larger one is answered
    /// with code `3`.
    pub fn max_file_bytes(mut self, limits: impl Into<SizeLimits>) -> Self {
        self.settings.limits = limits.into();
        self
    }

    /// The longest request body that is read, in bytes: 16 MiB by default. A longer one is answered
    /// with 413.
    pub fn max_body_bytes(mut self, max_body_bytes: usize) -> Self {
        self.settings.max_body_bytes = max_body_bytes;
        self
    }

    /// The edition of the documentation that uploadFileStream's answers follow.
    pub fn answer_spelling(mut self, spelling: Spelling) -> Self {
        self.settings.spelling = spelling;
        self
    }

    /// Where uploaded files go: into memory by default.
    pub fn storage(mut self, storage: Storage) -> Self {
        self.storage = storage;
        self
    }

    /// The clock by which tokens expire: the machine's by default.
    pub fn clock(mut self, clock: ManualClock) -> Self {
        self.settings.clock = Some(clock);
        self
    }

    /// The address to listen on: a free port of 127.0.0.1 by default.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// What goes wrong from the start; [`Sandbox::set_faults`] changes it later.
    pub fn faults(mut self, plan: impl Into<FaultPlan>) -> Self {
        self.faults = plan.into();
        self
    }

    /// Chooses the random numbers behind [`FaultRule::chance`](crate::FaultRule::chance): 0 by
    /// default. They start again when a plan is set.
    pub fn fault_seed(mut self, seed: u64) -> Self {
        self.fault_seed = seed;
        self
    }

    /// Calls `observer` with every exchange, when its answer starts. It runs on the connection's
    /// task, so it should be quick.
    pub fn observe(mut self, observer: impl Fn(&Exchange) + Send + Sync + 'static) -> Self {
        self.settings.observer = Some(Arc::new(observer));
        self
    }

    /// Opens the storage, binds the address and starts to serve on the present tokio runtime.
    ///
    /// # Errors
    ///
    /// If a setting is out of range, the storage folder cannot be used, or the address cannot be bound.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        self.check()?;
        let store = Store::open(self.storage)
            .await
            .map_err(StartError::Storage)?;
        let listener = TcpListener::bind(self.listen)
            .await
            .map_err(|error| StartError::Listen(self.listen, error))?;
        let address = listener
            .local_addr()
            .map_err(|error| StartError::Listen(self.listen, error))?;
        let upstream = Upstream {
            settings: self.settings,
            access_tokens: AccessTokens::default(),
            session_tokens: SessionTokens::new(self.session_token_lifetime, self.rotation),
            store,
            faults: ActiveFaults::new(self.faults, self.fault_seed),
            counters: Counters::default(),
        };
        Ok(Sandbox::serve(Arc::new(upstream), listener, address))
    }

    fn check(&self) -> Result<(), StartError> {
        let second = Duration::from_secs(1);
        let access = self.settings.access_token_lifetime;
        if !(second..=MAX_ACCESS_TOKEN_LIFETIME).contains(&access) || access.subsec_nanos() != 0 {
            return Err(StartError::AccessTokenLifetime(access));
        }
        let session = self.session_token_lifetime;
        if !(second..=MAX_SESSION_TOKEN_LIFETIME).contains(&session) {
            return Err(StartError::SessionTokenLifetime(session));
        }
        // Both travel in headers or JSON that a client has to be able to send.
        let sendable = |text: &str| http::HeaderValue::from_str(text).is_ok() && !text.is_empty();
        if !sendable(&self.settings.app_key) {
            return Err(StartError::AppKey);
        }
        if self.settings.app_secret.is_empty() {
            return Err(StartError::AppSecret);
        }
        Ok(())
    }
}

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The access token lifetime is out of range.
    #[error("access_token_lifetime is {0:?}; use whole seconds from 1 to 3600")]
    AccessTokenLifetime(Duration),
    /// The session token lifetime is out of range.
    #[error("session_token_lifetime is {0:?}; use 1 second to 24 hours")]
    SessionTokenLifetime(Duration),
    /// The app key is empty, or not something that a header can carry.
    #[error("app_key is empty or holds a control character; use printable text")]
    AppKey,
    /// The app secret is empty.
    #[error("app_secret is empty; use any other text")]
    AppSecret,
    /// The storage folder cannot be used.
    #[error("the storage folder cannot be used; choose one that can be read and written")]
    Storage(#[source] io::Error),
    /// The address cannot be bound.
    #[error("cannot listen on {0}; choose a free address, or port 0 for any free port")]
    Listen(SocketAddr, #[source] io::Error),
}
