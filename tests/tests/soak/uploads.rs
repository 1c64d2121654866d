//! The kinds of uploads and their outcomes.

use data_encoding::HEXLOWER;
use gateway_tests::{Answer, Form, Request};
use sha2::{Digest as _, Sha256};

use crate::counts;
use crate::files::{File, Files};

/// How a client sends an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A valid file, sent at once.
    Valid,
    /// A valid file whose body is sent with pauses.
    Slow,
    /// A valid file whose sender closes within the body.
    CutOff,
    /// A valid file whose sender closes before the response.
    HungUp,
    /// A file whose content does not match its declared type.
    WrongContent,
    /// An empty file.
    WrongRequest,
}

/// The format of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Format {
    Json,
    Form,
    Raw,
}

/// An upload and its outcome.
#[derive(Clone)]
pub(crate) struct Upload {
    pub(crate) kind: Kind,
    pub(crate) format: Format,
    pub(crate) file_type: String,
    /// The SHA-256 of the file, in lower-case hexadecimal digits.
    pub(crate) sha256: String,
    pub(crate) outcome: Outcome,
}

/// The outcome for the sender of an upload.
#[derive(Clone)]
pub(crate) enum Outcome {
    Answered(Answer),
    /// The client closed the connection on purpose.
    LeftByClient,
    /// The connection ended without a response.
    Unanswered(String),
}

impl Kind {
    pub(crate) fn by_chance(random: &mut fastrand::Rng) -> Self {
        match random.u8(..100) {
            0..60 => Self::Valid,
            60..70 => Self::Slow,
            70..78 => Self::CutOff,
            78..84 => Self::HungUp,
            84..94 => Self::WrongContent,
            _ => Self::WrongRequest,
        }
    }

    /// Returns whether the gateway must reject it.
    pub(crate) fn is_refused(self) -> bool {
        matches!(self, Self::WrongContent | Self::WrongRequest)
    }

    /// Returns whether the client waits for the response.
    pub(crate) fn awaits_answer(self) -> bool {
        !matches!(self, Self::CutOff | Self::HungUp)
    }

    pub(crate) fn file(self, files: &Files, random: &mut fastrand::Rng, mark: &str) -> File {
        match self {
            Self::Valid | Self::Slow | Self::CutOff | Self::HungUp => files.accepted(random, mark),
            Self::WrongContent => files.refused(random),
            Self::WrongRequest => File {
                declared: "png".to_owned(),
                content: Vec::new(),
            },
        }
    }
}

impl Format {
    pub(crate) fn by_chance(random: &mut fastrand::Rng) -> Self {
        let formats = [Self::Json, Self::Form, Self::Raw];
        formats[random.usize(..formats.len())]
    }

    pub(crate) fn request(self, file: &File) -> Request {
        let File { declared, content } = file;
        match self {
            Self::Json => Request::upload(declared, content),
            Self::Form => Form::new()
                .file(&format!("file.{declared}"), media_type(declared), content)
                .request(),
            Self::Raw => Request::raw(media_type(declared), content),
        }
    }
}

fn media_type(declared: &str) -> &'static str {
    match declared {
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "bmp" => "image/bmp",
        "mp3" => "audio/mpeg",
        "aac" => "audio/aac",
        "mp4" => "video/mp4",
        "txt" => "text/plain",
        "csv" => "text/csv",
        other => panic!("a sample of the type {other}"),
    }
}

impl Upload {
    pub(crate) fn new(kind: Kind, format: Format, file: &File, outcome: Outcome) -> Self {
        Self {
            kind,
            format,
            file_type: file.declared.clone(),
            sha256: HEXLOWER.encode(&Sha256::digest(&file.content)),
            outcome,
        }
    }

    /// Describes the response's status and return code.
    fn describe(&self) -> String {
        match &self.outcome {
            Outcome::Answered(answer) => {
                let json = answer.json();
                let code = json["returnCode"].as_str().unwrap_or("none");
                format!("status {} code {code}", answer.status)
            }
            Outcome::LeftByClient => "cut off by the client itself".to_owned(),
            Outcome::Unanswered(_) => "NO ANSWER".to_owned(),
        }
    }
}

/// Returns a human-readable report.
pub(crate) fn report(uploads: &[Upload]) -> String {
    let count = |word: fn(&Upload) -> String| counts(uploads.iter().map(word));
    format!(
        "uploads  {}\n{}sent as\n{}declared as\n{}answers\n{}",
        uploads.len(),
        count(|upload| format!("{:?}", upload.kind)),
        count(|upload| format!("{:?}", upload.format)),
        count(|upload| upload.file_type.clone()),
        count(Upload::describe),
    )
}
