//! The ports of the machine that the gateway runs on, and its malware scanner.

use std::io;
use std::net::SocketAddr;

use ccmessaging_gateway::config::{Config, ScanConfig};
use ccmessaging_gateway::probe_scanner;
use tokio::net::TcpListener;

use super::finding::Verdict;

/// Binds the addresses that the gateway listens on, for a moment. They may belong to another machine, or
/// to a gateway that runs, so a failure only is a warning.
pub(super) async fn ports(config: &Config) -> Verdict {
    if config.is_lambda {
        return Verdict::Unneeded("a Lambda function has no ports");
    }
    let listen = ("LISTEN_ADDRESS", Some(config.listen));
    let metrics = ("METRICS_ADDRESS", config.metrics.address);
    let mut free = Vec::new();
    for (setting, address) in [listen, metrics] {
        let Some(address) = address else { continue };
        match TcpListener::bind(address).await {
            Ok(_) => free.push(address.to_string()),
            Err(error) => return not_free(setting, address, &error),
        }
    }
    Verdict::Fine(format!("the gateway can listen on {}", free.join(" and ")))
}

fn not_free(setting: &str, address: SocketAddr, error: &io::Error) -> Verdict {
    Verdict::Doubtful(match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "{setting}: {address} is in use; unless the gateway runs on this machine, set another port"
        ),
        _ => format!("{setting}: this machine cannot listen on {address}: {error}"),
    })
}

/// Scans a harmless text.
pub(super) async fn scanner(config: Option<&ScanConfig>) -> Verdict {
    let Some(config) = config else {
        return Verdict::Unneeded("SCAN_CLAMD is not set");
    };
    match probe_scanner(config).await {
        Ok(()) => Verdict::Fine("clamd scans a harmless text".to_owned()),
        Err(reason) => Verdict::wrong(
            reason,
            "check that clamd runs, that SCAN_CLAMD is its address, and that no firewall or network \
             policy blocks the connection",
        ),
    }
}
