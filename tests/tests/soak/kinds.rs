//! The kinds of uploads, and the requests that they are.

use gateway_tests::{Form, Request};

use crate::files::{File, Files};

/// How an upload goes, as far as its sender decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    Json,
    Form,
    Raw,
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

impl Lane {
    pub(crate) fn by_chance(random: &mut fastrand::Rng) -> Self {
        *random
            .choice(&[Self::Json, Self::Form, Self::Raw])
            .expect("a choice")
    }

    pub(crate) fn request(self, file: &File) -> Request {
        let File { declared, content } = file;
        match self {
            Self::Json => Request::upload(declared, content),
            Self::Form => {
                let name = format!("file.{declared}");
                Form::new()
                    .file(&name, media_type(declared), content)
                    .request()
            }
            Self::Raw => Request::new(content.clone()).with("content-type", media_type(declared)),
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
