//! `serve`: the gateway on this machine.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ccmessaging_gateway::server::{STOP_TIMEOUT, Server, StopSignal, Workers};
use ccmessaging_gateway::{Gateway, SystemClock, router};
use clap::Args;
use tokio::sync::oneshot;

use crate::deployment::{Deployment, UpstreamOptions, parse_listen};
use crate::example::{ExampleCredentials, upload_command};
use crate::failure::Failure;
use crate::runtime::block_on;
use crate::terminal::printable;
use crate::{logging, page};

/// A generous bound for the time that a stop takes when no request is in flight.
const IDLE_STOP: Duration = Duration::from_millis(200);

/// The arguments of `serve`.
#[derive(Args, Debug)]
#[command(after_help = "\
Where the environment sets UPSTREAM_BASE_URL, the gateway stands in front of that upstream, with the
same variables as when it is deployed (APP_KEY, APP_SECRET, TOKEN_BASE_URL and so on). Otherwise, or
with --sandbox, it stands in front of a simulated one and holds its key, so that a caller needs
nothing but a ccmessaging-token; an upload page is at / then. LOG_LEVEL and the MAX_..._BYTES
variables count in both cases, and the API's OpenAPI description is at /openapi.json.

Examples:
  ccmessaging serve
  ccmessaging serve --listen 127.0.0.1:0
  ccmessaging serve --faults '[{\"when\":{\"first\":2},\"fault\":{\"status\":{\"code\":503}}}]' --rotation every-call
  UPSTREAM_BASE_URL=https://service.besclouds.com APP_KEY=... APP_SECRET_FILE=secret.txt ccmessaging serve")]
pub(crate) struct ServeArguments {
    /// The address to listen on, or a port of 127.0.0.1; port 0 is any free one [default:
    /// `LISTEN_ADDRESS`, or 127.0.0.1:8000].
    #[arg(long, value_name = "[ADDRESS:]PORT", value_parser = parse_listen)]
    listen: Option<SocketAddr>,

    #[command(flatten)]
    upstream: UpstreamOptions,
}

/// Serves until it is interrupted.
pub(crate) fn run(arguments: &ServeArguments) -> Result<ExitCode, Failure> {
    block_on(async {
        let deployment = Deployment::open(&arguments.upstream).await?;
        let config = &deployment.config;
        logging::init(config.log);
        let gateway = Gateway::new(config, Arc::new(SystemClock))
            .map_err(|error| Failure::from_error(&error))?;
        let gateway = Arc::new(gateway);
        let listen = arguments.listen.unwrap_or(config.listen);
        let evicting = Arc::clone(&gateway);
        let evict_slowest = move || evicting.evict_slowest();
        let server = Server::bind(listen, config.connections, evict_slowest).map_err(|error| {
            Failure::with_remedy(
                format!("cannot listen on {listen}: {error}"),
                "choose another address with --listen",
            )
        })?;
        let mut router = router(gateway).merge(page::description());
        if let Some(sandbox) = &deployment.sandbox {
            router = router.merge(page::router(Arc::clone(sandbox), &config.policy.limits));
        }
        let workers = Workers::start()?;
        let stop_signal = StopSignal::listen()?;
        announce(server.address(), &deployment)?;
        let (stop, stopped) = oneshot::channel();
        let serving = server.serve(workers, router, async {
            // The sender is never dropped without sending.
            let _ = stopped.await;
        });
        tokio::select! {
            () = stop_twice(stop_signal, stop) => {
                eprintln!("ended with requests in flight");
                Ok(ExitCode::FAILURE)
            }
            () = serving => Ok(ExitCode::SUCCESS),
        }
    })
}

/// Asks the server to stop at the first signal, and ends at the second.
async fn stop_twice(mut stop_signal: StopSignal, stop: oneshot::Sender<()>) {
    stop_signal.received().await;
    // The receiver lives as long as this function runs.
    let _ = stop.send(());
    tokio::select! {
        () = stop_signal.received() => return,
        // With nothing in flight, the server ends first, and the caller drops this future.
        () = tokio::time::sleep(IDLE_STOP) => {}
    }
    eprintln!(
        "stopping: requests in flight get up to {} s; Ctrl-C again ends them",
        STOP_TIMEOUT.as_secs()
    );
    stop_signal.received().await;
}

/// Prints the gateway's address and a command to try it.
fn announce(address: SocketAddr, deployment: &Deployment) -> io::Result<()> {
    let token = deployment
        .sandbox
        .as_ref()
        .map(|sandbox| sandbox.issue_session_token());
    let credentials = match (&token, &deployment.config.managed) {
        (Some(token), _) => ExampleCredentials::Simulated(token),
        (None, Some(_)) => ExampleCredentials::SessionToken,
        (None, None) => ExampleCredentials::All,
    };
    let command = upload_command(address, credentials);
    let upstream = printable(deployment);
    let mut out = io::stdout().lock();
    writeln!(out, "gateway:  http://{address}")?;
    if deployment.sandbox.is_some() {
        writeln!(out, "page:     http://{address}/")?;
    }
    writeln!(out, "upstream: {upstream}")?;
    writeln!(
        out,
        "\nUpload an image (Ctrl-C stops the gateway):\n\n{command}\n"
    )?;
    out.flush()
}
