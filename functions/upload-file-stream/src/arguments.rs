//! The arguments of the program `bootstrap`. Platforms start it without arguments.

use std::ffi::OsString;
use std::fmt::Write as _;

use ccmessaging_gateway::config::SETTINGS;

/// The output of `--version`.
pub(crate) const VERSION_LINE: &str = concat!("bootstrap ", env!("CARGO_PKG_VERSION"));

const USAGE: &str = "\
The gateway in front of Huawei Cloud's contact centre, as an AWS Lambda function, a FunctionGraph
HTTP function or an HTTP server. It detects the platform from its environment.

Usage:
  bootstrap                  serve
  bootstrap --check [URL]    check the health of a server on this machine: exit code 0 or 1
                             [default URL: http://LISTEN_ADDRESS/healthz]
  bootstrap --help           print this
  bootstrap --version        print the version

Settings, as environment variables:
";

/// The command that the arguments select.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arguments {
    Serve,
    Help,
    Version,
    Check { url: Option<String> },
}

impl Arguments {
    /// Parses the arguments after the program's name. The error is one sentence.
    pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let arguments: Vec<String> = arguments
            .map(|argument| argument.to_string_lossy().into_owned())
            .collect();
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] => Ok(Self::Serve),
            ["--help" | "-h"] => Ok(Self::Help),
            ["--version" | "-V"] => Ok(Self::Version),
            ["--check"] => Ok(Self::Check { url: None }),
            ["--check", url] => Ok(Self::Check {
                url: Some((*url).to_owned()),
            }),
            ["--check", _, surplus, ..]
            | ["--help" | "-h" | "--version" | "-V", surplus, ..]
            | [surplus, ..] => Err(format!(
                "unknown argument {surplus:?}; bootstrap --help lists the arguments"
            )),
        }
    }
}

/// Returns the output of `--help`: the usage, and every setting of [`SETTINGS`].
pub(crate) fn help() -> String {
    let mut text = USAGE.to_owned();
    for setting in SETTINGS {
        let default = match setting.default {
            "" => String::new(),
            default => format!(" [{default}]"),
        };
        let scope = match setting.scope.name() {
            "" => String::new(),
            scope => format!(" ({scope} only)"),
        };
        // Writing to a string never fails.
        let _ = write!(
            text,
            "\n  {}{default}{scope}\n      {}\n",
            setting.name,
            plain(setting.meaning)
        );
    }
    text.truncate(text.trim_end().len());
    text
}

/// Removes Markdown's code marks and link targets.
fn plain(meaning: &str) -> String {
    let mut text = meaning.replace('`', "");
    while let Some(open) = text.find('[')
        && let Some(close) = text[open..].find("](")
        && let Some(end) = text[open..].find(')')
    {
        let words = text[open + 1..open + close].to_owned();
        text.replace_range(open..=open + end, &words);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Arguments, String> {
        Arguments::parse(words.iter().map(OsString::from))
    }

    #[test]
    fn unknown_arguments_are_rejected_with_a_hint() {
        assert_eq!(parse(&[]), Ok(Arguments::Serve));
        for (words, unknown) in [
            (&["serve"][..], "serve"),
            (&["--verbose"], "--verbose"),
            (&["--check", "a", "b"], "b"),
            (&["--version", "x"], "x"),
            (&["--help", "--check"], "--check"),
            (&["\u{1b}[2J"], "\u{1b}[2J"),
        ] {
            let sentence = parse(words).expect_err("not known");
            let beginning = format!("unknown argument {unknown:?}; bootstrap --help");
            assert!(sentence.starts_with(&beginning), "{sentence}");
            assert!(!sentence.contains('\u{1b}'), "{sentence:?}");
        }
    }

    #[test]
    fn help_names_every_setting_and_has_no_markup() {
        let help = help();
        for setting in SETTINGS {
            assert!(help.contains(setting.name), "{}", setting.name);
        }
        assert!(!help.contains('`') && !help.contains("]("), "{help}");
    }
}
