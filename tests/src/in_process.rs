//! The gateway's service in the test's process, with a clock that the test controls.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use ccmessaging_gateway::server::{Server, Workers};
use ccmessaging_gateway::{Clock, Config, Gateway};
use ccmessaging_sandbox::ManualClock;
use tokio::task::JoinHandle;

use crate::{Answer, Request, http_client};

/// Adapts the sandbox's manual clock to the gateway's.
#[derive(Debug)]
struct Monotonic {
    clock: ManualClock,
    start: (SystemTime, Instant),
}

impl Clock for Monotonic {
    fn now(&self) -> Instant {
        let (start, instant) = self.start;
        instant + self.clock.now().duration_since(start).unwrap_or_default()
    }
}

/// A gateway that a task of the test serves over HTTP.
#[derive(Debug)]
pub struct InProcessGateway {
    address: String,
    client: reqwest::Client,
    server: JoinHandle<()>,
}

impl InProcessGateway {
    /// Starts a gateway on a free port with these settings and this clock.
    pub fn start(settings: &[(&str, &str)], clock: ManualClock) -> Self {
        let vars = settings
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::from_vars(vars).expect("usable settings");
        let start = (clock.now(), Instant::now());
        let clock = Arc::new(Monotonic { clock, start });
        let gateway = Arc::new(Gateway::new(&config, clock).expect("usable settings"));
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = Server::bind(any_port, config.connections);
        let server = server.expect("a free port");
        let workers = Workers::start().expect("threads");
        Self {
            address: server.address().to_string(),
            client: http_client(),
            server: tokio::spawn(server.serve_gateway(
                gateway,
                workers,
                |router| router,
                std::future::pending(),
            )),
        }
    }

    /// Sends a request and reads the complete response.
    pub async fn send(&self, request: &Request) -> Answer {
        request.send(&self.client, &self.address).await
    }
}

impl Drop for InProcessGateway {
    fn drop(&mut self) {
        self.server.abort();
    }
}
