//! What one step found.

use std::borrow::Cow;
use std::io;

use crate::terminal::{Entry, Tone, print_line, printable};

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
        /// Commands that do it, each printed on a line of its own so that it can be copied.
        commands: Vec<String>,
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
            commands: Vec::new(),
        }
    }

    pub(super) fn with_commands(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        if let Self::Wrong { commands, .. } = &mut self {
            commands.extend(lines);
        }
        self
    }

    pub(super) fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong { .. })
    }
}

impl Finding {
    /// Prints the finding, its remedy and the remedy's commands.
    pub(super) fn print(&self) -> io::Result<()> {
        self.to_entry().print()?;
        if let Verdict::Wrong { commands, .. } = &self.verdict {
            let indent = " ".repeat(INDENT);
            for command in commands {
                // Not wrapped: a command with line breaks cannot be pasted into a shell.
                print_line(&format!("{indent}{}", printable(command)))?;
            }
        }
        Ok(())
    }

    fn to_entry(&self) -> Entry<'static> {
        let (word, tone, what, remedy) = match &self.verdict {
            Verdict::Fine(what) => ("ok", Tone::Good, what.as_str(), None),
            Verdict::Wrong { what, remedy, .. } => {
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
