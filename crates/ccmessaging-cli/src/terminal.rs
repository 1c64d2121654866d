//! Output for people: escaped, coloured and wrapped at the terminal's width.

use std::fmt::Display;
use std::io::{self, Write as _};

use console::{Style, Term};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

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

/// The colour of an outcome.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tone {
    Good,
    Bad,
    Neutral,
}

/// A result: a line with a coloured word, and optionally a remedy on a second line.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// The text before the word, such as a file name and a colon.
    pub(crate) lead: String,
    pub(crate) word: &'a str,
    pub(crate) tone: Tone,
    /// The text after the word.
    pub(crate) text: String,
    pub(crate) remedy: Option<String>,
    /// The indentation of the following lines.
    pub(crate) indent: usize,
}

/// The indentation of the following lines for files.
pub(crate) const FILE_INDENT: usize = 4;

impl Entry<'_> {
    /// Renders the entry for standard output: at a terminal wrapped, and coloured unless `NO_COLOR` is
    /// set; otherwise at most two plain lines.
    fn render(&self) -> String {
        let style = match self.tone {
            Tone::Good => Style::new().green(),
            Tone::Bad => Style::new().red().bold(),
            Tone::Neutral => Style::new().dim(),
        };
        let word = style.apply_to(self.word);
        let line = format!("{}{word}{}", printable(&self.lead), printable(&self.text));
        let indent = " ".repeat(self.indent);
        let mut rendered = wrap(&line, "", &indent);
        if let Some(remedy) = &self.remedy {
            let first = format!("{indent}remedy: ");
            rendered.push('\n');
            rendered += &wrap(&printable(remedy), &first, &indent);
        }
        rendered
    }

    /// Prints the entry to standard output.
    pub(crate) fn print(&self) -> io::Result<()> {
        print_line(&self.render())
    }
}

/// Prints a line to standard output and flushes it.
pub(crate) fn print_line(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Wraps a line at the terminal's width, but not within words: names and keys must remain copyable.
fn wrap(line: &str, first: &str, further: &str) -> String {
    let Some((_, width)) = Term::stdout().size_checked() else {
        return format!("{first}{line}");
    };
    let options = Options::new(width.into())
        .initial_indent(first)
        .subsequent_indent(further)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::fill(line, options)
}
