//! `check`: what a file really is, and whether a gateway with the default limits would take it.

mod report;
mod verdict;

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ccmessaging_core::{FileType, Limits, Policy};
use clap::Args;

use report::Report;

/// The arguments of `check`.
#[derive(Args, Debug)]
pub(crate) struct CheckArguments {
    /// The files to check: their content, and their size against the default limits of the gateway.
    #[arg(required_unless_present = "batch", value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The type that the files are declared to be [default: each file's extension].
    #[arg(long = "type", value_name = "TYPE")]
    declared: Option<FileType>,

    /// Print one JSON object a line instead of sentences.
    #[arg(long)]
    json: bool,

    /// Read lines of `TYPE<TAB>PATH` from standard input and answer each with a line that begins
    /// with `accept` or `reject`. Judges the content only, whatever the file's size.
    #[arg(long, conflicts_with_all = ["files", "declared", "json"])]
    batch: bool,
}

/// Runs the command: exit code 0 if all files pass, 1 if any is refused, 2 if any cannot be read.
pub(crate) fn run(arguments: &CheckArguments) -> ExitCode {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = if arguments.batch {
        batch(io::stdin().lock(), &mut out).map(|()| ExitCode::SUCCESS)
    } else {
        check_all(arguments, &mut out)
    };
    match done.and_then(|code| out.flush().map(|()| code)) {
        Ok(code) => code,
        // The reader of a pipe may have seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn check_all(arguments: &CheckArguments, out: &mut impl Write) -> io::Result<ExitCode> {
    let limits = Policy::default().limits;
    let mut worst = 0;
    for path in &arguments.files {
        let report = Report::of(path, arguments.declared, &limits);
        worst = worst.max(report.exit_code());
        if arguments.json {
            writeln!(out, "{}", report.to_json())?;
        } else {
            writeln!(out, "{}: {}", path.display(), report.to_sentence())?;
        }
    }
    Ok(ExitCode::from(worst))
}

fn batch(lines: impl BufRead, out: &mut impl Write) -> io::Result<()> {
    let unlimited = Limits::uniform(usize::MAX);
    for line in lines.lines() {
        let line = line?;
        let Some((spelling, path)) = line.split_once('\t') else {
            writeln!(out, "reject: the line is not TYPE<TAB>PATH")?;
            continue;
        };
        match FileType::try_from(spelling) {
            Ok(declared) => {
                let report = Report::of(Path::new(path), Some(declared), &unlimited);
                writeln!(out, "{}", report.to_answer())?;
            }
            Err(reason) => writeln!(out, "reject: {reason}")?,
        }
        out.flush()?;
    }
    Ok(())
}
