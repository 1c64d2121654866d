//! Text that is safe to print to a terminal.

use std::fmt::Display;

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
