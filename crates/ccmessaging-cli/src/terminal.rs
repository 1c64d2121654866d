//! What people read: escaped, coloured and indented as their terminal can show it.

use std::fmt::Display;
use std::io::{self, Write as _};

use console::{Style, Term};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// Text with everything escaped that a terminal would obey or not show, as in Rust's strings: names
/// of files, and what servers say, may hold anything.
pub(crate) fn printable(text: impl Display) -> String {
    // Rust escapes these only for the sake of its own syntax.
    const HARMLESS: [char; 3] = ['"', '\'', '\\'];

    let text = text.to_string();
    let escape = |piece: &str| match piece.strip_suffix(HARMLESS) {
        Some(escaped) => format!("{}{}", escaped.escape_debug(), &piece[escaped.len()..]),
        None => piece.escape_debug().to_string(),
    };
    text.split_inclusive(HARMLESS).map(escape).collect()
}

/// How something went: the colour of its word.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tone {
    Good,
    Bad,
    Neutral,
}

/// One thing to tell: a line that begins with a name or a word, and what to do on a line of its own.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// What stands before the word, such as a file's name and a colon.
    pub(crate) lead: String,
    pub(crate) word: &'a str,
    pub(crate) tone: Tone,
    /// What follows the word.
    pub(crate) text: String,
    pub(crate) remedy: Option<String>,
    /// How far further lines are indented.
    pub(crate) indent: usize,
}

/// How far further lines about a file are indented.
pub(crate) const FILE_INDENT: usize = 4;

impl Entry<'_> {
    /// The entry as the terminal on standard output takes it: broken at its width, coloured unless
    /// `NO_COLOR` is set. Elsewhere it is two plain lines at most.
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

    /// Prints it to standard output.
    pub(crate) fn print(&self) -> io::Result<()> {
        print_line(&self.render())
    }
}

/// Prints a line of this program's own to standard output at once.
pub(crate) fn print_line(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Breaks a line at the width of the terminal; names and keys stay whole, so that they can be copied.
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
