//! `check`: what a file really is, and whether a gateway with the default limits would take it.

use std::fs::File;
use std::io::{self, BufRead, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ccmessaging_core::{FileType, Limits, Policy, sniff};
use clap::Args;
use serde_json::json;

/// The arguments of `check`.
#[derive(Args, Debug)]
pub(crate) struct CheckArguments {
    /// The files to check: their content, and their size against the default limits of the gateway.
    #[arg(required_unless_present = "batch", value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The type that the files are declared to be [default: each file's extension].
    #[arg(long = "type", value_name = "TYPE", value_parser = parse_type)]
    declared: Option<FileType>,

    /// Print one JSON object a line instead of sentences.
    #[arg(long)]
    json: bool,

    /// Read lines of `TYPE<TAB>PATH` from standard input and answer each with a line that begins
    /// with `accept` or `reject`. Judges the content only, whatever the file's size.
    #[arg(long, conflicts_with_all = ["files", "declared", "json"])]
    batch: bool,
}

fn parse_type(spelling: &str) -> Result<FileType, String> {
    FileType::from_spelling(spelling).ok_or_else(|| {
        "not a file type of the API: use jpg, png, bmp, mp3, aac, mp4, txt or csv".to_owned()
    })
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
        worst = worst.max(report.verdict.exit_code());
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
        match parse_type(spelling) {
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

/// What is known of one file.
struct Report<'a> {
    path: &'a Path,
    declared: Option<FileType>,
    size: Option<u64>,
    verdict: Verdict,
}

enum Verdict {
    Passes(FileType),
    /// The content is not of the declared type.
    Refused(sniff::Mismatch),
    TooLarge(TooLarge),
    /// Neither the extension nor an option names a type of the API; the content may be one.
    Undeclared(Option<FileType>),
    Unreadable(io::Error),
}

impl<'a> Report<'a> {
    fn of(path: &'a Path, declared: Option<FileType>, limits: &Limits) -> Self {
        let declared = declared.or_else(|| {
            let extension = path.extension()?.to_str()?;
            FileType::from_spelling(extension)
        });
        let (size, verdict) = match Verdict::on_file(path, declared, limits) {
            Ok((size, verdict)) => (Some(size), verdict),
            Err(error) => (None, Verdict::Unreadable(error)),
        };
        Self {
            path,
            declared,
            size,
            verdict,
        }
    }

    /// The file's part of a line of `--batch`.
    fn to_answer(&self) -> String {
        match &self.verdict {
            Verdict::Passes(_) => "accept".to_owned(),
            refused => format!("reject: {}", refused.reason()),
        }
    }

    fn to_sentence(&self) -> String {
        match &self.verdict {
            Verdict::Passes(file_type) => {
                format!("passes as {file_type} ({})", file_type.media_type())
            }
            Verdict::Unreadable(error) => format!("cannot be read: {error}"),
            refused => match refused.hint() {
                Some(hint) => format!("refused: {}. Remedy: {hint}", refused.reason()),
                None => format!("refused: {}", refused.reason()),
            },
        }
    }

    fn to_json(&self) -> serde_json::Value {
        let reason = match &self.verdict {
            Verdict::Passes(_) => None,
            refused => Some(refused.reason()),
        };
        json!({
            "path": self.path.to_string_lossy(),
            "size": self.size,
            "declared": self.declared.map(FileType::name),
            "passes": reason.is_none(),
            "reason": reason,
            "hint": self.verdict.hint(),
        })
    }
}

/// A file over the limit of its family.
struct TooLarge {
    declared: FileType,
    actual_bytes: u64,
    limit_bytes: u64,
}

impl TooLarge {
    fn check(declared: Option<FileType>, actual_bytes: u64, limits: &Limits) -> Option<Self> {
        let declared = declared?;
        let limit_bytes = limits.of(declared.family()) as u64;
        (actual_bytes > limit_bytes).then_some(Self {
            declared,
            actual_bytes,
            limit_bytes,
        })
    }

    fn reason(&self) -> String {
        format!(
            "{} bytes are over the limit of {} bytes for {} files",
            grouped(self.actual_bytes),
            grouped(self.limit_bytes),
            self.declared.family(),
        )
    }
}

/// A number with a comma every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

impl Verdict {
    /// The verdict and the file's size. As at the gateway the limit comes first, so that a file
    /// over it is not read.
    fn on_file(
        path: &Path,
        declared: Option<FileType>,
        limits: &Limits,
    ) -> io::Result<(u64, Self)> {
        let mut file = File::open(path)?;
        let promised = file.metadata()?.len();
        if let Some(too_large) = TooLarge::check(declared, promised, limits) {
            return Ok((promised, Self::TooLarge(too_large)));
        }
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        // A pipe has no length beforehand.
        let size = content.len() as u64;
        let verdict = match TooLarge::check(declared, size, limits) {
            Some(too_large) => Self::TooLarge(too_large),
            None => Self::on(declared, &content),
        };
        Ok((size, verdict))
    }

    fn on(declared: Option<FileType>, content: &[u8]) -> Self {
        match declared {
            None => Self::Undeclared(sniff::identify(content)),
            Some(declared) => match sniff::prove(declared, content) {
                Ok(()) => Self::Passes(declared),
                Err(mismatch) => Self::Refused(mismatch),
            },
        }
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self::Passes(_) => 0,
            Self::Refused(_) | Self::TooLarge(_) | Self::Undeclared(_) => 1,
            Self::Unreadable(_) => 2,
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::Passes(_) => String::new(),
            Self::Refused(mismatch) => mismatch.to_string(),
            Self::TooLarge(too_large) => too_large.reason(),
            Self::Undeclared(Some(actual)) => {
                format!("the extension names no type of the API, but the content is {actual}")
            }
            Self::Undeclared(None) => {
                "neither the extension nor the content is a type of the API".to_owned()
            }
            Self::Unreadable(error) => format!("the file cannot be read: {error}"),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(mismatch) => mismatch.hint().map(str::to_owned),
            Self::TooLarge(_) => Some("send a smaller file".to_owned()),
            Self::Undeclared(Some(actual)) => Some(format!("check it with --type {actual}")),
            Self::Passes(_) | Self::Undeclared(None) | Self::Unreadable(_) => None,
        }
    }
}
