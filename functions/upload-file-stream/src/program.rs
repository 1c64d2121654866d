//! The program `bootstrap`: configuration, gateway, and the platform that the environment asks for.

use std::fmt::Display;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use ccmessaging_client::SystemClock;

use crate::config::{Config, ConnectionConfig};
use crate::lambda::serve_lambda;
use crate::routes::{Gateway, metrics_router, router};
use crate::server::{Server, stop_signal};
use crate::telemetry;

/// Runs the program in this process's environment.
///
/// Under a Lambda runtime it serves invocations, else HTTP on `LISTEN_ADDRESS`. A configuration
/// that cannot be used ends it at once with code 2 and a sentence that names the variable.
#[must_use]
pub fn main() -> ExitCode {
    // A name that is not Unicode is none of the program's own. A value that is not is made one that
    // no setting takes.
    let vars = std::env::vars_os().filter_map(|(name, value)| {
        Some((
            name.into_string().ok()?,
            value.to_string_lossy().into_owned(),
        ))
    });
    let config = match Config::from_vars(vars) {
        Ok(config) => config,
        Err(error) => return fail(2, &error),
    };
    telemetry::init(config.log);
    telemetry::report_panics();
    for notice in &config.notices {
        tracing::warn!("{notice}");
    }
    let gateway = match Gateway::new(&config, Arc::new(SystemClock)) {
        Ok(gateway) => Arc::new(gateway),
        Err(error) => return fail(2, &error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &error),
    };
    let served = runtime.block_on(async {
        gateway.credentials().prefetch();
        if config.is_lambda {
            let served = serve_lambda(router(gateway)).await;
            served.map_err(|error| Box::new(error) as _)
        } else {
            serve_http(&config, gateway).await
        }
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(1, &error),
    }
}

/// Serves HTTP until the process is asked to stop.
async fn serve_http(config: &Config, gateway: Arc<Gateway>) -> Result<(), Box<dyn Display>> {
    if let Some(address) = config.metrics.address {
        let server = listen(address, config.connections).await?;
        tracing::info!(address = %server.address(), "serving metrics");
        // Until the process ends: the last uploads are counted too.
        let metrics = metrics_router(Arc::clone(&gateway));
        tokio::spawn(server.serve(metrics, std::future::pending()));
    }
    let server = listen(config.listen, config.connections).await?;
    tracing::info!(address = %server.address(), upstream = %config.client.base_url, "listening");
    server.serve(router(gateway), stop_signal()).await;
    Ok(())
}

async fn listen(
    address: SocketAddr,
    connections: ConnectionConfig,
) -> Result<Server, Box<dyn Display>> {
    Server::bind(address, connections)
        .await
        .map_err(|error| Box::new(format!("cannot listen on {address}: {error}")) as _)
}

fn fail(code: u8, error: &dyn Display) -> ExitCode {
    eprintln!("bootstrap: {error}");
    ExitCode::from(code)
}
