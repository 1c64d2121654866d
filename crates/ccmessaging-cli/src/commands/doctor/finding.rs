//! The result of a step.

use std::borrow::Cow;

use crate::failure::Failure;
use crate::output::{print_line, print_result};

/// The indentation of the lines below a result: the longest word and a space.
const INDENT: usize = 9;

/// The result of a step.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Nothing is wrong.
    Fine(String),
    /// Something is wrong.
    Wrong {
        problem: String,
        remedy: Cow<'static, str>,
        /// Commands for the remedy, each printed on its own line so that it can be copied.
        commands: Vec<String>,
    },
    /// Something may be wrong.
    Doubtful(String),
    /// The step could not be run, so it may hide a problem.
    Skipped(&'static str),
    /// This configuration does not need the step.
    Unneeded(&'static str),
}

impl Verdict {
    pub(super) fn wrong(problem: impl Into<String>, remedy: impl Into<Cow<'static, str>>) -> Self {
        Self::Wrong {
            problem: problem.into(),
            remedy: remedy.into(),
            commands: Vec::new(),
        }
    }

    pub(super) fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong { .. })
    }

    /// Prints the result of `step`, its remedy and the remedy's commands.
    pub(super) fn print(&self, step: &str) -> Result<(), Failure> {
        let (word, text) = match self {
            Self::Fine(text) => ("ok", text.as_str()),
            Self::Wrong { problem, .. } => ("wrong", problem.as_str()),
            Self::Doubtful(text) => ("warning", text.as_str()),
            Self::Skipped(reason) | Self::Unneeded(reason) => ("skipped", *reason),
        };
        let line = format!("{word:INDENT$}{step}: {text}");
        let Self::Wrong {
            remedy, commands, ..
        } = self
        else {
            return print_line(line);
        };
        print_result(line, Some(remedy), INDENT)?;
        for command in commands {
            print_line(format_args!("{:INDENT$}{command}", ""))?;
        }
        Ok(())
    }
}
