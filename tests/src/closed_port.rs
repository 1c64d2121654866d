//! An address that refuses connections.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A port at which nobody listens while this is held: bound, so that nobody else is given it.
#[derive(Debug)]
pub struct ClosedPort(TcpSocket);

impl ClosedPort {
    /// Any port of the loopback interface.
    pub fn reserve() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        socket.bind(any_port).expect("a free port");
        Self(socket)
    }

    /// Host and port.
    pub fn address(&self) -> String {
        self.0.local_addr().expect("an address").to_string()
    }

    /// A base URL there, without TLS.
    pub fn uri(&self) -> String {
        format!("http://{}", self.address())
    }
}
