//! The kinds of uploads, and what became of each.

use data_encoding::HEXLOWER;
use gateway_tests::{Answer, Form, Request};
use sha2::{Digest as _, Sha256};

use crate::counts;
use crate::files::{File, Files};

/// How an upload goes, as far as its sender decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A good file, sent at once.
    Valid,
    /// A good file whose body comes in pieces with pauses between them.
    Slow,
    /// A good file whose sender hangs up within the body.
    CutOff,
    /// A good file whose sender hangs up before the answer.
    HungUp,
    /// A file that is not what it is declared to be.
    WrongContent,
    /// No file at all.
    WrongRequest,
}

/// How a file is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Format {
    Json,
    Form,
    Raw,
}

/// One upload and what became of it.
#[derive(Clone)]
pub(crate) struct Upload {
    pub(crate) kind: Kind,
    pub(crate) format: Format,
    pub(crate) file_type: String,
    /// Of the file, in lower-case hexadecimal digits.
    pub(crate) sha256: String,
    pub(crate) outcome: Outcome,
}

/// What the sender of an upload saw of its end.
#[derive(Clone)]
pub(crate) enum Outcome {
    Answered(Answer),
    /// Its sender hung up, as it meant to.
    LeftByClient,
    /// The connection ended without an answer.
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

    /// Whether the gateway itself refuses it.
    pub(crate) fn is_refused(self) -> bool {
        matches!(self, Self::WrongContent | Self::WrongRequest)
    }

    /// Whether its sender is there for the answer.
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

    /// The answer's status and return code.
    fn told(&self) -> String {
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

/// What the clients did and saw, for people.
pub(crate) fn report(uploads: &[Upload]) -> String {
    let count = |word: fn(&Upload) -> String| counts(uploads.iter().map(word));
    format!(
        "uploads  {}\n{}sent as\n{}declared as\n{}answers\n{}",
        uploads.len(),
        count(|upload| format!("{:?}", upload.kind)),
        count(|upload| format!("{:?}", upload.format)),
        count(|upload| upload.file_type.clone()),
        count(Upload::told),
    )
}
