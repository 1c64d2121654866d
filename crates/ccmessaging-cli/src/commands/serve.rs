//! `serve`: the gateway on this machine.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use ccmessaging_client::UPLOAD_PATH;
use ccmessaging_gateway::server::{STOP_TIMEOUT, Server, StopSignal, Workers};
use ccmessaging_gateway::{Gateway, init_logging, refuse_malformed};
use clap::Args;
use tokio::sync::oneshot;

use crate::deployment::{Deployment, UpstreamOptions, cannot_listen, parse_listen};
use crate::failure::Failure;
use crate::output::print_line;
use crate::page::{self, PageConfig};

/// A one-pixel PNG in Base64.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// The arguments of `serve`.
#[derive(Args, Debug)]
#[command(after_help = "\
If the environment sets UPSTREAM_BASE_URL, the gateway forwards to that upstream, with the same
variables as when it is deployed (APP_KEY, APP_SECRET, TOKEN_BASE_URL and so on). Otherwise, or with
--sandbox, it forwards to a simulated upstream and holds its key, so that a caller only needs a
ccmessaging-token, and serves an upload page at /. LOG_LEVEL and the MAX_..._BYTES variables apply in
both cases. The API's OpenAPI description is at /openapi.json.

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
pub(crate) async fn run(arguments: &ServeArguments) -> Result<ExitCode, Failure> {
    let deployment = Deployment::open(&arguments.upstream).await?;
    let config = &deployment.config;
    let cannot_start = |error: io::Error| Failure::from_error(&error);
    // Standard output only contains the command's results.
    let _log_guard =
        init_logging(config, env!("CARGO_CRATE_NAME"), io::stderr).map_err(cannot_start)?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    if config.metrics.address.is_some() {
        tracing::warn!(
            "METRICS_ADDRESS has no effect here; run `cargo run -p upload-file-stream` for metrics"
        );
    }
    let gateway = Gateway::new(config).map_err(|error| Failure::from_error(&error))?;
    let gateway = Arc::new(gateway);
    let listen = arguments.listen.unwrap_or(config.listen);
    let server =
        Server::bind(listen, config.connections).map_err(|error| cannot_listen(listen, &error))?;
    let mut pages = page::description();
    if let Some(sandbox) = &deployment.sandbox {
        let page = PageConfig {
            ticket_key: deployment.ticket_key.clone(),
            faults: sandbox.faults(),
            is_local: server.address().ip().is_loopback(),
        };
        pages = pages.merge(page::router(sandbox, page));
    }
    let pages = pages.layer(from_fn(refuse_malformed));
    let add_pages = |router: Router| router.merge(pages.clone());
    let workers = Workers::start().map_err(cannot_start)?;
    let mut signals = StopSignal::listen().map_err(cannot_start)?;
    announce(server.address(), &deployment)?;
    let (stop, stopped) = oneshot::channel();
    let two_signals = async {
        signals.received().await;
        eprintln!(
            "stopping: requests in flight get up to {} s; Ctrl-C again ends them",
            STOP_TIMEOUT.as_secs()
        );
        // The server is there as long as this future is.
        let _ = stop.send(());
        signals.received().await;
    };
    let stopped = async {
        let _ = stopped.await;
    };
    tokio::select! {
        () = two_signals => {
            workers.stop().await;
            eprintln!("ended with requests in flight");
            Ok(ExitCode::FAILURE)
        }
        () = server.serve_gateway(gateway, workers.clone(), add_pages, stopped) => Ok(ExitCode::SUCCESS),
    }
}

/// Prints the gateway's address and a command that uploads an image.
fn announce(address: SocketAddr, deployment: &Deployment) -> Result<(), Failure> {
    // Credentials that the gateway does not add are variables of the shell.
    let headers = match (&deployment.sandbox, &deployment.config.managed) {
        (Some(sandbox), _) => &format!("-H 'ccmessaging-token: {}'", sandbox.issue_session_token()),
        (None, Some(_)) => "-H \"ccmessaging-token: $CCMESSAGING_TOKEN\"",
        (None, None) => {
            "-H \"ccmessaging-token: $CCMESSAGING_TOKEN\" \
             -H \"x-app-key: $APP_KEY\" -H \"Authorization: Bearer $ACCESS_TOKEN\""
        }
    };
    print_line(format_args!("gateway:  http://{address}"))?;
    if deployment.sandbox.is_some() {
        print_line(format_args!("page:     http://{address}/"))?;
    }
    print_line(format_args!("upstream: {deployment}"))?;
    print_line("upload an image (Ctrl-C stops the gateway):")?;
    print_line(format_args!(
        "curl -sS http://{address}{UPLOAD_PATH} {headers} -H 'Content-Type: application/json' \
         -w '\\n' -d '{{\"fileType\":\"png\",\"fileStream\":\"{PIXEL}\",\"channel\":\"WEB\"}}'"
    ))
}
