//! Output for people.

use std::fmt::Display;
use std::io::{self, Write as _};

use serde_json::Value;

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
pub(crate) fn print_line(line: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", printable(line))?;
    out.flush()
}

/// Prints an object for programs on one line and flushes it.
pub(crate) fn print_json(object: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{object}")?;
    out.flush()
}

/// Prints a result, and its remedy on a second line with this indentation.
pub(crate) fn print_result(
    result: impl Display,
    remedy: Option<&str>,
    indent: usize,
) -> io::Result<()> {
    print_line(result)?;
    match remedy {
        Some(remedy) => print_line(format_args!("{:indent$}remedy: {remedy}", "")),
        None => Ok(()),
    }
}
