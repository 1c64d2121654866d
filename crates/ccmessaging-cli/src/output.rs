//! Output for people.

use std::fmt::Display;
use std::io::{self, Write as _};

use serde_json::Value;

use crate::failure::Failure;
use crate::printable::printable;

/// Prints a line to standard output, escaped, and flushes it.
pub(crate) fn print_line(line: impl Display) -> Result<(), Failure> {
    write_line(printable(line))
}

/// Prints an object for programs on one line and flushes it.
pub(crate) fn print_json(object: &Value) -> Result<(), Failure> {
    write_line(object)
}

fn write_line(line: impl Display) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::OutputClosed,
        _ => Failure::new(format!("cannot write to standard output: {error}")),
    })
}

/// Prints a result, and its remedy on a second line with this indentation.
pub(crate) fn print_result(
    result: impl Display,
    remedy: Option<&str>,
    indent: usize,
) -> Result<(), Failure> {
    print_line(result)?;
    match remedy {
        Some(remedy) => print_line(format_args!("{:indent$}remedy: {remedy}", "")),
        None => Ok(()),
    }
}
