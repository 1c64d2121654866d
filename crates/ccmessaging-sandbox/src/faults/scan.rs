//! Reading a plan's text token by token, and saying where it went wrong.

use std::fmt;

/// Why a text is not a fault plan: where, what, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsePlanError {
    column: usize,
    problem: String,
    remedy: String,
}

impl ParsePlanError {
    /// Where the mistake starts, in characters from the start of the plan; the first is 1.
    #[must_use]
    pub const fn column(&self) -> usize {
        self.column
    }

    /// What to write instead.
    #[must_use]
    pub fn remedy(&self) -> &str {
        &self.remedy
    }
}

impl fmt::Display for ParsePlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            column,
            problem,
            remedy,
        } = self;
        write!(f, "fault plan, column {column}: {problem}; {remedy}")
    }
}

impl std::error::Error for ParsePlanError {}

/// A cursor over a plan's text. A copy is a bookmark.
#[derive(Clone, Copy)]
pub(super) struct Scan<'t> {
    text: &'t str,
    rest: &'t str,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, rest: text }
    }

    /// The error for a mistake at this place.
    pub(super) fn error(
        self,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> ParsePlanError {
        // `rest` is always a suffix of `text`, so this many bytes have been read.
        let read = self.text.len() - self.rest.len();
        ParsePlanError {
            column: self.text.get(..read).unwrap_or_default().chars().count() + 1,
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    /// Passes over white space and returns the place of what comes next.
    pub(super) fn here(&mut self) -> Self {
        self.rest = self.rest.trim_start();
        *self
    }

    pub(super) fn at_end(&mut self) -> bool {
        self.here().rest.is_empty()
    }

    /// Takes `symbol` if it comes next.
    pub(super) fn eat(&mut self, symbol: char) -> bool {
        match self.here().rest.strip_prefix(symbol) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes `symbol`, or complains that it is missing; `remedy` says what it is for.
    pub(super) fn expect(&mut self, symbol: char, remedy: &str) -> Result<(), ParsePlanError> {
        if self.eat(symbol) {
            Ok(())
        } else {
            let problem = format!("expected `{symbol}`, found {}", self.found());
            Err(self.error(problem, remedy))
        }
    }

    /// Takes the letters and hyphens that come next; possibly none.
    pub(super) fn word(&mut self) -> &'t str {
        self.here();
        self.take_while(|c| c.is_ascii_alphabetic() || c == '-')
    }

    /// Takes the letters that follow without a space: a unit. Possibly none.
    pub(super) fn unit(&mut self) -> &'t str {
        self.take_while(|c| c.is_ascii_alphabetic())
    }

    /// Takes the decimal digits that come next; possibly none.
    pub(super) fn digits(&mut self) -> &'t str {
        self.take_while(|c| c.is_ascii_digit())
    }

    /// Takes an integer; `what` names it in the complaint if there is none.
    pub(super) fn integer(&mut self, what: &str) -> Result<u64, ParsePlanError> {
        let start = self.here();
        let digits = self.digits();
        if digits.is_empty() {
            let problem = format!("expected {what}, found {}", start.found());
            return Err(start.error(problem, "write a whole number such as 2"));
        }
        digits.parse().map_err(|_| {
            start.error(
                format!("{digits} is too large for {what}"),
                format!("write a number up to {}", u64::MAX),
            )
        })
    }

    /// What stands here, for a complaint.
    pub(super) fn found(mut self) -> String {
        self.here();
        match self.rest.chars().next() {
            None => "the end of the plan".to_owned(),
            Some(first) if first.is_ascii_alphanumeric() => {
                let word = self.take_while(|c| c.is_ascii_alphanumeric() || c == '-');
                format!("`{word}`")
            }
            Some(first) => format!("`{first}`"),
        }
    }

    /// Takes one character, white space included.
    pub(super) fn character(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let first = characters.next();
        self.rest = characters.as_str();
        first
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }
}
