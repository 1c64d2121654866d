//! The program `bootstrap`: reads the configuration and serves on the platform that the environment selects.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ccmessaging_client::Deadline;
use tokio::runtime::{Builder, Runtime};

use ccmessaging_gateway::config::{Config, ConnectionConfig, environment};
use ccmessaging_gateway::server::{Server, StopSignal, Workers};
use ccmessaging_gateway::{
    Gateway, HEALTH_PATH, check_health, init_logging, metrics_router, report_panics, router,
};

use crate::arguments::{Arguments, VERSION_LINE, help};
use crate::lambda::serve_lambda;

/// The time that `--check` waits for a response.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// Runs the program with the arguments and environment of this process.
///
/// Without arguments, it serves invocations on Lambda and HTTP on `LISTEN_ADDRESS` elsewhere. An invalid
/// configuration ends it at once with exit code 2 and a sentence that names the variable.
#[must_use]
pub fn main() -> ExitCode {
    match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(Arguments::Serve) => serve(),
        Ok(Arguments::Help) => print(&help()),
        Ok(Arguments::Version) => print(VERSION_LINE),
        Ok(Arguments::Check { url }) => check(url),
        Err(sentence) => fail(2, &sentence),
    }
}

fn print(text: &str) -> ExitCode {
    // If standard output is closed, that cannot be reported anywhere.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
    ExitCode::SUCCESS
}

/// Checks the health of a server on this machine, for container images without a shell.
fn check(url: Option<String>) -> ExitCode {
    let url = match url {
        Some(url) => url,
        None => match Config::listen_address(environment()) {
            Ok(address) => format!("http://{address}{HEALTH_PATH}"),
            Err(error) => return fail(2, &error),
        },
    };
    let runtime = match new_runtime() {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &error),
    };
    match runtime.block_on(check_health(&url, Deadline::after(CHECK_TIMEOUT))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => fail(1, &format!("{url}: {reason}")),
    }
}

fn serve() -> ExitCode {
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => return fail(2, &error),
    };
    let _log_guard = match init_logging(&config, env!("CARGO_CRATE_NAME"), io::stdout) {
        Ok(guard) => guard,
        Err(error) => return fail(1, &format!("cannot start the log: {error}")),
    };
    report_panics();
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let gateway = match Gateway::new(&config) {
        Ok(gateway) => Arc::new(gateway),
        Err(error) => return fail(2, &error),
    };
    let served = if config.is_lambda {
        serve_lambda_events(gateway)
    } else {
        serve_http(&config, &gateway)
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(1, &error),
    }
}

fn serve_lambda_events(gateway: Arc<Gateway>) -> Result<(), Box<dyn Error>> {
    let runtime = new_runtime()?;
    runtime.block_on(async {
        tracing::info!(version = env!("CARGO_PKG_VERSION"), "starting");
        gateway.prefetch_token();
        serve_lambda(router(gateway))
            .await
            .map_err(|error| error as Box<dyn Error>)
    })
}

/// Serves HTTP until the process is asked to stop.
fn serve_http(config: &Config, gateway: &Arc<Gateway>) -> Result<(), Box<dyn Error>> {
    let runtime = new_runtime()?;
    let served = runtime.block_on(async {
        let mut stop_signal = StopSignal::listen()?;
        let workers = Workers::start()?;
        gateway.prefetch_token();
        if let Some(address) = config.metrics.address {
            let server = listen("METRICS_ADDRESS", address, config.connections)?;
            tracing::info!(address = %server.address(), "serving metrics");
            let metrics = metrics_router(Arc::clone(gateway));
            // Served until the process ends, so that scrapes during a stop include the last uploads.
            tokio::spawn(server.serve(metrics, workers.clone(), std::future::pending()));
        }
        let server = listen("LISTEN_ADDRESS", config.listen, config.connections)?;
        tracing::info!(
            version = env!("CARGO_PKG_VERSION"),
            address = %server.address(),
            upstream = %config.client.base_url,
            "listening"
        );
        let gateway = Arc::clone(gateway);
        server
            .serve_gateway(gateway, workers, |router| router, stop_signal.received())
            .await;
        Ok(())
    });
    // Without waiting for DNS lookups, which may block for seconds.
    runtime.shutdown_background();
    served
}

/// Creates a runtime on the current thread.
fn new_runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Binds the address of a setting.
fn listen(
    setting: &str,
    address: SocketAddr,
    connections: ConnectionConfig,
) -> Result<Server, Box<dyn Error>> {
    Server::bind(address, connections)
        .map_err(|error| format!("{setting}: cannot listen on {address}: {error}").into())
}

fn fail(code: u8, error: &dyn Display) -> ExitCode {
    eprintln!("bootstrap: {error}");
    ExitCode::from(code)
}
