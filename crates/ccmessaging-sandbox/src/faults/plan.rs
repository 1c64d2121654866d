//! Which calls misbehave, and how.

use super::fault::Fault;
use crate::call::Call;

/// The calls that a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// One call.
    One(Call),
    /// Every call of the upstream.
    Any,
}

impl Target {
    pub(crate) fn covers(self, call: Call) -> bool {
        match self {
            Self::One(one) => one == call,
            Self::Any => true,
        }
    }
}

impl From<Call> for Target {
    fn from(call: Call) -> Self {
        Self::One(call)
    }
}

/// Which of its target's calls a rule is about, counted from 1 since the plan was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence(pub(crate) Which);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Every,
    /// From the first number to the second, both included; both at least 1.
    Between(u64, u64),
    From(u64),
    /// In hundredths of a percent, at most [`ALWAYS`].
    Chance(u16),
}

/// 100 percent, in hundredths of a percent.
pub(crate) const ALWAYS: u16 = 10_000;

impl Occurrence {
    /// Every call.
    #[must_use]
    pub const fn every() -> Self {
        Self(Which::Every)
    }

    /// The `number`th call alone; 0 counts as 1.
    #[must_use]
    pub const fn nth(number: u64) -> Self {
        Self::between(number, number)
    }

    /// The next `count` calls; 0 counts as 1.
    #[must_use]
    pub const fn next(count: u64) -> Self {
        Self::between(1, count)
    }

    /// The calls from number `first` to number `last`, both included; a `first` of 0 counts as 1,
    /// and a `last` before `first` as `first`.
    #[must_use]
    pub const fn between(first: u64, last: u64) -> Self {
        let first = if first == 0 { 1 } else { first };
        let last = if last < first { first } else { last };
        Self(Which::Between(first, last))
    }

    /// The `first`th call and all after it; 0 counts as 1.
    #[must_use]
    pub const fn from_nth(first: u64) -> Self {
        Self(Which::From(if first == 0 { 1 } else { first }))
    }

    /// Each call with a chance of so many hundredths of a percent: 2000 is 20 percent. More than
    /// 10 000, which is every call, counts as 10 000.
    #[must_use]
    pub const fn chance(hundredths_of_a_percent: u16) -> Self {
        Self(Which::Chance(if hundredths_of_a_percent > ALWAYS {
            ALWAYS
        } else {
            hundredths_of_a_percent
        }))
    }

    /// Whether call `number` is one of these. Draws from `random` only if chance decides.
    pub(crate) fn includes(self, number: u64, random: &mut fastrand::Rng) -> bool {
        match self.0 {
            Which::Every => true,
            Which::Between(first, last) => (first..=last).contains(&number),
            Which::From(first) => number >= first,
            Which::Chance(hundredths) => random.u16(0..ALWAYS) < hundredths,
        }
    }
}

/// What goes wrong, for which calls: a list of rules, of which the first that fits a call decides.
///
/// Written as text (see the [grammar](crate::fault_grammar)) or built:
///
/// ```
/// use ccmessaging_sandbox::{Call, Fault, FaultPlan, Occurrence, StatusCode};
///
/// let built = FaultPlan::none().with(
///     Call::UploadFileStream,
///     Occurrence::nth(2),
///     Fault::status(StatusCode::SERVICE_UNAVAILABLE).retry_after(1),
/// );
/// assert_eq!("upload:2=status:503,retry-after:1".parse(), Ok(built));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultPlan {
    pub(crate) seed: u64,
    pub(crate) rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) target: Target,
    pub(crate) occurrence: Occurrence,
    pub(crate) fault: Fault,
}

impl FaultPlan {
    /// The plan in which nothing goes wrong.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            seed: 0,
            rules: Vec::new(),
        }
    }

    /// Adds a rule after those already there.
    #[must_use]
    pub fn with(mut self, target: impl Into<Target>, occurrence: Occurrence, fault: Fault) -> Self {
        self.rules.push(Rule {
            target: target.into(),
            occurrence,
            fault,
        });
        self
    }

    /// Starts the generator behind [`Occurrence::chance`] from `seed` instead of 0.
    #[must_use]
    pub const fn seeded(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Whether nothing ever goes wrong under this plan.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}
