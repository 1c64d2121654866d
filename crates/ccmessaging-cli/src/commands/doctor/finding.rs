//! What one step found.

use std::borrow::Cow;
use std::fmt;

/// A step and its verdict.
#[derive(Debug)]
pub(super) struct Finding {
    step: Cow<'static, str>,
    verdict: Verdict,
}

/// What a step found.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Nothing wrong.
    Fine(String),
    /// Something wrong.
    Wrong {
        /// What it is.
        what: String,
        /// What to do.
        remedy: Cow<'static, str>,
    },
    /// The step could not be made, or there is no need to.
    Skipped(&'static str),
}

impl Finding {
    pub(super) fn new(step: impl Into<Cow<'static, str>>, verdict: Verdict) -> Self {
        Self {
            step: step.into(),
            verdict,
        }
    }

    pub(super) fn is_wrong(&self) -> bool {
        self.verdict.is_wrong()
    }
}

impl Verdict {
    pub(super) fn wrong(what: impl Into<String>, remedy: impl Into<Cow<'static, str>>) -> Self {
        Self::Wrong {
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    pub(super) fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong { .. })
    }
}

impl fmt::Display for Finding {
    /// A line for people, and a second one with the remedy where something is wrong.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, verdict } = self;
        match verdict {
            Verdict::Fine(what) => write!(f, "ok       {step}: {what}"),
            Verdict::Wrong { what, remedy } => {
                write!(f, "wrong    {step}: {what}\n         remedy: {remedy}")
            }
            Verdict::Skipped(why) => write!(f, "skipped  {step}: {why}"),
        }
    }
}
