//! The settings of a sandbox.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::call::Exchange;
use crate::chat::Chats;
use crate::clock::ManualClock;
use crate::faults::{ActiveFaults, FaultPlan};
use crate::sandbox::Sandbox;
use crate::store::Store;
use crate::tokens::{RotationPolicy, Tokens};
use crate::upstream::{Counters, Settings, Upstream};

/// The longest lifetime of an access token: the maximum of `X-Token-Expire`.
const MAX_ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(3600);
/// 4 MiB: the documentation's example limit for video, the largest one.
const MAX_FILE_BYTES: usize = 4 * 1024 * 1024;
/// 2 MiB: the documented limit of a download.
const MAX_DOWNLOAD_BYTES: usize = 2 * 1024 * 1024;

/// Configures and starts a [`Sandbox`].
///
/// By default it listens on a free port of the loopback interface, accepts the app key
/// `sandbox-app-key` with the secret `sandbox-app-secret`, and injects no faults.
#[derive(Debug)]
#[must_use = "a sandbox does nothing until it is started"]
pub struct SandboxBuilder {
    settings: Settings,
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
                rotation: RotationPolicy::never(),
                max_file_bytes: MAX_FILE_BYTES,
                max_download_bytes: MAX_DOWNLOAD_BYTES,
                binds_ids: true,
                clock: None,
                observer: None,
            },
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

    /// Sets the longest lifetime of an access token, in whole seconds; an hour by default, which is
    /// also the maximum.
    ///
    /// A longer `X-Token-Expire` is reduced to this. Without `X-Token-Expire` a token is valid for 600
    /// seconds, or for this lifetime if it is shorter.
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.access_token_lifetime = lifetime.min(MAX_ACCESS_TOKEN_LIFETIME);
        self
    }

    /// Sets when a `ccmessaging-token` is replaced; never by default.
    pub fn rotate_session_token(mut self, policy: RotationPolicy) -> Self {
        self.settings.rotation = policy;
        self
    }

    /// Sets the size of the largest file in bytes, 4 MiB by default. A larger file is rejected with
    /// code `3`.
    pub fn max_file_bytes(mut self, max_file_bytes: usize) -> Self {
        self.settings.max_file_bytes = max_file_bytes;
        self
    }

    /// Sets the size of the largest file that downloadFileStream returns in bytes, 2 MiB by default.
    /// For a larger file it returns code `13`.
    pub fn max_download_bytes(mut self, max_download_bytes: usize) -> Self {
        self.settings.max_download_bytes = max_download_bytes;
        self
    }

    /// Accepts every `from`, `to`, `receiverId`, `userId` and `channelId` with any session
    /// token. By default they must be those of the applyToken call that issued it.
    pub fn unbound_ids(mut self) -> Self {
        self.settings.binds_ids = false;
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
    /// If the address cannot be bound.
    pub async fn start(self) -> io::Result<Sandbox> {
        let listener = TcpListener::bind(self.listen).await?;
        let address = listener.local_addr()?;
        let upstream = Upstream {
            settings: self.settings,
            access_tokens: Tokens::default(),
            session_tokens: Tokens::default(),
            store: Store::default(),
            chats: Chats::default(),
            faults: ActiveFaults::new(self.faults, self.fault_seed),
            counters: Counters::default(),
        };
        Ok(Sandbox::serve(Arc::new(upstream), listener, address))
    }
}
