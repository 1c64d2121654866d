//! The settings of a sandbox.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::call::Exchange;
use crate::clock::ManualClock;
use crate::faults::{ActiveFaults, FaultPlan};
use crate::limits::SizeLimits;
use crate::response::ResponseFormat;
use crate::sandbox::Sandbox;
use crate::store::Store;
use crate::tokens::{AccessTokens, RotationPolicy, SessionTokens};
use crate::upstream::{Counters, Settings, Upstream};

/// The longest lifetime of an access token: the maximum of `X-Token-Expire`.
const MAX_ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(3600);
/// The documented lifetime of a `ccmessaging-token`.
const SESSION_TOKEN_LIFETIME: Duration = Duration::from_secs(3600);
/// Longer than any test needs; the bound keeps every expiry date representable.
const MAX_SESSION_TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 3600);
/// 16 MiB: enough for twice the largest documented example, 8 MiB, in Base64.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Configures and starts a [`Sandbox`].
///
/// By default it listens on a free port of the loopback interface, accepts the app key
/// `sandbox-app-key` with the secret `sandbox-app-secret`, and injects no faults.
#[derive(Debug)]
#[must_use = "a sandbox does nothing until it is started"]
pub struct SandboxBuilder {
    settings: Settings,
    session_token_lifetime: Duration,
    rotation: RotationPolicy,
    listen: SocketAddr,
    faults: FaultPlan,
    fault_seed: u64,
}

impl Sandbox {
    /// Returns a builder with the default settings.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder {
            settings: Settings {
                app_key: "sandbox-app-key".to_owned(),
                app_secret: "sandbox-app-secret".to_owned(),
                access_token_lifetime: MAX_ACCESS_TOKEN_LIFETIME,
                limits: SizeLimits::default(),
                max_body_bytes: MAX_BODY_BYTES,
                response_format: ResponseFormat::default(),
                clock: None,
                observer: None,
            },
            session_token_lifetime: SESSION_TOKEN_LIFETIME,
            rotation: RotationPolicy::default(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            faults: FaultPlan::default(),
            fault_seed: 0,
        }
    }
}

impl SandboxBuilder {
    /// Sets the only app key that is accepted.
    pub fn app_key(mut self, app_key: impl Into<String>) -> Self {
        self.settings.app_key = app_key.into();
        self
    }

    /// Sets the secret of the app key.
    pub fn app_secret(mut self, app_secret: impl Into<String>) -> Self {
        self.settings.app_secret = app_secret.into();
        self
    }

    /// Sets the longest lifetime of an access token, in whole seconds from 1 to 3600 (the default).
    ///
    /// A longer `X-Token-Expire` is reduced to this. Without `X-Token-Expire` a token is valid for 600
    /// seconds, or for this lifetime if it is shorter.
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.access_token_lifetime = lifetime;
        self
    }

    /// Sets the lifetime of a `ccmessaging-token`, from 1 second to a day; an hour by default.
    pub fn session_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.session_token_lifetime = lifetime;
        self
    }

    /// Sets when a `ccmessaging-token` is replaced; never by default.
    pub fn rotate_session_token(mut self, policy: RotationPolicy) -> Self {
        self.rotation = policy;
        self
    }

    /// Sets the largest file of each family, or of all families if `limits` is a number. A larger file
    /// is rejected with code `3`.
    pub fn max_file_bytes(mut self, limits: impl Into<SizeLimits>) -> Self {
        self.settings.limits = limits.into();
        self
    }

    /// Sets the largest request body in bytes, 16 MiB by default. A larger one is rejected with 413.
    pub fn max_body_bytes(mut self, max_body_bytes: usize) -> Self {
        self.settings.max_body_bytes = max_body_bytes;
        self
    }

    /// Sets the format of uploadFileStream's responses.
    pub fn response_format(mut self, format: ResponseFormat) -> Self {
        self.settings.response_format = format;
        self
    }

    /// Sets the clock that decides when tokens expire; the system clock by default.
    pub fn clock(mut self, clock: ManualClock) -> Self {
        self.settings.clock = Some(clock);
        self
    }

    /// Sets the address to listen on; a free port of 127.0.0.1 by default.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Sets the initial fault plan; [`Sandbox::set_faults`] replaces it later.
    pub fn faults(mut self, plan: impl Into<FaultPlan>) -> Self {
        self.faults = plan.into();
        self
    }

    /// Seeds the random numbers of [`FaultRule::chance`](crate::FaultRule::chance), 0 by default. They
    /// restart when a plan is set.
    pub fn fault_seed(mut self, seed: u64) -> Self {
        self.fault_seed = seed;
        self
    }

    /// Calls `observer` with every exchange, just before its response is sent. It runs on the
    /// connection's task, so it must not block.
    pub fn observe(mut self, observer: impl Fn(&Exchange) + Send + Sync + 'static) -> Self {
        self.settings.observer = Some(Arc::new(observer));
        self
    }

    /// Binds the address and serves on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// If a setting is out of range, or the address cannot be bound.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        self.check()?;
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
            store: Store::default(),
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
        // The app key is sent as a header, the secret in JSON.
        let app_key = &self.settings.app_key;
        if app_key.is_empty() || http::HeaderValue::from_str(app_key).is_err() {
            return Err(StartError::AppKey);
        }
        if self.settings.app_secret.is_empty() {
            return Err(StartError::AppSecret);
        }
        Ok(())
    }
}

/// A sandbox could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The access token lifetime is out of range.
    #[error("access_token_lifetime is {0:?}; use whole seconds from 1 to 3600")]
    AccessTokenLifetime(Duration),
    /// The session token lifetime is out of range.
    #[error("session_token_lifetime is {0:?}; use 1 second to 24 hours")]
    SessionTokenLifetime(Duration),
    /// The app key is empty or not a valid header value.
    #[error("app_key is empty or contains a control character; use printable text")]
    AppKey,
    /// The app secret is empty.
    #[error("app_secret is empty; use a non-empty text")]
    AppSecret,
    /// The address cannot be bound.
    #[error("cannot listen on {0}; choose a free address, or port 0 for any free port")]
    Listen(SocketAddr, #[source] io::Error),
}
