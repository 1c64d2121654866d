//! A port that refuses connections.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A port that refuses connections: bound, so that no other process can use it, but not listening.
#[derive(Debug)]
pub struct ClosedPort(TcpSocket);

impl ClosedPort {
    /// Reserves a port of the loopback interface.
    pub fn reserve() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        socket.bind(any_port).expect("a free port");
        Self(socket)
    }

    /// Returns host and port.
    pub fn address(&self) -> String {
        self.0.local_addr().expect("an address").to_string()
    }

    /// Returns the base URL without TLS.
    pub fn uri(&self) -> String {
        format!("http://{}", self.address())
    }
}
