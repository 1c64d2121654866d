//! The gateway's service in the test's process, on the test's own runtime, whose clock the test controls.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use ccmessaging_gateway::{Config, Gateway, router};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{Answer, Request, http_client};

/// A gateway that a task of the test serves over HTTP.
#[derive(Debug)]
pub struct InProcessGateway {
    address: SocketAddr,
    client: reqwest::Client,
    server: JoinHandle<()>,
    /// Ends the blocking task of a stopped clock when it is dropped.
    stopped_clock: Option<mpsc::Sender<()>>,
}

impl InProcessGateway {
    /// Starts a gateway on a free port with these settings.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        let vars = settings
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::from_vars(vars).expect("usable settings");
        let gateway = Gateway::new(&config).expect("usable settings");
        let router = router(Arc::new(gateway));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        Self {
            address: listener.local_addr().expect("an address"),
            client: http_client(),
            server: tokio::spawn(async {
                axum::serve(listener, router).await.expect("it never ends");
            }),
            stopped_clock: None,
        }
    }

    /// Stops the runtime's clock, which then only advances by [`advance`](Self::advance). No timeout expires.
    #[must_use]
    pub fn with_stopped_clock(mut self) -> Self {
        tokio::time::pause();
        // Tokio would advance a paused clock to the next timeout whenever all tasks wait for sockets, except
        // while a blocking task runs.
        let (sender, receiver) = mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || receiver.recv());
        self.stopped_clock = Some(sender);
        self
    }

    /// Advances the runtime's clock.
    pub async fn advance(&self, time: Duration) {
        let is_running = self.stopped_clock.is_none();
        if is_running {
            tokio::time::pause();
        }
        tokio::time::advance(time).await;
        if is_running {
            tokio::time::resume();
        }
    }

    /// Sends a request and reads the complete response.
    pub async fn send(&self, request: &Request) -> Answer {
        request.send(&self.client, &self.address.to_string()).await
    }
}

impl Drop for InProcessGateway {
    fn drop(&mut self) {
        self.server.abort();
        if self.stopped_clock.is_some() {
            tokio::time::resume();
        }
    }
}
