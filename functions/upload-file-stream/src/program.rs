//! The program `bootstrap`: configuration, gateway, and the platform that the environment asks for.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ccmessaging_client::{BaseUrl, Deadline, SystemClock};
use http::{HeaderMap, StatusCode};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use ccmessaging_gateway::config::{Config, ConnectionConfig};
use ccmessaging_gateway::server::{Server, StopSignal};
use ccmessaging_gateway::{
    Gateway, HEALTH_PATH, init_logging, local_http, metrics_router, report_panics, router,
};

use crate::arguments::{Arguments, VERSION_LINE, help};
use crate::lambda::serve_lambda;

/// How long `--check` waits for an answer.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// How many tasks are polled before new events are looked at.
const TASKS_BETWEEN_EVENTS: u32 = 4;

/// Runs the program with this process's arguments, of which it needs none, and environment.
///
/// Under a Lambda runtime it serves invocations, else HTTP on `LISTEN_ADDRESS`. A configuration
/// that cannot be used ends it at once with code 2 and a sentence that names the variable.
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
    // Nobody is there to be told that standard output is gone.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
    ExitCode::SUCCESS
}

/// Asks the server on this machine whether it is healthy, for containers without a shell.
fn check(url: Option<String>) -> ExitCode {
    let url = match url {
        Some(url) => url,
        None => match Config::listen_address(environment()) {
            Ok(address) => format!("http://{address}{HEALTH_PATH}"),
            Err(error) => return fail(2, &error),
        },
    };
    match ask(&url) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => fail(1, &format!("{url}: {reason}")),
    }
}

fn ask(url: &str) -> Result<(), String> {
    let uri: http::Uri = url.parse().map_err(|_| "it is no URL".to_owned())?;
    BaseUrl::allowing_http(url).map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let deadline = Deadline::after(CHECK_TIMEOUT);
    let response =
        runtime.block_on(async { local_http::get(&uri, HeaderMap::new(), deadline).await });
    match response?.status {
        StatusCode::OK => Ok(()),
        status => Err(format!("status {}", status.as_u16())),
    }
}

/// The process's environment. A name that is not Unicode is none of the program's own. A value that
/// is not is made one that no setting takes.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| {
        Some((
            name.into_string().ok()?,
            value.to_string_lossy().into_owned(),
        ))
    })
}

fn serve() -> ExitCode {
    let config = match Config::from_vars(environment()) {
        Ok(config) => config,
        Err(error) => return fail(2, &error),
    };
    init_logging(config.log, env!("CARGO_CRATE_NAME"));
    report_panics();
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let gateway = match Gateway::new(&config, Arc::new(SystemClock)) {
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
        gateway.credentials().prefetch();
        serve_lambda(router(gateway))
            .await
            .map_err(|error| error as Box<dyn Error>)
    })
}

/// Serves HTTP on every processor, until the process is asked to stop.
///
/// Each processor has a thread with a runtime and upstream connections of its own, so that an upload
/// stays on its thread: one runtime for all would wake another thread for most of its steps.
fn serve_http(config: &Config, gateway: &Arc<Gateway>) -> Result<(), Box<dyn Error>> {
    let runtime = new_runtime()?;
    let (server, mut stop_signal) = runtime.block_on(async {
        let stop_signal = StopSignal::listen()?;
        gateway.credentials().prefetch();
        if let Some(address) = config.metrics.address {
            let server = listen(address, config.connections, || false)?;
            tracing::info!(address = %server.address(), "serving metrics");
            // Until the process ends: the last uploads are counted too.
            let metrics = metrics_router(Arc::clone(gateway));
            tokio::spawn(server.serve(metrics, std::future::pending()));
        }
        let admitting = Arc::clone(gateway);
        let end_request = move || admitting.evict_slowest();
        let server = listen(config.listen, config.connections, end_request)?;
        Ok::<_, Box<dyn Error>>((server, stop_signal))
    })?;
    let (stop, stopped) = watch::channel(());
    let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let address = server.address();
    let mut servers = server.split(processors)?;
    let server = servers.remove(0);
    let threads = (1..)
        .zip(servers)
        .map(|(number, server)| {
            let router = router(Arc::new(gateway.with_own_connections()));
            let mut stopped = stopped.clone();
            let serve = move || {
                let runtime = new_runtime()?;
                let stop = async move { while stopped.changed().await.is_ok() {} };
                let ended = runtime.block_on(server.serve(router, stop));
                // A name that is still being looked up is not waited for.
                runtime.shutdown_background();
                ended
            };
            thread::Builder::new()
                .name(format!("server-{number}"))
                .spawn(serve)
        })
        .collect::<io::Result<Vec<_>>>()?;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        %address,
        upstream = %config.client.base_url,
        "listening"
    );
    let stop = async move {
        stop_signal.received().await;
        // All threads stop to accept connections at the same time.
        drop(stop);
    };
    let ended = runtime.block_on(server.serve(router(Arc::clone(gateway)), stop));
    // Metrics are served until the last thread has ended.
    let ended_elsewhere = runtime.block_on(runtime.spawn_blocking(move || {
        // One that panicked has said so.
        let joined = threads.into_iter().filter_map(|thread| thread.join().ok());
        joined.collect::<io::Result<()>>()
    }));
    runtime.shutdown_background();
    ended?;
    ended_elsewhere??;
    Ok(())
}

/// A runtime for one thread. Events are looked at after every few tasks: with Tokio's own numbers, 61
/// and 31, a short request waits for that many steps of large uploads.
fn new_runtime() -> io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .event_interval(TASKS_BETWEEN_EVENTS)
        .global_queue_interval(TASKS_BETWEEN_EVENTS)
        .build()
}

fn listen(
    address: SocketAddr,
    connections: ConnectionConfig,
    end_request: impl Fn() -> bool + Send + Sync + 'static,
) -> Result<Server, Box<dyn Error>> {
    Server::bind(address, connections, end_request)
        .map_err(|error| format!("cannot listen on {address}: {error}").into())
}

fn fail(code: u8, error: &dyn Display) -> ExitCode {
    eprintln!("bootstrap: {error}");
    ExitCode::from(code)
}
