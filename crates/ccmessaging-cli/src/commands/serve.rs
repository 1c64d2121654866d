//! `serve`: the gateway on this machine.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use upload_file_stream::server::{Server, stop_signal};
use upload_file_stream::{Gateway, SystemClock, router};

use crate::deployment::{Deployment, UpstreamOptions};
use crate::example::{ExampleCredentials, upload_command};
use crate::failure::Failure;
use crate::runtime::block_on;
use crate::{logging, page};

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
  ccmessaging serve --listen 127.0.0.1:0 --storage uploads
  ccmessaging serve --faults '[{\"when\":{\"first\":2},\"fault\":{\"status\":{\"code\":503}}}]' --rotation every-call
  UPSTREAM_BASE_URL=https://service.besclouds.com APP_KEY=... APP_SECRET_FILE=secret.txt ccmessaging serve")]
pub(crate) struct ServeArguments {
    /// The address to listen on, port 0 for any free one [default: `LISTEN_ADDRESS`, or
    /// 127.0.0.1:8000].
    #[arg(long, value_name = "ADDRESS:PORT")]
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
        let mut router = router(Arc::new(gateway)).merge(page::description());
        if let Some(sandbox) = &deployment.sandbox {
            router = router.merge(page::router(Arc::clone(sandbox), &config.policy.limits));
        }
        let listen = arguments.listen.unwrap_or(config.listen);
        let server = Server::bind(listen, config.connections)
            .await
            .map_err(|error| {
                Failure::new(format!(
                    "cannot listen on {listen}: {error}; choose another address with --listen"
                ))
            })?;
        announce(server.address(), &deployment)?;
        server.serve(router, stop_signal()).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Says where the gateway is and how to try it.
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
    let mut out = io::stdout().lock();
    writeln!(out, "gateway:  http://{address}")?;
    if deployment.sandbox.is_some() {
        writeln!(out, "page:     http://{address}/")?;
    }
    writeln!(out, "upstream: {deployment}")?;
    writeln!(
        out,
        "\nUpload an image (Ctrl-C stops the gateway):\n\n{command}\n"
    )?;
    out.flush()
}
