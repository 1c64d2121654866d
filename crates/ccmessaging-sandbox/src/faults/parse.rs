//! Reading a whole plan: entries, targets and occurrences.

use std::str::FromStr;

use super::parse_fault::fault;
use super::plan::{ALWAYS, FaultPlan, Occurrence, Rule, Target, Which};
use super::scan::{ParsePlanError, Scan};
use crate::call::Call;

const TARGETS: &str = "write token, session, upload, download or *";
const OCCURRENCES: &str = "write a call's number (2), a range (1-3 or 4-), a chance (20%) or *";
const PERCENT: &str = "write a percentage from 0% to 100% with at most two decimals, such as 0.25%";

impl FromStr for FaultPlan {
    type Err = ParsePlanError;

    /// Reads a plan in the [grammar](crate::fault_grammar); an empty text is the empty plan.
    ///
    /// # Errors
    ///
    /// The first mistake in the text, with its column and what to write instead.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let scan = &mut Scan::new(text);
        let mut plan = Self::none();
        let mut seeded = false;
        while !scan.at_end() {
            let start = scan.here();
            if scan.word() == "seed" {
                if std::mem::replace(&mut seeded, true) {
                    return Err(start.error("a second `seed`", "keep only one"));
                }
                scan.expect('=', "write seed=N")?;
                plan.seed = scan.integer("the seed")?;
            } else {
                *scan = start;
                plan.rules.push(rule(scan)?);
            }
            if !scan.at_end() {
                scan.expect(';', "separate rules with ; and a rule's options with ,")?;
            }
        }
        Ok(plan)
    }
}

fn rule(scan: &mut Scan<'_>) -> Result<Rule, ParsePlanError> {
    let target = target(scan)?;
    let occurrence = if scan.eat(':') {
        occurrence(scan)?
    } else {
        Occurrence::every()
    };
    scan.expect('=', "write a rule as TARGET:WHEN=FAULT, or TARGET=FAULT")?;
    Ok(Rule {
        target,
        occurrence,
        fault: fault(scan)?,
    })
}

fn target(scan: &mut Scan<'_>) -> Result<Target, ParsePlanError> {
    let start = scan.here();
    if scan.eat('*') {
        return Ok(Target::Any);
    }
    Ok(Target::One(match scan.word() {
        "token" => Call::TokenByAkSk,
        "session" => Call::ApplyToken,
        "upload" => Call::UploadFileStream,
        "download" => Call::DownloadFileStream,
        _ => return Err(start.error(format!("unknown target {}", start.found()), TARGETS)),
    }))
}

fn occurrence(scan: &mut Scan<'_>) -> Result<Occurrence, ParsePlanError> {
    if scan.eat('*') {
        return Ok(Occurrence::every());
    }
    let start = scan.here();
    if scan.digits().is_empty() {
        return Err(start.error(
            format!("{} is not an occurrence", start.found()),
            OCCURRENCES,
        ));
    }
    if scan.eat('.') || scan.eat('%') {
        *scan = start;
        return percentage(scan);
    }
    *scan = start;
    let first = call_number(scan)?;
    if !scan.eat('-') {
        return Ok(Occurrence::nth(first));
    }
    let second = scan.here();
    if scan.digits().is_empty() {
        return Ok(Occurrence::from_nth(first));
    }
    *scan = second;
    let last = call_number(scan)?;
    if last < first {
        return Err(second.error(
            format!("the range ends at {last}, before it starts at {first}"),
            "write the smaller number first",
        ));
    }
    Ok(Occurrence::between(first, last))
}

fn call_number(scan: &mut Scan<'_>) -> Result<u64, ParsePlanError> {
    let start = scan.here();
    match scan.integer("a call's number")? {
        0 => Err(start.error("there is no call 0", "count calls from 1")),
        number => Ok(number),
    }
}

fn percentage(scan: &mut Scan<'_>) -> Result<Occurrence, ParsePlanError> {
    let start = scan.here();
    let whole = scan.integer("a percentage")?;
    let hundredths = if scan.eat('.') {
        let decimals = scan.digits();
        match (decimals.len(), decimals.parse::<u64>()) {
            (1, Ok(tenths)) => tenths * 10,
            (2, Ok(hundredths)) => hundredths,
            _ => return Err(start.error("not a percentage", PERCENT)),
        }
    } else {
        0
    };
    scan.expect('%', PERCENT)?;
    whole
        .checked_mul(100)
        .and_then(|percent| percent.checked_add(hundredths))
        .and_then(|chance| u16::try_from(chance).ok())
        .filter(|chance| *chance <= ALWAYS)
        .map(|chance| Occurrence(Which::Chance(chance)))
        .ok_or_else(|| start.error("more than 100%", PERCENT))
}
