//! What is measured of an upload.

use std::time::Duration;

use ccmessaging_core::FileType;

/// How an upload ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// The upstream has the file.
    Stored,
    /// The gateway refused it.
    Refused,
    /// The upstream's answer was another than that it has the file.
    RefusedByUpstream,
    /// The upstream, or the token service, gave no usable answer.
    Failed,
    /// The caller hung up, or the program ended, before there was an answer.
    Abandoned,
    /// The gateway itself failed.
    Panicked,
}

impl Outcome {
    /// The outcome as log lines and metrics name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Refused => "refused",
            Self::RefusedByUpstream => "refused_by_upstream",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
            Self::Panicked => "panicked",
        }
    }
}

/// Where an upload's time went; `None` for a phase that it did not reach.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phases {
    /// From the request's head to the last byte of its body.
    pub(crate) receive: Duration,
    /// Reading the body and proving the file.
    pub(crate) validate: Option<Duration>,
    /// Obtaining a token where there is none, and every attempt with the pauses between them.
    pub(crate) upstream: Option<Duration>,
}

/// What metrics keep of an upload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) outcome: Outcome,
    /// The lane's name, unless the request was refused before one was chosen.
    pub(crate) lane: Option<&'static str>,
    /// The proven type, or the declared one where nothing was proven.
    pub(crate) file_type: Option<FileType>,
    /// Of a file that was proven.
    pub(crate) decoded_bytes: Option<usize>,
    /// It was refused because too many others were in flight.
    pub(crate) is_refused_for_fullness: bool,
    pub(crate) attempts: u32,
    pub(crate) phases: Phases,
}

impl Measured {
    /// In place of a value that is not known.
    const NONE: &'static str = "none";

    pub(super) fn lane_label(&self) -> &'static str {
        self.lane.unwrap_or(Self::NONE)
    }

    pub(super) fn file_type_label(&self) -> &'static str {
        self.file_type.map_or(Self::NONE, FileType::name)
    }
}
