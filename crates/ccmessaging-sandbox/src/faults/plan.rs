//! Which calls go wrong, as Rust builds it and as JSON writes it.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::fault::{Fault, Kind};
use crate::call::Call;

/// A [`Fault`], and the calls that it befalls: all of its kind, unless one of the methods says
/// otherwise.
///
/// Calls are counted for each rule from 1, from the moment at which the plan was set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use]
pub struct FaultRule {
    /// `None` is every call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<Call>,
    #[serde(default)]
    when: When,
    #[serde(default)]
    delay_ms: u64,
    #[serde(default)]
    fault: Kind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum When {
    #[default]
    Every,
    Nth(NonZeroU64),
    First(NonZeroU64),
    From(NonZeroU64),
    #[serde(deserialize_with = "read_chance")]
    Chance(f64),
}

impl Fault {
    /// The rule that this goes wrong with every call of one kind.
    pub fn on(self, call: Call) -> FaultRule {
        FaultRule::new(Some(call), self)
    }

    /// The rule that this goes wrong with every call, whichever of the four it is.
    pub fn on_any_call(self) -> FaultRule {
        FaultRule::new(None, self)
    }
}

impl FaultRule {
    pub(super) fn new(call: Option<Call>, fault: Fault) -> Self {
        Self {
            call,
            when: When::Every,
            delay_ms: fault.delay_ms,
            fault: fault.kind,
        }
    }

    /// Only call `number`.
    ///
    /// # Panics
    ///
    /// If `number` is 0.
    pub fn nth(self, number: u64) -> Self {
        self.when(When::Nth(call_number(number)))
    }

    /// Only the first `count` calls.
    ///
    /// # Panics
    ///
    /// If `count` is 0.
    pub fn first(self, count: u64) -> Self {
        self.when(When::First(call_number(count)))
    }

    /// Only call `number` and those after it.
    ///
    /// # Panics
    ///
    /// If `number` is 0.
    pub fn from_nth(self, number: u64) -> Self {
        self.when(When::From(call_number(number)))
    }

    /// Each call with this probability: 0.2 is every fifth on average.
    ///
    /// The random numbers are the same in every run:
    /// [`SandboxBuilder::fault_seed`](crate::SandboxBuilder::fault_seed) chooses others.
    ///
    /// # Panics
    ///
    /// If `probability` is not from 0 to 1.
    pub fn chance(self, probability: f64) -> Self {
        self.when(When::Chance(
            checked_chance(probability).expect("a fault's chance"),
        ))
    }

    fn when(self, when: When) -> Self {
        Self { when, ..self }
    }

    pub(super) fn is_about(&self, call: Call) -> bool {
        self.call.is_none_or(|one| one == call)
    }

    /// Whether call `number` is one of the rule's. Draws from `random` only if chance decides.
    pub(super) fn includes(&self, number: u64, random: &mut fastrand::Rng) -> bool {
        match self.when {
            When::Every => true,
            When::Nth(nth) => number == nth.get(),
            When::First(count) => number <= count.get(),
            When::From(first) => number >= first.get(),
            When::Chance(probability) => random.f64() < probability,
        }
    }

    pub(super) fn fault(&self) -> Fault {
        Fault {
            delay_ms: self.delay_ms,
            kind: self.fault.clone(),
        }
    }
}

/// What goes wrong, for which calls: rules, of which the first that fits a call decides.
///
/// Built in Rust, or read from JSON:
///
/// ```
/// use ccmessaging_sandbox::{Call, Fault, FaultPlan};
///
/// let built = FaultPlan::from([
///     Fault::status(503).retry_after(1).on(Call::UploadFileStream).nth(2),
///     Fault::reset().on(Call::TokenByAkSk),
/// ]);
/// let read: FaultPlan = r#"[
///     {"call": "uploadFileStream", "when": {"nth": 2}, "fault": {"status": {"code": 503, "retryAfter": 1}}},
///     {"call": "tokenByAkSk", "fault": "reset"}
/// ]"#
/// .parse()?;
/// assert_eq!(read, built);
/// # Ok::<(), ccmessaging_sandbox::ParseFaultPlanError>(())
/// ```
///
/// # JSON
///
/// A plan is an array of rules. All members of a rule may be left out:
///
/// | member | value | default |
/// |---|---|---|
/// | `call` | `"tokenByAkSk"`, `"applyToken"`, `"uploadFileStream"` or `"downloadFileStream"` | all four |
/// | `when` | `"every"`, `{"nth": 2}`, `{"first": 3}`, `{"from": 4}` or `{"chance": 0.2}` | `"every"` |
/// | `delayMs` | milliseconds before the answer, or before its failure | 0 |
/// | `fault` | one of those below | `"none"` |
///
/// | fault | what the caller sees | is the call carried out? |
/// |---|---|---|
/// | `"none"` | the usual answer, possibly late | yes, before the delay |
/// | `"reset"` | TCP reset instead of an answer | no |
/// | `"resetAfterHeaders"` | the answer's head, then TCP reset | yes |
/// | `"resetMidBody"` | the head and half of the body, then TCP reset | yes |
/// | `"truncate"` | half of the JSON, with a `Content-Length` that agrees | yes |
/// | `"cut"` | half of the JSON, with the full `Content-Length`, then a normal close | yes |
/// | `{"drip": {"pauseMs": 100}}` | the usual answer in pieces of `chunkBytes` (1 by default), with that pause before each | yes |
/// | `{"status": {"code": 503}}` | that status, from 200 to 599, and the documented failure; `retryAfter` (seconds), `location` and `body` (text) add to it | no |
/// | `"html"` | 200 and an HTML page, as from a captive portal or a proxy | no |
/// | `"garbage"` | 200 and `application/json`, but binary rubbish | no |
/// | `{"huge": {"bytes": 1000000}}` | 200 and valid JSON of that many bytes, without a `Content-Length` | no |
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
#[must_use]
pub struct FaultPlan(Vec<FaultRule>);

impl FaultPlan {
    pub(super) fn rules(&self) -> &[FaultRule] {
        &self.0
    }
}

impl From<FaultRule> for FaultPlan {
    fn from(rule: FaultRule) -> Self {
        Self(vec![rule])
    }
}

impl<const N: usize> From<[FaultRule; N]> for FaultPlan {
    fn from(rules: [FaultRule; N]) -> Self {
        Self(rules.into())
    }
}

impl FromIterator<FaultRule> for FaultPlan {
    fn from_iter<I: IntoIterator<Item = FaultRule>>(rules: I) -> Self {
        Self(rules.into_iter().collect())
    }
}

impl FromStr for FaultPlan {
    type Err = ParseFaultPlanError;

    /// Reads a plan from JSON.
    ///
    /// # Errors
    ///
    /// The first mistake in the text.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut json = serde_json::Deserializer::from_str(text);
        let plan = serde_path_to_error::deserialize(&mut json).map_err(ParseFaultPlanError::new)?;
        json.end().map_err(ParseFaultPlanError::new)?;
        Ok(plan)
    }
}

/// Why a text is not a fault plan.
///
/// It displays as one sentence: the rule and its member (`[1].fault.status.code`; rules are counted
/// from 0), what is wrong, what is allowed, and the line and column of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "fault plan: {0}; write rules such as \
     [{{\"call\":\"uploadFileStream\",\"when\":{{\"nth\":2}},\"fault\":\"html\"}}]"
)]
pub struct ParseFaultPlanError(String);

impl ParseFaultPlanError {
    /// Control characters of the text do not reach a terminal.
    fn new(error: impl fmt::Display) -> Self {
        Self(error.to_string().replace(char::is_control, "\u{fffd}"))
    }
}

fn checked_chance(probability: f64) -> Result<f64, String> {
    if (0.0..=1.0).contains(&probability) {
        Ok(probability)
    } else {
        Err(format!(
            "{probability} is no probability; use 0 to 1, such as 0.2"
        ))
    }
}

fn call_number(number: u64) -> NonZeroU64 {
    NonZeroU64::new(number).expect("calls are counted from 1")
}

fn read_chance<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    checked_chance(f64::deserialize(deserializer)?).map_err(D::Error::custom)
}
