//! Writing a plan down so that reading it gives the same plan.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::fault::{DEFAULT_REDIRECT, Fault, Instead, Kind, Spoilt};
use super::plan::{FaultPlan, Occurrence, Rule, Target, Which};
use crate::call::Call;

impl Display for FaultPlan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if self.seed != 0 {
            write!(f, "seed={}", self.seed)?;
            separator = ";";
        }
        for rule in &self.rules {
            write!(f, "{separator}{rule}")?;
            separator = ";";
        }
        Ok(())
    }
}

impl Display for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.occurrence.0 {
            Which::Every => write!(f, "{}={}", self.target, self.fault),
            _ => write!(f, "{}:{}={}", self.target, self.occurrence, self.fault),
        }
    }
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "*",
            Self::One(Call::TokenByAkSk) => "token",
            Self::One(Call::ApplyToken) => "session",
            Self::One(Call::UploadFileStream) => "upload",
            Self::One(Call::DownloadFileStream) => "download",
        })
    }
}

impl Display for Occurrence {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Which::Every => f.write_str("*"),
            Which::Between(first, last) if first == last => write!(f, "{first}"),
            Which::Between(first, last) => write!(f, "{first}-{last}"),
            Which::From(first) => write!(f, "{first}-"),
            Which::Chance(hundredths) => match (hundredths / 100, hundredths % 100) {
                (whole, 0) => write!(f, "{whole}%"),
                (whole, part) => write!(f, "{whole}.{part:02}%"),
            },
        }
    }
}

/// The fault as the grammar writes it.
impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            // A late answer is the one fault whose delay is its value and not an option.
            Kind::Spoilt(Spoilt::Late) => {
                return write!(f, "delay:{}", Written(self.delay.unwrap_or_default()));
            }
            Kind::Spoilt(spoilt) => spoilt.fmt(f)?,
            Kind::Instead(instead) => instead.fmt(f)?,
        }
        match self.delay {
            Some(delay) => write!(f, ",delay:{}", Written(delay)),
            None => Ok(()),
        }
    }
}

impl Display for Instead {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reset => f.write_str("reset:before"),
            Self::Status {
                code,
                retry_after_seconds,
                body,
            } => {
                write!(f, "status:{}", code.as_str())?;
                if let Some(seconds) = retry_after_seconds {
                    write!(f, ",retry-after:{seconds}")?;
                }
                quoted_option(f, "body", body.as_deref())
            }
            Self::Redirect { code, location } => {
                f.write_str("redirect")?;
                if *code != DEFAULT_REDIRECT {
                    write!(f, ":{}", code.as_str())?;
                }
                quoted_option(f, "location", location.as_deref())
            }
            Self::Garbage => f.write_str("garbage"),
            Self::Html => f.write_str("html"),
            Self::Huge { bytes } => write!(f, "huge:{bytes}"),
        }
    }
}

impl Display for Spoilt {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late => f.write_str("delay"),
            Self::ResetAfterHeaders => f.write_str("reset:headers"),
            Self::ResetMidBody => f.write_str("reset:body"),
            Self::Truncate => f.write_str("truncate"),
            Self::Cut => f.write_str("cut"),
            Self::Drip { pause, chunk_bytes } => {
                write!(f, "drip:{}", Written(*pause))?;
                match chunk_bytes {
                    1 => Ok(()),
                    _ => write!(f, ",chunk:{chunk_bytes}"),
                }
            }
        }
    }
}

fn quoted_option(f: &mut Formatter<'_>, name: &str, text: Option<&str>) -> fmt::Result {
    let Some(text) = text else { return Ok(()) };
    let escaped = text.replace('\\', r"\\").replace('"', "\\\"");
    write!(f, ",{name}:\"{escaped}\"")
}

/// A duration in the largest unit that writes it exactly.
struct Written(Duration);

impl Display for Written {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            whole if whole % 1000 == 0 => write!(f, "{}s", whole / 1000),
            part => write!(f, "{part}ms"),
        }
    }
}
