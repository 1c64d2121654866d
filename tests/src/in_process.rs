//! The gateway's service in the test's own process, so that a test can hand in the time.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use upload_file_stream::server::Server;
use upload_file_stream::{Clock, Config, Gateway, router};

use crate::http_client::{http_client, send_http};
use crate::{Answer, Request};

/// A clock that stands still until it is advanced; clones share one time.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<Mutex<Instant>>);

impl Default for TestClock {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl TestClock {
    /// Lets this much time pass.
    ///
    /// # Panics
    ///
    /// Never: no holder of its lock panics.
    pub fn advance(&self, time: Duration) {
        *self.0.lock().expect("no holder panics") += time;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        *self.0.lock().expect("no holder panics")
    }
}

/// A gateway served over real HTTP by a task of the test.
#[derive(Debug)]
pub struct InProcessGateway {
    address: String,
    client: reqwest::Client,
    server: JoinHandle<std::io::Result<()>>,
}

impl InProcessGateway {
    /// Starts it on a free port with these settings and this clock.
    ///
    /// # Panics
    ///
    /// If the settings cannot be used.
    pub async fn start(settings: &[(&str, &str)], clock: TestClock) -> Self {
        let vars = settings
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::from_vars(vars).expect("usable settings");
        let gateway = Gateway::new(&config, Arc::new(clock)).expect("usable settings");
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = Server::bind(any_port, config.connections)
            .await
            .expect("a free port");
        let address = server.address().to_string();
        let router = router(Arc::new(gateway));
        Self {
            address,
            client: http_client(),
            server: tokio::spawn(server.serve(router, std::future::pending())),
        }
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: &Request) -> Answer {
        let body = request.body.clone().into();
        send_http(&self.client, &self.address, request, body).await
    }
}

impl Drop for InProcessGateway {
    fn drop(&mut self) {
        self.server.abort();
    }
}
