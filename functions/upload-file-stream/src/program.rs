//! The program `bootstrap`: configuration, gateway, and the door that the environment asks for.

use std::fmt::Display;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::runtime::Builder;

use crate::config::{Config, ConnectionConfig};
use crate::door::{Server, serve_lambda, stop_signal};
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
    // An instance of a Lambda function serves one invocation at a time.
    let mut runtime = if is_lambda {
        Builder::new_current_thread()
    } else {
        Builder::new_multi_thread()
    };
    let runtime = match runtime.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &error),
    };
    let served: Result<(), Box<dyn Display>> = runtime.block_on(async {
        gateway.credentials().prefetch();
        let metrics = metrics_router(Arc::clone(&gateway));
        let router = router(gateway);
        // Its call goes out before the first event is asked for; nothing here waits for the answer.
        tokio::task::yield_now().await;
        if is_lambda {
            return serve_lambda(router).await.map_err(|error| Box::new(error) as _);
        }
        let observed = match config.metrics.address {
            Some(address) => Some(listen(address, config.connections).await?),
            None => None,
        };
        let server = listen(config.listen, config.connections).await?;
        if let Some(observed) = observed {
            tracing::info!(address = %observed.address(), "serving metrics");
            // Until the process ends: the last uploads are counted too.
            tokio::spawn(observed.serve(metrics, std::future::pending()));
        }
        allocator::keep_freed_memory();
        tracing::info!(address = %server.address(), upstream = %config.upstream.base_url, "listening");
        server.serve(router, stop_signal()).await;
        Ok(())
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(1, &error),
    }
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
