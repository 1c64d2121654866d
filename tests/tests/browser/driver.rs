//! The program that starts and controls a browser. Each test has its own, because most drivers only
//! support one session at a time.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::artefacts;
use crate::engine::{Engine, Programs};

const START_LIMIT: Duration = Duration::from_secs(30);
const ATTEMPTS: usize = 3;

/// The pause between two attempts to reach a driver that is starting.
const POLL: Duration = Duration::from_millis(20);

/// A running driver; it is killed when dropped.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    url: String,
}

impl Driver {
    /// Starts it on a free port. What it prints goes to the artefact `NAME.driver.log`.
    pub(crate) async fn start(programs: &Programs, name: &str) -> Self {
        // Another program may take the port before the driver does, which then ends.
        for _ in 0..ATTEMPTS {
            let address = free_address();
            let mut child = spawn(programs, address, name);
            let is_listening = async {
                tokio::select! {
                    () = reached(address) => true,
                    _ = child.wait() => false,
                }
            };
            if timeout(START_LIMIT, is_listening).await == Ok(true) {
                let url = format!("http://{address}");
                return Self { child, url };
            }
        }
        panic!("the driver does not listen; see {name}.driver.log");
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Ends it. The browser has to be closed before.
    pub(crate) async fn stop(mut self) {
        self.child.kill().await.expect("a process to kill");
    }
}

fn spawn(programs: &Programs, address: SocketAddr, name: &str) -> Child {
    let log = artefacts::create(&format!("{name}.driver.log"));
    let errors = log.try_clone().expect("a file");
    Command::new(&programs.driver)
        .args(arguments(programs.engine, address.port()))
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{} does not start: {error}", programs.driver.display()))
}

/// Returns a free address, because not every driver chooses a port and reports it.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address")
}

fn arguments(engine: Engine, port: u16) -> Vec<String> {
    let mut arguments = vec![format!("--port={port}")];
    if engine == Engine::Firefox {
        // Its other ports are for any free one too, so that several can run.
        arguments.push("--marionette-port=0".to_owned());
        arguments.push("--websocket-port=0".to_owned());
    }
    arguments
}

async fn reached(address: SocketAddr) {
    while TcpStream::connect(address).await.is_err() {
        sleep(POLL).await;
    }
}
