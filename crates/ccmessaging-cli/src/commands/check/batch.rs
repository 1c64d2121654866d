//! `check --batch`: for a program that has many files.

use std::ffi::OsStr;
use std::io::{self, BufRead, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::process::ExitCode;

use ccmessaging_core::{Limits, Policy};

use super::report::Report;
use crate::failure::{Failure, NOT_DONE};
use crate::files::Input;

/// Answers each line as soon as it is there. Paths need not be UTF-8.
pub(super) fn run(lines: impl BufRead, policy: Policy) -> Result<ExitCode, Failure> {
    let policy = policy.with_limits(Limits::uniform(usize::MAX));
    let mut out = io::stdout().lock();
    let mut worst = 0;
    for line in lines.split(b'\n') {
        let line =
            line.map_err(|error| Failure::new(format!("cannot read standard input: {error}")))?;
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        let (answer, exit_code) = match split(line) {
            Some((spelling, path)) => {
                let input = Input::new(path, spelling.into());
                let report = Report::of(&input, &policy);
                (report.to_answer(), report.exit_code())
            }
            None => ("reject: the line is not TYPE<TAB>PATH".to_owned(), NOT_DONE),
        };
        worst = worst.max(exit_code);
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(ExitCode::from(worst))
}

fn split(line: &[u8]) -> Option<(&str, PathBuf)> {
    let tab = line.iter().position(|&byte| byte == b'\t')?;
    let spelling = std::str::from_utf8(&line[..tab]).ok()?;
    Some((spelling, OsStr::from_bytes(&line[tab + 1..]).into()))
}
