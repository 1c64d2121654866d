//! `doctor`: diagnoses a configuration step by step, from DNS to the path of uploads.

mod api;
mod chat;
mod finding;
mod machine;
mod network;
mod tls;

use std::process::ExitCode;
use std::time::Duration;

use ccmessaging_client::{BaseUrl, Client};
use clap::Args;

use self::finding::Verdict;
use crate::deployment::{Deployment, UpstreamOptions};
use crate::failure::Failure;
use crate::identity::SessionOptions;
use crate::output::print_line;

/// The arguments of `doctor`.
#[derive(Args, Debug)]
#[command(after_help = "\
Reads the gateway's variables from the environment. The steps: ports of this machine; scanner (clamd,
with a harmless text); DNS, TCP and TLS of the upstream, and of the token service if it has another
address; key (tokenByAkSk); session (applyToken, which needs --channel-id); path (uploadFileStream,
with an incomplete request so that no file is stored). Keys, secrets and tokens are never printed.
--chat adds a step: it opens two chats with the robot and reports whether one user can read the
other's messages, which CHAT_IDENTITY=upstream relies on.

Examples:
  ccmessaging doctor --channel-id 1a2b3c
  ccmessaging doctor --sandbox
  ccmessaging doctor --sandbox --faults '[{\"call\":\"tokenByAkSk\",\"fault\":{\"status\":{\"code\":403}}}]'

Exit codes: 0 nothing is wrong; 1 a step failed; 2 wrong usage.")]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    session: SessionOptions,

    /// Also check whether the contact centre refuses the identifiers of other users.
    #[arg(long)]
    chat: bool,

    #[command(flatten)]
    upstream: UpstreamOptions,
}

/// Runs the steps and prints each result at once.
pub(crate) async fn run(arguments: &DoctorArguments) -> Result<ExitCode, Failure> {
    let mut findings = Findings::default();
    match Deployment::open_configured(&arguments.upstream).await {
        Ok(deployment) => {
            findings.report("configuration", &describe(&deployment))?;
            for warning in &deployment.config.warnings {
                let verdict = Verdict::Doubtful(warning.clone());
                findings.report("setting", &verdict)?;
            }
            examine(&deployment, arguments, &mut findings).await?;
        }
        Err(failure) => findings.report_failure("configuration", failure)?,
    }
    print_line(findings.summary())?;
    Ok(ExitCode::from(u8::from(!findings.wrong.is_empty())))
}

fn describe(deployment: &Deployment) -> Verdict {
    let credentials = if deployment.config.managed.is_some() {
        "with its own app key"
    } else {
        "without an app key: callers send their own credentials"
    };
    Verdict::Fine(format!("{deployment}, {credentials}"))
}

async fn examine(
    deployment: &Deployment,
    arguments: &DoctorArguments,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let config = &deployment.config;
    if deployment.sandbox.is_none() {
        findings.report("ports", &machine::ports(config).await)?;
    }
    findings.report("scanner", &machine::scanner(config.scan.as_ref()).await)?;
    let upstream = &config.client;
    // The gateway reads the file when it starts, even if it does not use TLS.
    let client = match Client::new(upstream) {
        Ok(client) => client,
        Err(error) => {
            let remedy = "correct UPSTREAM_CA_FILE, the path of a file with certificates in PEM \
                 (-----BEGIN CERTIFICATE-----)";
            return findings.report("certificates", &Verdict::wrong(error.to_string(), remedy));
        }
    };
    let network = Network {
        client: &client,
        connect_timeout: upstream.connect_timeout,
    };
    let is_reachable = network.reach(&upstream.base_url, "", findings).await?;
    let token_service = config
        .managed
        .as_ref()
        .map(|_| &upstream.token_base_url)
        .filter(|url| {
            (url.host(), url.port()) != (upstream.base_url.host(), upstream.base_url.port())
        });
    let is_token_service_reachable = match token_service {
        Some(url) => network.reach(url, " (token service)", findings).await?,
        None => is_reachable,
    };
    let mut api = match api::Api::new(deployment, &client, &arguments.session) {
        Ok(api) => api,
        Err(failure) => return findings.report_failure("key", failure),
    };
    findings.report("key", &api.key(is_token_service_reachable).await)?;
    findings.report("session", &api.session(is_reachable).await)?;
    findings.report("path", &api.path(is_reachable).await)?;
    if arguments.chat {
        findings.report("chat", &api.chat().await)?;
    }
    Ok(())
}

/// The steps below HTTP.
struct Network<'a> {
    client: &'a Client,
    connect_timeout: Duration,
}

impl Network<'_> {
    /// Runs the steps and returns whether all succeed.
    async fn reach(
        &self,
        url: &BaseUrl,
        suffix: &str,
        findings: &mut Findings,
    ) -> Result<bool, Failure> {
        let (addresses, verdict) = network::resolve(url).await;
        findings.report(&format!("DNS{suffix}"), &verdict)?;
        if addresses.is_empty() {
            return Ok(false);
        }
        let (stream, verdict) = network::connect(url, &addresses, self.connect_timeout).await;
        findings.report(&format!("TCP{suffix}"), &verdict)?;
        let Some(stream) = stream else {
            return Ok(false);
        };
        let verdict = tls::shake_hands(url, stream, self.client, self.connect_timeout).await;
        let is_fine = !verdict.is_wrong();
        findings.report(&format!("TLS{suffix}"), &verdict)?;
        Ok(is_fine)
    }
}

/// The results so far.
#[derive(Debug, Default)]
struct Findings {
    /// The failed steps.
    wrong: Vec<String>,
    /// The steps that could not be run.
    skipped: Vec<String>,
    has_warnings: bool,
}

impl Findings {
    fn report(&mut self, step: &str, verdict: &Verdict) -> Result<(), Failure> {
        match verdict {
            Verdict::Wrong { .. } => self.wrong.push(step.to_owned()),
            Verdict::Skipped(_) => self.skipped.push(step.to_owned()),
            Verdict::Doubtful(_) => self.has_warnings = true,
            Verdict::Fine(_) | Verdict::Unneeded(_) => {}
        }
        verdict.print(step)
    }

    /// Reports a failure as the result of a step, except that the output is closed.
    fn report_failure(&mut self, step: &str, failure: Failure) -> Result<(), Failure> {
        let Failure::Reported { problem, remedy } = failure else {
            return Err(failure);
        };
        let remedy = remedy.unwrap_or_else(|| "correct the setting".to_owned());
        self.report(step, &Verdict::wrong(problem, remedy))
    }

    /// Returns what is wrong, and what is unknown.
    fn summary(&self) -> String {
        let mut summary = match self.wrong.as_slice() {
            [] if self.has_warnings => "summary: warnings only".to_owned(),
            [] => "summary: nothing wrong was found".to_owned(),
            wrong => format!("summary: wrong: {}", wrong.join(", ")),
        };
        if !self.skipped.is_empty() {
            summary.push_str("; not checked: ");
            summary.push_str(&self.skipped.join(", "));
        }
        summary
    }
}
