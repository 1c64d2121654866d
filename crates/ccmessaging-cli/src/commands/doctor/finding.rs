//! What one step found.

use std::borrow::Cow;

use crate::terminal::{Entry, Tone};

/// How far what a step found is indented: the longest word and a space.
const INDENT: usize = 9;

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

impl Finding {
    /// A line for people, and a second one with the remedy where something is wrong.
    pub(super) fn to_entry(&self) -> Entry<'static> {
        let (word, tone, what, remedy) = match &self.verdict {
            Verdict::Fine(what) => ("ok", Tone::Good, what.as_str(), None),
            Verdict::Wrong { what, remedy } => {
                ("wrong", Tone::Bad, what.as_str(), Some(remedy.to_string()))
            }
            Verdict::Skipped(why) => ("skipped", Tone::Neutral, *why, None),
        };
        let gap = " ".repeat(INDENT - word.len());
        Entry {
            lead: String::new(),
            word,
            tone,
            text: format!("{gap}{}: {what}", self.step),
            remedy,
            indent: INDENT,
        }
    }
}
