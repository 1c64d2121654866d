//! DNS and TCP.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ccmessaging_client::BaseUrl;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::finding::Verdict;
use crate::progress::Waiting;

/// The longest wait for a name's addresses.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(10);

const CHECK_NAME: &str = "check the host in the URL; if it is right, check this machine's DNS \
     settings (inside a private network the name may be known there only)";

/// Finds the addresses of the URL's host.
pub(super) async fn resolve(url: &BaseUrl) -> Result<(Vec<SocketAddr>, Verdict), Verdict> {
    let host = bare_host(url);
    let _waiting = Waiting::new("DNS", RESOLVE_TIMEOUT);
    let found = timeout(RESOLVE_TIMEOUT, lookup_host((host, url.port()))).await;
    let addresses: Vec<_> = match found {
        Err(_) => {
            let what = format!("no name server answers the question for {host}");
            return Err(Verdict::wrong(what, CHECK_NAME));
        }
        Ok(Err(error)) => {
            let what = format!("{host} has no address: {error}");
            return Err(Verdict::wrong(what, CHECK_NAME));
        }
        Ok(Ok(addresses)) => addresses.collect(),
    };
    if addresses.is_empty() {
        let what = format!("{host} has no address");
        return Err(Verdict::wrong(what, CHECK_NAME));
    }
    if host.parse::<IpAddr>().is_ok() {
        return Ok((
            addresses,
            Verdict::Skipped("the URL has an address, not a name"),
        ));
    }
    let list: Vec<String> = addresses
        .iter()
        .map(|address| address.ip().to_string())
        .collect();
    let verdict = Verdict::Fine(format!("{host} is {}", list.join(", ")));
    Ok((addresses, verdict))
}

/// Connects to the first of the addresses that lets it.
pub(super) async fn connect(
    url: &BaseUrl,
    addresses: &[SocketAddr],
    limit: Duration,
) -> Result<(TcpStream, Verdict), Verdict> {
    let mut last = Verdict::Skipped("there is no address");
    for &address in addresses {
        let _waiting = Waiting::new("TCP", limit);
        match timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                let verdict = Verdict::Fine(format!("{address} takes connections"));
                return Ok((stream, verdict));
            }
            Ok(Err(error)) => last = not_connected(url, address, &error),
            Err(_) => {
                last = Verdict::wrong(
                    format!("{address} does not answer within {} ms", limit.as_millis()),
                    "check that a firewall or a security group lets this machine out to that \
                     address and port; UPSTREAM_CONNECT_TIMEOUT_MS sets the longest wait",
                );
            }
        }
    }
    Err(last)
}

fn not_connected(url: &BaseUrl, address: SocketAddr, error: &io::Error) -> Verdict {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Verdict::wrong(
            format!("{address} refuses connections: nothing listens there"),
            format!(
                "check the port {} in the URL, and that the service runs",
                url.port()
            ),
        ),
        _ => Verdict::wrong(
            format!("{address} cannot be reached: {error}"),
            "check this machine's route to the network of that address",
        ),
    }
}

/// The host without the brackets of an IPv6 address.
pub(super) fn bare_host(url: &BaseUrl) -> &str {
    url.host().trim_start_matches('[').trim_end_matches(']')
}
