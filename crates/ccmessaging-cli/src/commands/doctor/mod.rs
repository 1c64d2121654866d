//! `doctor`: what is wrong with a configuration, step by step from the name to the upload's path.

mod api;
mod finding;
mod network;
mod tls;

use std::borrow::Cow;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use ccmessaging_client::tls::client_config;
use ccmessaging_client::{BaseUrl, ClientConfig};
use clap::Args;

use self::finding::{Finding, Verdict};
use crate::deployment::{Deployment, UpstreamOptions};
use crate::failure::Failure;
use crate::identity::SessionOptions;
use crate::runtime::block_on;
use crate::terminal::print_line;

/// The arguments of `doctor`.
#[derive(Args, Debug)]
#[command(after_help = "\
The configuration is the environment's, in the variables of the gateway. The steps: DNS, TCP and TLS
of the upstream, and of the token service where that is elsewhere; key (tokenByAkSk); session
(applyToken, which needs --channel-id); path (uploadFileStream, asked with a request that is
incomplete on purpose, so that no file is stored). Keys, secrets and tokens are never printed.

Examples:
  ccmessaging doctor --channel-id 1a2b3c
  ccmessaging doctor --sandbox
  ccmessaging doctor --sandbox --faults '[{\"call\":\"tokenByAkSk\",\"fault\":{\"status\":{\"code\":403}}}]'

Exit codes: 0 nothing is wrong; 1 a step found something wrong; 2 wrong usage.")]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    session: SessionOptions,

    #[command(flatten)]
    upstream: UpstreamOptions,
}

/// Tells every finding as soon as it is there.
pub(crate) fn run(arguments: &DoctorArguments) -> Result<ExitCode, Failure> {
    block_on(async {
        let mut findings = Findings::default();
        match Deployment::open_configured(&arguments.upstream).await {
            Ok(deployment) => {
                findings.tell("configuration", describe(&deployment))?;
                examine(&deployment, &arguments.session, &mut findings).await?;
            }
            Err(failure) => findings.tell("configuration", failure.try_into()?)?,
        }
        if findings.wrong.is_empty() {
            print_line("summary: nothing wrong was found")?;
        } else {
            print_line(&format!("summary: wrong: {}", findings.wrong.join(", ")))?;
        }
        Ok(ExitCode::from(u8::from(!findings.wrong.is_empty())))
    })
}

fn describe(deployment: &Deployment) -> Verdict {
    let credentials = if deployment.config.managed.is_some() {
        "with an app key of its own"
    } else {
        "without an app key: callers send their own credentials"
    };
    Verdict::Fine(format!("{deployment}, {credentials}"))
}

async fn examine(
    deployment: &Deployment,
    session: &SessionOptions,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let config = &deployment.config;
    let upstream = &config.client;
    // The gateway reads the file at its start, whether TLS is used or not.
    let tls = match client_config(upstream) {
        Ok(tls) => Arc::new(tls),
        Err(error) => {
            let remedy = "UPSTREAM_CA_FILE names a file of certificates as PEM (-----BEGIN \
                 CERTIFICATE-----): correct the path, or the file";
            return Ok(findings.tell("certificates", Verdict::wrong(error.to_string(), remedy))?);
        }
    };
    let is_reachable = reach(&upstream.base_url, upstream, &tls, "", findings).await?;
    let token_service = config
        .managed
        .as_ref()
        .map(|_| &upstream.token_base_url)
        .filter(|url| {
            (url.host(), url.port()) != (upstream.base_url.host(), upstream.base_url.port())
        });
    let is_token_service_reachable = match token_service {
        Some(url) => reach(url, upstream, &tls, " (token service)", findings).await?,
        None => is_reachable,
    };
    let mut api = match api::Api::new(deployment, session) {
        Ok(api) => api,
        Err(failure) => return Ok(findings.tell("key", failure.try_into()?)?),
    };
    findings.tell("key", api.key(is_token_service_reachable).await)?;
    findings.tell("session", api.session(is_reachable).await)?;
    findings.tell("path", api.path(is_reachable).await)?;
    Ok(())
}

/// The steps below HTTP. Says whether all are fine.
async fn reach(
    url: &BaseUrl,
    config: &ClientConfig,
    tls: &Arc<rustls::ClientConfig>,
    whose: &str,
    findings: &mut Findings,
) -> Result<bool, Failure> {
    let name = |step: &str| format!("{step}{whose}");
    let addresses = match network::resolve(url).await {
        Ok((addresses, verdict)) => {
            findings.tell(name("DNS"), verdict)?;
            addresses
        }
        Err(verdict) => {
            findings.tell(name("DNS"), verdict)?;
            return Ok(false);
        }
    };
    let stream = match network::connect(url, &addresses, config.connect_timeout).await {
        Ok((stream, verdict)) => {
            findings.tell(name("TCP"), verdict)?;
            stream
        }
        Err(verdict) => {
            findings.tell(name("TCP"), verdict)?;
            return Ok(false);
        }
    };
    let verdict = tls::shake_hands(url, stream, tls, config.connect_timeout).await;
    let is_fine = !verdict.is_wrong();
    findings.tell(name("TLS"), verdict)?;
    Ok(is_fine)
}

/// What was found so far.
#[derive(Debug, Default)]
struct Findings {
    /// The steps that found something wrong.
    wrong: Vec<String>,
}

impl Findings {
    fn tell(&mut self, step: impl Into<Cow<'static, str>>, verdict: Verdict) -> io::Result<()> {
        let step = step.into();
        if verdict.is_wrong() {
            self.wrong.push(step.to_string());
        }
        Finding::new(step, verdict).print()
    }
}

/// A failure as a step's finding; an output that nobody reads stays a failure.
impl TryFrom<Failure> for Verdict {
    type Error = Failure;

    fn try_from(failure: Failure) -> Result<Self, Failure> {
        match failure {
            Failure::Reported {
                problem: what,
                remedy,
            } => {
                let remedy = remedy.unwrap_or_else(|| "correct it as it says".to_owned());
                Ok(Self::wrong(what, remedy))
            }
            closed @ Failure::OutputClosed => Err(closed),
        }
    }
}
