//! `send`: uploads files with tokenByAkSk, applyToken and uploadFileStream.

mod report;

use std::process::ExitCode;

use ccmessaging_client::{Client, Session, SessionError};
use ccmessaging_core::chat::DownloadRequest;
use ccmessaging_gateway::credentials;
use clap::Args;
use http::StatusCode;

use self::report::{Outcome, Report, describe};
use crate::deployment::{Deployment, UpstreamOptions};
use crate::failure::Failure;
use crate::files::{FileArguments, Input, reason, sha256, summary};
use crate::identity::SessionOptions;
use crate::output::{print_json, print_line};
use crate::remedies;

/// The arguments of `send`.
#[derive(Args, Debug)]
#[command(after_help = "\
Uses the upstream in UPSTREAM_BASE_URL (with APP_KEY and APP_SECRET or APP_SECRET_FILE, and
TOKEN_BASE_URL if the token service has another address), or a simulated one if it is not set. Files
are validated, and with STRIP_METADATA stripped, before they are sent; a replaced ccmessaging-token is
used from then on.

Examples:
  ccmessaging send photo.jpg notes.txt --verify
  ccmessaging send --json *.mp3 | jq -r 'select(.outcome == \"stored\") | .objectKey'
  UPSTREAM_BASE_URL=https://service.besclouds.com APP_KEY=... APP_SECRET_FILE=secret.txt \\
    ccmessaging send --channel-id 1a2b3c photo.jpg

Exit codes: 0 every file is stored (and, with --verify, downloaded unchanged); 1 a file was rejected,
failed or was downloaded changed; 2 a file cannot be read, or nothing was sent: wrong usage, an
invalid configuration or no session.")]
pub(crate) struct SendArguments {
    #[command(flatten)]
    files: FileArguments,

    /// Download every file (downloadFileStream) and compare its SHA-256. Some upstreams only return
    /// files that were sent in a message of the session.
    #[arg(long)]
    verify: bool,

    /// Print one JSON object per file and line.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    session: SessionOptions,

    #[command(flatten)]
    upstream: UpstreamOptions,
}

/// Sends the files one after the other; a failed file does not stop the others.
pub(crate) async fn run(arguments: &SendArguments) -> Result<ExitCode, Failure> {
    let deployment = Deployment::open(&arguments.upstream).await?;
    let mut sender = Sender {
        arguments,
        deployment: &deployment,
        session: None,
    };
    let mut worst = 0;
    let mut outcomes = Vec::new();
    for input in arguments.files.inputs(&deployment.config.policy) {
        let report = sender.send(&input).await?;
        worst = worst.max(report.exit_code());
        outcomes.push(report.outcome());
        if arguments.json {
            print_json(&report.to_json())?;
        } else {
            report.print()?;
        }
    }
    if outcomes.len() > 1 && !arguments.json {
        print_line(summary(&outcomes))?;
    }
    Ok(ExitCode::from(worst))
}

/// The state shared by all files of a command.
struct Sender<'a> {
    arguments: &'a SendArguments,
    deployment: &'a Deployment,
    /// Opened for the first valid file.
    session: Option<Session>,
}

impl Sender<'_> {
    /// Validates a file and sends it.
    ///
    /// # Errors
    ///
    /// If no session can be opened.
    async fn send<'a>(&mut self, input: &'a Input) -> Result<Report<'a>, Failure> {
        let config = &self.deployment.config;
        let policy = &config.policy;
        let mut report = Report::begin(&input.path);
        let content = match input.read() {
            Ok(content) => content,
            Err(problem) => return Ok(report.end(Outcome::Unreadable(problem.into()))),
        };
        report.bytes = Some(content.len());
        let upload = match input.validate(content, policy, config.request.removal) {
            Ok(upload) => upload,
            Err(error) => return Ok(report.end(Outcome::Refused(reason(&error).into()))),
        };
        let file_type = upload.file_type();
        // Of the file as it is sent: it may have been converted or stripped.
        let file = upload.file().decode();
        report.file_type = Some(upload.spelling().to_owned());
        report.sha256 = Some(sha256(&file));

        let session = match &mut self.session {
            Some(session) => &*session,
            none => none.insert(open_session(self.deployment, &self.arguments.session).await?),
        };
        let uploaded = session.upload(&upload.into_payload()).await;
        let object_key = match uploaded {
            Ok(object_key) => object_key,
            Err(error) => return Ok(report.end(Outcome::from(&error))),
        };
        let verified = if self.arguments.verify {
            Some(match DownloadRequest::local(&object_key, file_type) {
                Ok(request) => {
                    let request = request.with_bmp_spelling(policy.bmp_spelling);
                    compare(session, &request, &file).await
                }
                Err(error) => Err(error.to_string()),
            })
        } else {
            None
        };
        Ok(report.end(Outcome::Stored {
            object_key,
            verified,
        }))
    }
}

/// Opens a session with the given token, or with one from applyToken.
async fn open_session(
    deployment: &Deployment,
    options: &SessionOptions,
) -> Result<Session, Failure> {
    let config = &deployment.config;
    let managed = config.managed.as_ref().ok_or_else(|| {
        Failure::with_remedy(
            "APP_KEY is not set",
            "set it, and APP_SECRET or APP_SECRET_FILE",
        )
    })?;
    let client = Client::new(&config.client).map_err(|error| Failure::from_error(&error))?;
    let app = credentials::app(managed, &client)?;
    let session = Session::builder(&client, app).timeout(config.upstream_timeout);
    if let Some(token) = options.token() {
        return Ok(session.resume(token.clone()));
    }
    let customer = options.request(deployment.sandbox.is_some());
    let customer = customer.ok_or_else(|| {
        Failure::with_remedy(
            "applyToken needs the web channel's configuration ID",
            "give --channel-id",
        )
    })?;
    let opened = session.customer(customer).open().await;
    opened.map_err(|error| Failure::Reported {
        problem: format!("{}; nothing was sent", describe(&error)),
        remedy: remedies::for_session(&error).map(str::to_owned),
    })
}

/// Downloads a file and compares it with the sent one.
async fn compare(session: &Session, request: &DownloadRequest, sent: &[u8]) -> Result<(), String> {
    match session.download(request, sent.len()).await {
        Ok(content) if content == sent => Ok(()),
        Ok(content) => Err(format!(
            "the downloaded file differs: {} bytes instead of {}, or other content",
            content.len(),
            sent.len(),
        )),
        // Some upstreams only return agents' files, with various result codes.
        Err(
            SessionError::FileNotFound { .. }
            | SessionError::ChatRejected {
                status: StatusCode::OK,
                ..
            },
        ) => Err("the contact centre does not return it".to_owned()),
        Err(error) => Err(describe(&error)),
    }
}
