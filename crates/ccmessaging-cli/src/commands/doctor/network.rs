//! DNS and TCP.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ccmessaging_client::BaseUrl;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::finding::Verdict;

/// The longest wait for a name's addresses.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(10);

const CHECK_NAME: &str = "check the host in the URL; if it is right, check this machine's DNS \
     settings (the name may only exist inside a private network)";

/// Resolves the URL's host. Without addresses, the verdict is what is wrong.
pub(super) async fn resolve(url: &BaseUrl) -> (Vec<SocketAddr>, Verdict) {
    let host = bare_host(url);
    let problem = match timeout(RESOLVE_TIMEOUT, lookup_host((host, url.port()))).await {
        Err(_) => format!("no name server responds to the query for {host}"),
        Ok(Err(error)) => format!("{host} has no address: {error}"),
        Ok(Ok(addresses)) => {
            let addresses: Vec<_> = addresses.collect();
            if host.parse::<IpAddr>().is_ok() {
                let verdict = Verdict::Unneeded("the URL has an address, not a name");
                return (addresses, verdict);
            }
            if !addresses.is_empty() {
                let list: Vec<_> = addresses.iter().map(|one| one.ip().to_string()).collect();
                let verdict = Verdict::Fine(format!("{host} is {}", list.join(", ")));
                return (addresses, verdict);
            }
            format!("{host} has no address")
        }
    };
    (Vec::new(), Verdict::wrong(problem, CHECK_NAME))
}

/// Connects to the first address that accepts the connection. Without a connection, the verdict is
/// what is wrong with the last address.
pub(super) async fn connect(
    url: &BaseUrl,
    addresses: &[SocketAddr],
    limit: Duration,
) -> (Option<TcpStream>, Verdict) {
    let mut last = Verdict::Skipped("there is no address");
    for &address in addresses {
        match timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                let verdict = Verdict::Fine(format!("{address} accepts connections"));
                return (Some(stream), verdict);
            }
            Ok(Err(error)) => last = not_connected(url, address, &error),
            Err(_) => {
                last = Verdict::wrong(
                    format!("{address} does not respond within {} ms", limit.as_millis()),
                    "check that no firewall or security group blocks connections from this machine \
                     to that address and port; UPSTREAM_CONNECT_TIMEOUT_MS sets the longest wait",
                );
            }
        }
    }
    (None, last)
}

fn not_connected(url: &BaseUrl, address: SocketAddr, error: &io::Error) -> Verdict {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Verdict::wrong(
            format!("{address} refuses connections"),
            format!(
                "check the port {} in the URL, and that the service runs",
                url.port()
            ),
        ),
        _ => Verdict::wrong(
            format!("cannot connect to {address}: {error}"),
            "check this machine's route to the network of that address",
        ),
    }
}

/// Returns the host without the brackets of an IPv6 address.
pub(super) fn bare_host(url: &BaseUrl) -> &str {
    url.host().trim_start_matches('[').trim_end_matches(']')
}
