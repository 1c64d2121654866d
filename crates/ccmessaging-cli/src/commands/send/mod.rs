//! `send`: files go the whole way, tokenByAkSk, applyToken, uploadFileStream.

mod file;
mod report;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use ccmessaging_client::{Client, Session, SessionError, SystemClock, TokenError};
use ccmessaging_core::{FileType, ParseFileTypeError};
use clap::Args;
use upload_file_stream::credentials;

use self::file::{SendFile, sha256};
use self::report::{Outcome, Report};
use crate::deployment::{Deployment, UpstreamOptions};
use crate::failure::Failure;
use crate::identity::SessionOptions;
use crate::progress::Progress;
use crate::runtime::block_on;

/// The arguments of `send`.
#[derive(Args, Debug)]
#[command(after_help = "\
The upstream is the environment's where it sets UPSTREAM_BASE_URL (with APP_KEY and APP_SECRET or
APP_SECRET_FILE, and TOKEN_BASE_URL if the token service is elsewhere), else a simulated one. Files
are validated before they are sent; a ccmessaging-token that the upstream replaces is followed.

Examples:
  ccmessaging send photo.jpg notes.txt --verify
  ccmessaging send --json *.mp3 | jq -r 'select(.outcome == \"stored\") | .objectKey'
  UPSTREAM_BASE_URL=https://service.besclouds.com APP_KEY=... APP_SECRET_FILE=secret.txt \\
    ccmessaging send --channel-id 1a2b3c photo.jpg

Exit codes: 0 every file is stored (and, with --verify, came back the same); 1 a file was refused,
failed or came back changed; 2 wrong usage, an unusable configuration or no session: nothing was sent.")]
pub(crate) struct SendArguments {
    /// The files to send.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The type that the files are declared to be, sent as it is spelled here [default: by each
    /// file's extension, else by its content].
    #[arg(long = "type", value_name = "TYPE", value_parser = parse_spelling)]
    declared: Option<String>,

    /// Download every file again (downloadFileStream) and compare its SHA-256. An upstream may hand
    /// out only files that a message of the session has carried.
    #[arg(long)]
    verify: bool,

    /// Print one JSON object a line for each file, and no progress.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    session: SessionOptions,

    #[command(flatten)]
    upstream: UpstreamOptions,
}

fn parse_spelling(spelling: &str) -> Result<String, ParseFileTypeError> {
    FileType::try_from(spelling).map(|_| spelling.to_owned())
}

/// Sends the files one after the other.
pub(crate) fn run(arguments: &SendArguments) -> Result<ExitCode, Failure> {
    let total_bytes = total_size(&arguments.files)?;
    block_on(async {
        let deployment = Deployment::open(&arguments.upstream).await?;
        let mut session = open_session(&deployment, &arguments.session).await?;
        let progress = if arguments.json {
            Progress::none()
        } else {
            Progress::over(total_bytes)
        };
        let mut all_good = true;
        for path in &arguments.files {
            progress.begin(path.display().to_string());
            let report = send(path, arguments, &deployment, &mut session).await;
            all_good &= report.is_good();
            progress.advance(report.bytes.unwrap_or(0) as u64);
            progress.aside(|| print(&report, arguments.json))?;
        }
        Ok(ExitCode::from(u8::from(!all_good)))
    })
}

/// The size of all files. A name that is no readable file stops the command before anything is
/// sent.
fn total_size(files: &[PathBuf]) -> Result<u64, Failure> {
    files.iter().try_fold(0, |total, path| {
        let unreadable = |reason: &dyn std::fmt::Display| {
            Failure::new(format!("{}: {reason}; nothing was sent", path.display()))
        };
        let metadata = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
        if metadata.is_file() {
            Ok(total + metadata.len())
        } else {
            Err(unreadable(&"not a file"))
        }
    })
}

async fn send<'a>(
    path: &'a Path,
    arguments: &SendArguments,
    deployment: &Deployment,
    session: &mut Session,
) -> Report<'a> {
    let mut report = Report::begin(path);
    let policy = &deployment.config.policy;
    let file = match SendFile::read(path, arguments.declared.as_deref(), policy) {
        Ok(file) => file,
        Err(reason) => return report.end(Outcome::Refused(reason)),
    };
    report.describe(&file);
    let object_key = match session.upload(&file.payload).await {
        Ok(object_key) => object_key,
        Err(error) => return report.end(outcome_of(&error)),
    };
    let verified = if arguments.verify {
        Some(verify(session, &object_key, &file).await)
    } else {
        None
    };
    report.end(Outcome::Stored {
        object_key,
        verified,
    })
}

/// Opens a session: with the token that was given, or one from applyToken.
async fn open_session(
    deployment: &Deployment,
    options: &SessionOptions,
) -> Result<Session, Failure> {
    let config = &deployment.config;
    let managed = config.managed.as_ref().ok_or_else(|| {
        Failure::new("APP_KEY is not set: set it, and APP_SECRET or APP_SECRET_FILE")
    })?;
    let client = Client::new(&config.client).map_err(|error| Failure::from_error(&error))?;
    let app = credentials::app(managed, &client, Arc::new(SystemClock))
        .map_err(|error| Failure::from_error(&error))?;
    let session = match options.token() {
        Some(token) => Session::resume(&client, app, token.0.clone()),
        None => {
            let customer = options
                .request(deployment.sandbox.is_some())
                .ok_or_else(|| {
                    Failure::new(
                        "applyToken needs the web channel's configuration ID: give --channel-id",
                    )
                })?;
            let opened = Session::open(&client, app, customer).await;
            opened.map_err(|error| Failure::new(format!("{}; nothing was sent", words(&error))))?
        }
    };
    Ok(session.with_timeout(config.upstream_timeout))
}

/// Downloads a file again and compares it; the error says in what it differs.
async fn verify(session: &mut Session, object_key: &str, file: &SendFile) -> Result<(), String> {
    let downloaded = session
        .download(object_key, &file.spelling, file.bytes)
        .await;
    match downloaded.map_err(|error| words(&error))? {
        None => Err("the contact centre does not hand it out again".to_owned()),
        Some(content) if sha256(&content) == file.sha256 => Ok(()),
        Some(content) => Err(format!(
            "it came back different: {} bytes instead of {}, or other ones",
            content.len(),
            file.bytes
        )),
    }
}

fn outcome_of(error: &SessionError) -> Outcome {
    match error {
        SessionError::NoSession { .. }
        | SessionError::Refused { .. }
        | SessionError::NotSendable(_)
        | SessionError::Token(TokenError::KeyRefused { .. }) => Outcome::Refused(words(error)),
        SessionError::Token(
            TokenError::Unavailable { .. } | TokenError::SecretUnreadable { .. },
        )
        | SessionError::Call(_) => Outcome::Failed(words(error)),
    }
}

/// The error in one sentence, with the causes of a call that failed.
fn words(error: &SessionError) -> String {
    match error {
        SessionError::Call(error) => error.causes(),
        other => other.to_string(),
    }
}

fn print(report: &Report<'_>, as_json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{}", report.to_json())?;
    } else {
        writeln!(out, "{report}")?;
    }
    out.flush()
}
