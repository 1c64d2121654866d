//! Which calls fail, built in Rust or read from JSON.

use std::num::NonZeroU64;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::fault::{Fault, Kind};
use crate::call::Call;

/// A [`Fault`] and the calls to which it applies: every matching call, unless one of the methods
/// selects some of them.
///
/// Each rule counts its calls from 1, starting when the plan is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use]
pub struct FaultRule {
    /// `None` matches every call.
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
    #[serde(deserialize_with = "read_chance")]
    Chance(f64),
}

impl Fault {
    /// Applies the fault to every `call`.
    pub fn on(self, call: Call) -> FaultRule {
        FaultRule::new(Some(call), self)
    }

    /// Applies the fault to every call of any kind.
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

    /// Applies the fault only to call `number`.
    ///
    /// # Panics
    ///
    /// If `number` is 0.
    pub fn nth(self, number: u64) -> Self {
        self.when(When::Nth(call_number(number)))
    }

    /// Applies the fault only to the first `count` calls.
    ///
    /// # Panics
    ///
    /// If `count` is 0.
    pub fn first(self, count: u64) -> Self {
        self.when(When::First(call_number(count)))
    }

    /// Applies the fault to each call with this probability: 0.2 is every fifth call on average.
    ///
    /// Every run draws the same random numbers;
    /// [`SandboxBuilder::fault_seed`](crate::SandboxBuilder::fault_seed) selects others.
    ///
    /// # Panics
    ///
    /// If `probability` is not between 0 and 1.
    pub fn chance(self, probability: f64) -> Self {
        self.when(When::Chance(
            checked_chance(probability).expect("the probability of a fault"),
        ))
    }

    fn when(self, when: When) -> Self {
        Self { when, ..self }
    }

    pub(super) fn matches_call(&self, call: Call) -> bool {
        self.call.is_none_or(|one| one == call)
    }

    /// Returns whether the rule selects call `number`. Draws from `random` only if chance decides.
    pub(super) fn matches_number(&self, number: u64, random: &mut fastrand::Rng) -> bool {
        match self.when {
            When::Every => true,
            When::Nth(nth) => number == nth.get(),
            When::First(count) => number <= count.get(),
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

/// A list of rules; the first one that matches a call decides.
///
/// A plan is built in Rust or parsed from JSON:
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
/// A plan is an array of rules. All members of a rule are optional:
///
/// | member | value | default |
/// |---|---|---|
/// | `call` | the [name](Call::name) of a call, such as `"uploadFileStream"` | all calls |
/// | `when` | `"every"`, `{"nth": 2}`, `{"first": 3}` or `{"chance": 0.2}` | `"every"` |
/// | `delayMs` | milliseconds before the response or its failure | 0 |
/// | `fault` | one of those below | `"none"` |
///
/// | fault | effect for the caller | is the call executed? |
/// |---|---|---|
/// | `"none"` | the usual response, possibly delayed | yes, before the delay |
/// | `"reset"` | TCP reset instead of a response | no |
/// | `"resetAfterHeaders"` | the response's head, then TCP reset | yes |
/// | `"resetMidBody"` | the head and half of the body, then TCP reset | yes |
/// | `"truncate"` | half of the JSON, with a matching `Content-Length` | yes |
/// | `"cut"` | half of the JSON, with the full `Content-Length`, then a normal close | yes |
/// | `{"drip": {"pauseMs": 100}}` | the usual response in chunks of `chunkBytes` (1 by default), with that pause before each | yes |
/// | `{"status": {"code": 503}}` | that status, from 200 to 599, and the documented failure; `retryAfter` (seconds), `location` and `body` (text) are optional | no |
/// | `"html"` | 200 and an HTML page, as from a captive portal or a proxy | no |
/// | `"garbage"` | 200 and `application/json`, but binary data | no |
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

    /// Parses a plan from JSON.
    ///
    /// # Errors
    ///
    /// If the text is not a plan; the error contains the line and column.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(text).map_err(ParseFaultPlanError)
    }
}

/// A text is not a fault plan.
#[derive(Debug, thiserror::Error)]
#[error("invalid fault plan: {0}")]
pub struct ParseFaultPlanError(serde_json::Error);

fn checked_chance(probability: f64) -> Result<f64, String> {
    if (0.0..=1.0).contains(&probability) {
        Ok(probability)
    } else {
        Err(format!(
            "{probability} is not a probability; use 0 to 1, such as 0.2"
        ))
    }
}

fn call_number(number: u64) -> NonZeroU64 {
    NonZeroU64::new(number).expect("calls are counted from 1")
}

fn read_chance<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    checked_chance(f64::deserialize(deserializer)?).map_err(D::Error::custom)
}
