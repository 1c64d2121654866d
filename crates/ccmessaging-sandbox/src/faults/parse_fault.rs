//! Reading one fault with its options.

use std::ops::RangeInclusive;
use std::time::Duration;

use http::StatusCode;

use super::fault::{
    DEFAULT_REDIRECT, FINAL_STATUSES, Fault, Instead, Kind, REDIRECT_STATUSES, ResetPoint, Spoilt,
    is_header_value,
};
use super::scan::{ParsePlanError, Scan};

const FAULTS: &str = "write delay:2s, reset, status:503, redirect, garbage, html, truncate, cut, \
                      huge:64MiB or drip:100ms";
const DURATION: &str = "write a whole number with its unit, such as 250ms or 2s";
const SIZE: &str = "write a number of bytes, such as 512, 64KiB or 16MiB";

pub(super) fn fault(scan: &mut Scan<'_>) -> Result<Fault, ParsePlanError> {
    let start = scan.here();
    let mut fault = match scan.word() {
        "delay" => {
            scan.expect(':', DURATION)?;
            Fault::delay(duration(scan)?)
        }
        "reset" => Fault::reset(reset_point(scan)?),
        "status" => {
            scan.expect(':', "write the status after a colon, such as status:503")?;
            Fault::instead(Instead::Status {
                code: status(scan, FINAL_STATUSES)?,
                retry_after_seconds: None,
                body: None,
            })
        }
        "redirect" => Fault::instead(Instead::Redirect {
            code: if scan.eat(':') {
                status(scan, REDIRECT_STATUSES)?
            } else {
                DEFAULT_REDIRECT
            },
            location: None,
        }),
        "garbage" => Fault::garbage(),
        "html" => Fault::html(),
        "truncate" => Fault::truncate(),
        "cut" => Fault::cut(),
        "huge" => {
            scan.expect(':', SIZE)?;
            Fault::huge(size(scan)?)
        }
        "drip" => {
            scan.expect(':', DURATION)?;
            Fault::drip(duration(scan)?, 1)
        }
        _ => return Err(start.error(format!("unknown fault {}", start.found()), FAULTS)),
    };
    let mut given = Vec::new();
    while scan.eat(',') {
        option(scan, &mut fault, &mut given)?;
    }
    Ok(fault)
}

/// Reads one option into `fault`; `given` are the names of those before it.
fn option<'t>(
    scan: &mut Scan<'t>,
    fault: &mut Fault,
    given: &mut Vec<&'t str>,
) -> Result<(), ParsePlanError> {
    let start = scan.here();
    let name = scan.word();
    if given.contains(&name) || (name == "delay" && fault.delay.is_some()) {
        return Err(start.error(format!("`{name}` is given twice"), "keep only one"));
    }
    given.push(name);
    let needs_value = "write an option as NAME:VALUE";
    match (name, &mut fault.kind) {
        ("delay", _) => {
            scan.expect(':', needs_value)?;
            fault.delay = Some(duration(scan)?);
        }
        (
            "retry-after",
            Kind::Instead(Instead::Status {
                retry_after_seconds,
                ..
            }),
        ) => {
            scan.expect(':', needs_value)?;
            *retry_after_seconds = Some(scan.integer("a number of seconds")?);
        }
        ("body", Kind::Instead(Instead::Status { body, .. })) => {
            scan.expect(':', needs_value)?;
            *body = Some(quoted(scan)?);
        }
        ("location", Kind::Instead(Instead::Redirect { location, .. })) => {
            scan.expect(':', needs_value)?;
            let place = scan.here();
            let target = quoted(scan)?;
            if !is_header_value(&target) {
                return Err(place.error(
                    "a location with a control character",
                    "write a URL or a path",
                ));
            }
            *location = Some(target);
        }
        ("chunk", Kind::Spoilt(Spoilt::Drip { chunk_bytes, .. })) => {
            scan.expect(':', needs_value)?;
            let place = scan.here();
            *chunk_bytes = match size(scan)? {
                0 => return Err(place.error("a piece of 0 bytes", "write at least 1")),
                bytes => bytes,
            };
        }
        _ => {
            let problem = format!("{} is not an option of this fault", start.found());
            return Err(start.error(
                problem,
                "options are delay (any fault), retry-after and body (status), \
                 location (redirect) and chunk (drip)",
            ));
        }
    }
    Ok(())
}

fn reset_point(scan: &mut Scan<'_>) -> Result<ResetPoint, ParsePlanError> {
    if !scan.eat(':') {
        return Ok(ResetPoint::BeforeAnswer);
    }
    let start = scan.here();
    match scan.word() {
        "before" => Ok(ResetPoint::BeforeAnswer),
        "headers" => Ok(ResetPoint::AfterHeaders),
        "body" => Ok(ResetPoint::MidBody),
        _ => Err(start.error(
            format!("{} is not a point of the answer", start.found()),
            "write reset:before, reset:headers or reset:body",
        )),
    }
}

fn status(scan: &mut Scan<'_>, range: RangeInclusive<u16>) -> Result<StatusCode, ParsePlanError> {
    let start = scan.here();
    let code = scan.integer("a status")?;
    u16::try_from(code)
        .ok()
        .filter(|code| range.contains(code))
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or_else(|| {
            start.error(
                format!("status {code} is not possible here"),
                format!("write one from {} to {}", range.start(), range.end()),
            )
        })
}

fn duration(scan: &mut Scan<'_>) -> Result<Duration, ParsePlanError> {
    let start = scan.here();
    let number = scan.integer("a duration")?;
    let milliseconds = match scan.unit() {
        "ms" => Some(number),
        "s" => number.checked_mul(1000),
        _ => return Err(start.error("a duration without a known unit", DURATION)),
    };
    milliseconds
        .map(Duration::from_millis)
        .ok_or_else(|| start.error("a duration of more than any computer will last", DURATION))
}

fn size(scan: &mut Scan<'_>) -> Result<u64, ParsePlanError> {
    let start = scan.here();
    let number = scan.integer("a size")?;
    match scan.unit() {
        "" => Some(number),
        "KiB" => number.checked_mul(1024),
        "MiB" => number.checked_mul(1024 * 1024),
        _ => return Err(start.error("a size with an unknown unit", SIZE)),
    }
    .ok_or_else(|| start.error("a size of more than 16 EiB", SIZE))
}

fn quoted(scan: &mut Scan<'_>) -> Result<String, ParsePlanError> {
    let start = scan.here();
    scan.expect('"', "put the text between double quotes")?;
    let mut text = String::new();
    loop {
        let place = *scan;
        match scan.character() {
            Some('"') => return Ok(text),
            Some('\\') => match scan.character() {
                Some(escaped @ ('"' | '\\')) => text.push(escaped),
                _ => return Err(place.error("a lone backslash", "write \\\\ for a backslash")),
            },
            Some(other) => text.push(other),
            None => {
                return Err(start.error("a text that does not end", "close it with a double quote"));
            }
        }
    }
}
