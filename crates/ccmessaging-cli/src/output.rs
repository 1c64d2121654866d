//! Output for people.

use std::fmt::Display;
use std::io::{self, Write as _};

use serde_json::Value;

use crate::failure::Failure;

/// Escapes control and invisible characters as in Rust's strings: file names and responses of servers
/// may contain anything.
pub(crate) fn printable(text: impl Display) -> String {
    // Rust only escapes these because of its syntax.
    const HARMLESS: [char; 3] = ['"', '\'', '\\'];

    let text = text.to_string();
    let escape = |piece: &str| match piece.strip_suffix(HARMLESS) {
        Some(escaped) => format!("{}{}", escaped.escape_debug(), &piece[escaped.len()..]),
        None => piece.escape_debug().to_string(),
    };
    text.split_inclusive(HARMLESS).map(escape).collect()
}

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
