//! `sandbox`: runs the simulated upstream alone.

use std::net::SocketAddr;
use std::process::ExitCode;

use ccmessaging_gateway::server::StopSignal;
use ccmessaging_sandbox::{Exchange, Sandbox};
use clap::Args;

use crate::deployment::{cannot_listen, parse_listen};
use crate::failure::Failure;
use crate::output::print_line;
use crate::simulator::SimulatorOptions;

/// The arguments of `sandbox`.
#[derive(Args, Debug)]
#[command(after_help = "\
Prints the address, the credentials and a new session token as variables of the gateway and of this
program, then one line for every call.

Examples:
  ccmessaging sandbox
  ccmessaging sandbox --listen 127.0.0.1:0 --app-key key --app-secret other
  ccmessaging sandbox --faults '[{\"call\":\"uploadFileStream\",\"when\":{\"chance\":0.2},\"fault\":\"reset\"}]'
  ccmessaging sandbox --faults '[{\"fault\":{\"status\":{\"code\":503}}}]' --rotation every-call-strict")]
pub(crate) struct SandboxArguments {
    /// The address to listen on, or a port of 127.0.0.1; port 0 is any free one.
    #[arg(long, value_name = "[ADDRESS:]PORT", default_value = "127.0.0.1:8001", value_parser = parse_listen)]
    listen: SocketAddr,

    /// The only app key that is accepted [default: sandbox-app-key].
    #[arg(long, value_name = "KEY")]
    app_key: Option<String>,

    /// The secret of the app key [default: sandbox-app-secret].
    #[arg(long, value_name = "SECRET")]
    app_secret: Option<String>,

    /// A further ccmessaging-token to accept, in addition to the printed one.
    #[arg(long, value_name = "TOKEN")]
    session_token: Option<String>,

    #[command(flatten)]
    simulator: SimulatorOptions,
}

/// Serves until interrupted.
pub(crate) async fn run(arguments: &SandboxArguments) -> Result<ExitCode, Failure> {
    let mut builder = arguments
        .simulator
        .builder()
        .listen(arguments.listen)
        .observe(print_exchange);
    if let Some(app_key) = &arguments.app_key {
        builder = builder.app_key(app_key);
    }
    if let Some(app_secret) = &arguments.app_secret {
        builder = builder.app_secret(app_secret);
    }
    let sandbox = builder
        .start()
        .await
        .map_err(|error| cannot_listen(arguments.listen, &error))?;
    if let Some(token) = &arguments.session_token {
        sandbox.accept_session_token(token);
    }
    let mut stop_signal = StopSignal::listen().map_err(|error| Failure::from_error(&error))?;
    announce(&sandbox)?;
    stop_signal.received().await;
    Ok(ExitCode::SUCCESS)
}

fn announce(sandbox: &Sandbox) -> Result<(), Failure> {
    let token = sandbox.issue_session_token();
    print_line(format_args!("UPSTREAM_BASE_URL={}", sandbox.base_url()))?;
    print_line(format_args!("APP_KEY={}", sandbox.app_key()))?;
    print_line(format_args!("APP_SECRET={}", sandbox.app_secret()))?;
    print_line(format_args!("CCMESSAGING_TOKEN={token}"))
}

fn print_exchange(exchange: &Exchange) {
    // The sandbox must keep responding if standard output is closed.
    let _ = print_line(exchange);
}
