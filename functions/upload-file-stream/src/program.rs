//! The program `bootstrap`: configuration, gateway, and the door that the environment asks for.

use std::fmt::Display;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use crate::config::{Config, ConnectionConfig};
use crate::door::{Server, Workers, serve_lambda, stop_signal, worker_runtime};
use crate::service::{Gateway, metrics_router, router};
use crate::{SystemClock, allocator, telemetry};

/// Set by the Lambda platform for every runtime: the address of its API.
const LAMBDA_RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

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
    let gateway = match Gateway::new(&config, Arc::new(SystemClock)) {
        Ok(gateway) => Arc::new(gateway),
        Err(error) => return fail(2, &error),
    };
    let is_lambda = std::env::var_os(LAMBDA_RUNTIME_API).is_some();
    let runtime = match worker_runtime() {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &error),
    };
    let served = runtime.block_on(async {
        gateway.credentials().prefetch();
        // Its call goes out before the first event is asked for; nothing here waits for the answer.
        tokio::task::yield_now().await;
        if is_lambda {
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

/// Serves HTTP with all processors, until the process is asked to stop.
async fn serve_http(config: &Config, gateway: Arc<Gateway>) -> Result<(), Box<dyn Display>> {
    let observed = match config.metrics.address {
        Some(address) => Some(listen(address, config.connections).await?),
        None => None,
    };
    let server = listen(config.listen, config.connections).await?;
    let service = || router(Arc::new(gateway.with_own_connections()));
    let workers = match Workers::for_each_processor(service) {
        Ok(workers) => workers,
        Err(error) => return Err(Box::new(format!("cannot start a thread: {error}"))),
    };
    if let Some(observed) = observed {
        tracing::info!(address = %observed.address(), "serving metrics");
        // Until the process ends: the last uploads are counted too.
        let metrics = metrics_router(Arc::clone(&gateway));
        tokio::spawn(observed.serve(metrics, std::future::pending()));
    }
    allocator::keep_freed_memory();
    tracing::info!(address = %server.address(), upstream = %config.upstream.base_url, "listening");
    server.serve_with(&workers, stop_signal()).await;
    workers.stop();
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
